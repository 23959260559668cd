import assert from 'node:assert/strict';
import test from 'node:test';
import { isIdentifier } from '../../main/resources/page/identifier.js';

test('an id that the contract allows is valid', () => {
  for (const id of ['a', 'alice', 'a.b_c:d@e|f+g~h=i-j', '...', 'x'.repeat(128)]) assert.ok(isIdentifier(id), id);
});

test('dot segments and ids that a service refuses are invalid', () => {
  for (const id of ['', '.', '..', ' alice', 'alice\n', 'a/b', '..%2f', '<img>', 'é', 'x'.repeat(129)]) {
    assert.ok(!isIdentifier(id), JSON.stringify(id));
  }
});
