// close() ends a stream in each of its states.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, begin, hello, like, open, openLive, openPolling, polled } from './fakes.js';

/** Closes the stream two times, runs all timers, and checks that nothing else happens. */
async function closesForGood(seen) {
  const before = [seen.sockets.length, seen.polls.length, seen.frames.length];
  seen.stream.close();
  seen.stream.close();
  assert.equal(await seen.passAll(), 0, 'no timer is left');
  for (const socket of seen.sockets) await socket.receive(like(99));
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

test('close while token() is pending', async (t) => {
  let got;
  const seen = await open(t, { token: () => new Promise((done) => (got = done)) });
  seen.stream.close();
  got('t');
  await closesForGood(seen);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
});

test("close while token() is pending for a poll", async (t) => {
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

test('close during the poll after a failed handshake', async (t) => {
  const seen = await open(t);
  await seen.sockets[0].fail();
  await closesForGood(seen);
});

test('close before a handshake during polls', async (t) => {
  const seen = await openPolling(t);
  await closesForGood(seen);
});

test('close during a handshake during polls', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  assert.equal(seen.sockets.length, 2);
  await closesForGood(seen);
  assert.ok(seen.polls[1].signal.aborted);
});

test('close after a WebSocket has replaced the polls', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.sockets[1].receive(hello(10, true, 20));
  await closesForGood(seen);
});

for (const state of ['connecting', 'live', 'waiting', 'closed']) {
  test(`close from within onState, at ${state}`, async (t) => {
    const onState = (reported, { stream }) => reported.state === state && stream.close();
    const seen = await open(t, { onState });
    await seen.sockets[0]?.receive(hello(10));
    await seen.sockets[0]?.end(1006);
    await closesForGood(seen);
    assert.equal(seen.names().at(state === 'closed' ? -1 : -2), state);
  });
}

test("close from within onFrame: the other frames of a poll's answer are neither delivered nor skipped", async (t) => {
  const onFrame = (frame, { stream }) => stream.close();
  const seen = await open(t, { WebSocket: null, after: at(1), onFrame });
  await seen.polls[0].answer(polled(9, [like(2), like(3)]));

  assert.deepEqual(seen.frames, [like(2)]);
  assert.equal(seen.stream.position, at(2));
  await closesForGood(seen);
});
