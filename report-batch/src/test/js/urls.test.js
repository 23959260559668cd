import assert from 'node:assert/strict';
import test from 'node:test';
import { isIdentifier, Urls } from '../../main/resources/page/urls.js';

globalThis.document = { baseURI: 'http://localhost:8083/?author=alice#which' };
const urls = new Urls({ gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081/' });

test('an id that the contract allows is valid', () => {
  for (const id of ['a', 'alice', 'a.b_c:d@e|f+g~h=i-j', '...', 'x'.repeat(128)]) assert.ok(isIdentifier(id), id);
});

test('dot segments and ids that a service refuses are invalid', () => {
  for (const id of ['', '.', '..', ' alice', 'alice\n', 'a/b', '..%2f', '<img>', 'é', 'x'.repeat(129)]) {
    assert.ok(!isIdentifier(id), JSON.stringify(id));
  }
});

test('an address escapes the author, and has no query of the page', () => {
  assert.equal(urls.likes('a|b', 'k3f9-3-7'), 'http://localhost:8082/v1/authors/a%7Cb/likes?after=k3f9-3-7');
  assert.equal(urls.reports('a=b', { format: 'csv' }), 'http://localhost:8083/v1/authors/a%3Db/reports?format=csv');
  assert.equal(urls.sendLikes, 'http://localhost:8081/v1/likes');
  assert.equal(urls.runs('0a1b'), 'http://localhost:8083/v1/runs/0a1b');
});

test('each attempt to load the client has another name', () => {
  assert.deepEqual([0, 1].map((tries) => urls.client(tries)), ['http://localhost:8082/heartline.js', 'http://localhost:8082/heartline.js?1']);
});
