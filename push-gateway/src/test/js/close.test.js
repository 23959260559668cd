// It ends when it is told to, whatever it is doing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, begin, hello, like, open, openLive, openPolling, polled } from './fakes.js';

/** Closes the stream, twice, and lets everything happen that may; nothing does. */
async function closesForGood(seen) {
  const before = [seen.sockets.length, seen.polls.length, seen.frames.length];
  seen.stream.close();
  seen.stream.close();
  assert.equal(await seen.passAll(), 0, 'no timer is left');
  for (const socket of seen.sockets) await socket.tell(like(99));
  for (const poll of seen.polls) await poll.answer(polled(99, [like(99)]));
  await seen.passAll();

  assert.deepEqual([seen.sockets.length, seen.polls.length, seen.frames.length], before);
  assert.equal(seen.names().filter((name) => name === 'closed').length, 1);
  assert.equal(seen.names().at(-1), 'closed');
  assert.ok(seen.sockets.every(({ isOver }) => isOver));
  assert.notEqual(seen.stream.position, at(99));
}

test('close before anything has begun', async (t) => {
  const seen = begin(t);
  await closesForGood(seen);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
});

test('close while the token is being got', async (t) => {
  let got;
  const seen = await open(t, { token: () => new Promise((done) => (got = done)) });
  seen.stream.close();
  got('t');
  await closesForGood(seen);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
});

test("close while a poll's token is being got", async (t) => {
  let got;
  const seen = await open(t, { WebSocket: null, token: () => new Promise((done) => (got = done)) });
  seen.stream.close();
  got('t');
  await closesForGood(seen);
  assert.equal(seen.polls.length, 0);
});

test('close while connecting', async (t) => {
  let tokens = 0;
  const seen = await open(t, { token: () => `t${++tokens}` });
  await closesForGood(seen);
  assert.equal(tokens, 1);
});

test('close while open', async (t) => {
  const seen = await openLive(t);
  await closesForGood(seen);
  assert.equal(seen.sockets[0].closedWith, 1000);
});

test('close while waiting', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].end(1006);
  assert.equal(seen.names().at(-1), 'waiting');
  await closesForGood(seen);
});

test('close during a poll', async (t) => {
  const seen = await open(t, { WebSocket: null });
  await closesForGood(seen);
  assert.ok(seen.polls[0].signal.aborted);
});

test('close during a long poll', async (t) => {
  const seen = await open(t, { WebSocket: null });
  await seen.polls[0].answer(polled(10));
  await closesForGood(seen);
  assert.ok(seen.polls[1].signal.aborted);
});

test('close during the poll behind a failed handshake', async (t) => {
  const seen = await open(t);
  await seen.sockets[0].fail();
  await closesForGood(seen);
});

test('close while a handshake is awaited beside a poll', async (t) => {
  const seen = await openPolling(t);
  await closesForGood(seen);
});

test('close during a handshake beside a poll', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  assert.equal(seen.sockets.length, 2);
  await closesForGood(seen);
  assert.ok(seen.polls[1].signal.aborted);
});

test('close while polls have been replaced by a WebSocket', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.sockets[1].tell(hello(10, true, 20));
  await closesForGood(seen);
});

for (const told of ['connecting', 'live', 'waiting', 'closed']) {
  test(`close from within onState, at ${told}`, async (t) => {
    const onState = ({ state }, { stream }) => state === told && stream.close();
    const seen = await open(t, { onState });
    await seen.sockets[0]?.tell(hello(10));
    await seen.sockets[0]?.end(1006);
    await closesForGood(seen);
    assert.equal(seen.names().at(told === 'closed' ? -1 : -2), told);
  });
}

test("close from within onFrame: the rest of a poll's answer is neither told nor passed over", async (t) => {
  const onFrame = (frame, { stream }) => stream.close();
  const seen = await open(t, { WebSocket: null, after: at(1), onFrame });
  await seen.polls[0].answer(polled(9, [like(2), like(3)]));

  assert.deepEqual(seen.frames, [like(2)]);
  assert.equal(seen.stream.position, at(2));
  await closesForGood(seen);
});
