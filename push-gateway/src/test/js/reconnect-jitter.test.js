// Thousands of clients lose their streams at the same moment. They must not reconnect at the same moment.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../main/resources/client/heartline.js';
import { at, hello } from './fakes.js';

const CLIENTS = 20_000;
const BUCKET_MS = 50;

/** Returns a random number generator with a seed (mulberry32), so that each run draws the same numbers. */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const settled = () => new Promise(setImmediate);

/** Opens the streams, with a Math.random that draws the same numbers in each run. */
async function openMany(t, options) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 24) });
  const { random } = Math;
  Math.random = seeded(7); // t.mock would keep a stack trace of each call
  t.after(() => (Math.random = random));
  for (let i = 0; i < CLIENTS; i++) connect({ url: 'http://gateway', author: 'alice', onFrame: () => {}, ...options });
  await settled();
}

/** Moves the clock by a time. Returns the number of requests in each of its buckets. */
async function countRequests(t, ms, requests) {
  const buckets = [];
  for (let i = 0; i < ms / BUCKET_MS; i++) {
    const before = requests();
    t.mock.timers.tick(BUCKET_MS);
    await settled();
    buckets.push(requests() - before);
  }
  return buckets;
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

test('20 000 clients of an instance that dies reconnect spread over 3 s', async (t) => {
  const sockets = [];
  class Silent {
    constructor() {
      sockets.push(this);
    }
    close() {}
  }
  await openMany(t, { WebSocket: Silent });
  const lost = sockets.splice(0);
  lost.forEach((socket) => socket.onmessage({ data: JSON.stringify(hello(10)) }));
  lost.forEach((socket) => socket.onclose({ code: 1006, reason: '' }));
  await settled();

  const buckets = await countRequests(t, 3_000, () => sockets.length);

  t.diagnostic(`at most ${Math.max(...buckets)} of ${CLIENTS} in ${BUCKET_MS} ms`);
  assert.equal(sum(buckets), CLIENTS);
  assert.ok(Math.max(...buckets) < 450, `${buckets}`);
});

test('20 000 clients that are refused with Retry-After: 5 reconnect spread over 5 to 15 s', async (t) => {
  let polls = 0;
  const refusal = { ok: false, status: 503, headers: new Map([['Retry-After', '5']]), text: async () => '{}' };
  const fetch = () => (++polls <= CLIENTS ? Promise.resolve(refusal) : new Promise(() => {}));
  await openMany(t, { WebSocket: null, fetch, after: at(10) });
  assert.equal(polls, CLIENTS);

  assert.equal(sum(await countRequests(t, 5_000, () => polls)), 0);
  const buckets = await countRequests(t, 10_000, () => polls);

  t.diagnostic(`at most ${Math.max(...buckets)} of ${CLIENTS} in ${BUCKET_MS} ms`);
  assert.equal(sum(buckets), CLIENTS);
  assert.ok(Math.max(...buckets) < 150, `${buckets}`);
});
