// The failures that a stream retries after, and its pauses.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, hello, like, open, openLive, polled } from './fakes.js';

const problem = (detail) => ({ title: 'No', detail });

/** Fails the next handshake and the poll after it, as if the network were down. Returns how long the stream then waits. */
async function failOnce(seen) {
  await seen.sockets.at(-1).fail();
  await seen.polls.at(-1).fail();
  return seen.passAll();
}

for (const status of [400, 401, 403, 404]) {
  test(`${status} ends the stream as refused, with the problem's detail`, async (t) => {
    const seen = await open(t);
    await seen.sockets[0].fail();
    await seen.polls[0].answer(problem('Not for you.'), status);

    assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'long poll', detail: `${status} Not for you.` });
    assert.equal(await seen.passAll(), 0);
    seen.stream.close();
    assert.deepEqual(seen.names(), ['connecting', 'connecting', 'refused']);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [1, 1]);
  });
}

test("a refusal with a proxy's HTML ends the stream, too", async (t) => {
  const seen = await open(t, { WebSocket: null });
  await seen.polls[0].answer('<h1>Forbidden</h1>', 403);
  assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'long poll', detail: '403' });
});

for (const status of [408, 429, 500, 502, 503]) {
  test(`${status} does not end the stream: it waits, and retries the WebSocket`, async (t) => {
    const seen = await open(t);
    await seen.sockets[0].fail();
    await seen.polls[0].answer(problem('Not now.'), status);

    assert.equal(seen.states.at(-1).state, 'waiting');
    assert.match(seen.states.at(-1).detail, new RegExp(`^${status} Not now.; again in \\d+ ms$`));
    await seen.passAll();
    assert.equal(seen.sockets.length, 2);
  });
}

for (const [header, min, max] of [
  ['5', 5_000, 15_000],
  ['0', 0, 500],
  ['-7', 0, 500],
  ['soon', 0, 500],
  ['99999999', 3_600_000, 10_800_000],
]) {
  for (const [random, wait] of [[0, min], [1, max]]) {
    test(`Retry-After: ${header} is the minimum, up to an hour, and twice as much again is jitter: ${wait} ms`, async (t) => {
      t.mock.method(Math, 'random', () => random);
      const seen = await open(t, { WebSocket: null });
      await seen.polls[0].answer(problem('Not now.'), 503, { 'Retry-After': header });
      assert.equal(await seen.passAll(), wait);
    });
  }
}

test('a Retry-After does not shorten the jitter of the backoff', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { WebSocket: null });
  const waits = [];
  for (let i = 0; i < 5; i++) {
    await seen.polls.at(-1).answer(problem('Not now.'), 429, { 'Retry-After': '1' });
    waits.push(await seen.passAll());
  }
  assert.deepEqual(waits, [3000, 3000, 3000, 5000, 9000]);
});

for (const [random, waits] of [
  [0, [0, 0, 0, 0, 0, 0, 0, 0]],
  [0.5, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
  [1, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
]) {
  test(`while the network is down, pauses are random between 0 and a maximum that doubles: ${random}`, async (t) => {
    t.mock.method(Math, 'random', () => random);
    const seen = await open(t);
    for (const wait of waits) assert.equal(await failOnce(seen), wait);
  });
}

for (const [what, live] of [
  ['a frame', (seen) => seen.sockets.at(-1).receive(like(11))],
  ['half a minute without a cut', (seen) => seen.pass(30_001)],
]) {
  test(`after ${what} the next pause is short again`, async (t) => {
    const seen = await open(t);
    for (let i = 0; i < 8; i++) await failOnce(seen);
    await seen.sockets.at(-1).receive(hello(10));
    await live(seen);
    await seen.sockets.at(-1).end(1006);
    assert.ok((await seen.passAll()) <= 3000);
  });
}

test('a stream that ends right after each hello is retried after longer and longer pauses', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t);
  for (const wait of [3000, 3000, 3000, 4000, 8000]) {
    await seen.sockets.at(-1).receive(hello(10));
    await seen.sockets.at(-1).end(1013, 'the replay failed');
    assert.equal(await seen.passAll(), wait);
  }
});

test('after an answered long poll the next pause is short again', async (t) => {
  const seen = await open(t, { WebSocket: null });
  for (let i = 0; i < 8; i++) {
    await seen.polls.at(-1).fail();
    await seen.passAll();
  }
  await seen.polls.at(-1).answer(polled(10));
  await seen.pass(25_000);
  await seen.polls.at(-1).answer(polled(10));
  await seen.polls.at(-1).fail();
  assert.ok((await seen.passAll()) <= 3000);
});

for (const [code, reason] of [
  [1001, 'this instance is stopping'],
  [1006, ''],
  [1008, 'policy'],
  [1009, 'too big'],
  [1013, 'read nothing for too long'],
]) {
  test(`closed with ${code}, the state has the code, and the stream resumes within 3 s`, async (t) => {
    const seen = await openLive(t);
    await seen.sockets[0].end(code, reason);
    assert.equal(seen.states.at(-1).state, 'waiting');
    assert.ok(seen.states.at(-1).detail.startsWith(`closed with ${code} ${reason}`.trim()));

    const wait = await seen.passAll();
    assert.ok(wait < 3000, `${wait} ms`);
    assert.equal(seen.sockets[1].url.searchParams.get('after'), at(10));
    assert.equal(seen.polls.length, 0);
  });
}
