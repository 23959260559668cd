import assert from 'node:assert/strict';
import test from 'node:test';
import { includes } from '../../main/resources/page/position.js';

test('a position is included up to the last one, in the same partition of the same log', () => {
  assert.deepEqual(['k3f9-0-7', 'k3f9-0-10', 'k3f9-0-11', 'k3f9-1-7', 'n3w0-0-7'].map((position) => includes('k3f9-0-10', position)), [true, true, false, false, false]);
});

test('the start of a partition includes no event', () => {
  assert.equal(includes('k3f9-0-start', 'k3f9-0-0'), false);
  assert.equal(includes('k3f9-0-start', 'k3f9-0-start'), true);
  assert.equal(includes('k3f9-0-0', 'k3f9-0-start'), true);
  assert.equal(includes(null, 'k3f9-0-start'), false);
});
