import assert from 'node:assert/strict';
import test from 'node:test';
import { isIdentifier } from '../../main/resources/page/identifier.js';

test('an id of the contract is one', () => {
  for (const id of ['a', 'alice', 'a.b_c:d@e|f+g~h=i-j', '...', 'x'.repeat(128)]) assert.ok(isIdentifier(id), id);
});

test('dots that change a path, and what no service takes, are no ids', () => {
  for (const id of ['', '.', '..', ' alice', 'alice\n', 'a/b', '..%2f', '<img>', 'é', 'x'.repeat(129)]) {
    assert.ok(!isIdentifier(id), JSON.stringify(id));
  }
});
