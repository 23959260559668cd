// The choice between WebSocket and polls, and requests without an answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, hello, like, open, openLive, openPolling, polled } from './fakes.js';

test('a stream is live after the hello', async (t) => {
  const seen = await open(t);
  assert.deepEqual(seen.states, [{ state: 'connecting', via: 'websocket', detail: undefined }]);

  await seen.sockets[0].receive(hello(10));
  await seen.sockets[0].receive(like(11));
  assert.deepEqual(seen.states.slice(1), [{ state: 'live', via: 'websocket', detail: undefined }]);
});

test('when a handshake fails but a poll is answered, the stream continues with long polls', async (t) => {
  const seen = await openPolling(t);
  assert.equal(seen.polls[0].url.href, 'http://gateway/v1/authors/alice/likes');
  assert.deepEqual(seen.states.at(-1), { state: 'live', via: 'long poll', detail: undefined });
  assert.equal(seen.polls[1].url.href, `http://gateway/v1/authors/alice/likes?after=${at(10)}&wait=25`);

  await seen.polls[1].answer(polled(11, [like(11)]));
  assert.deepEqual(seen.frames, [hello(10), like(11)]);
  assert.equal(seen.polls[2].url.searchParams.get('after'), at(11));
  assert.deepEqual(seen.names(), ['connecting', 'connecting', 'live']);
});

test('a WebSocket that opens and ends without a frame counts as a failed handshake', async (t) => {
  const seen = await open(t);
  await seen.sockets[0].end(1006);
  assert.equal(seen.polls.length, 1);
});

test('a handshake that fails with an error event and no close event, as in Node, has ended', async (t) => {
  const seen = await open(t);
  seen.sockets[0].onerror({});
  await seen.pass(0);
  assert.equal(seen.polls.length, 1);
});

test('a handshake without an answer times out', async (t) => {
  const seen = await open(t);
  assert.equal(await seen.passAll(), 15_000);
  assert.equal(seen.sockets[0].closedWith, 1000);
  assert.equal(seen.polls.length, 1);
});

test('a WebSocket that has timed out delivers no frames', async (t) => {
  const seen = await open(t);
  await seen.passAll();
  await seen.sockets[0].receive(hello(10));
  assert.deepEqual(seen.frames, []);
  assert.deepEqual(seen.names(), ['connecting', 'connecting']);
});

test('a silent WebSocket whose hello has no heartbeat never times out', async (t) => {
  const seen = await openLive(t);
  assert.equal(await seen.passAll(), 0);
  assert.equal(seen.sockets[0].closedWith, undefined);
});

test('a long poll without an answer times out some time after its wait', async (t) => {
  const seen = await open(t, { WebSocket: null, after: at(1) });
  await seen.polls[0].answer(polled(1));
  await seen.pass(39_999);
  assert.ok(!seen.polls[1].signal.aborted);
  await seen.pass(1);
  assert.ok(seen.polls[1].signal.aborted);
  assert.equal(seen.states.at(-1).state, 'waiting');
  assert.match(seen.states.at(-1).detail, /^no answer to a poll; /);
});

test('without a WebSocket implementation it polls: the first poll is short, later ones are long', async (t) => {
  const seen = await open(t, { WebSocket: null });
  assert.equal(seen.polls[0].url.search, '');
  await seen.polls[0].answer(polled(10, [], { recovered: false }));
  assert.deepEqual(seen.names(), ['connecting', 'live']);

  await seen.pass(25_000);
  await seen.polls[1].answer(polled(12));
  assert.equal(seen.polls[2].url.search, `?after=${at(12)}&wait=25`);
  assert.deepEqual(seen.frames, [hello(10)]);
  assert.deepEqual(seen.names(), ['connecting', 'live']);
});

test('a position lower than the last one is ignored', async (t) => {
  const seen = await open(t, { WebSocket: null, after: at(10) });
  await seen.polls[0].answer(polled(9));
  assert.equal(seen.stream.position, at(10));
});

test('an answer with more: true is followed by the next poll immediately', async (t) => {
  const seen = await open(t, { WebSocket: null, after: at(1) });
  await seen.polls[0].answer(polled(3, [like(2), like(3)], { more: true }));
  assert.equal(seen.polls[1].url.searchParams.get('after'), at(3));

  await seen.polls[1].answer(polled(4, [like(4)]));
  assert.equal(seen.polls.length, 3);
  assert.deepEqual(seen.frames, [like(2), like(3), like(4)]);
});

test('a long poll that is answered empty and immediately is not repeated in a tight loop', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { WebSocket: null, after: at(1) });
  const waits = [];
  for (let i = 0; i < 6; i++) {
    await seen.polls.at(-1).answer(polled(1));
    await seen.polls.at(-1).answer(polled(1));
    waits.push(await seen.passAll());
  }
  assert.deepEqual(waits, [3000, 3000, 3000, 4000, 8000, 16_000]);
});

test('a long poll with digest that is answered empty after its wait is followed by the next one', async (t) => {
  const seen = await open(t, { WebSocket: null, after: at(1), digest: 60 });
  await seen.polls[0].answer(polled(1));
  for (let poll = 1; poll < 4; poll++) {
    await seen.pass(25_000);
    await seen.polls[poll].answer(polled(1));
  }
  assert.equal(seen.polls.length, 5);
  assert.deepEqual(seen.names(), ['connecting', 'live']);
});

test('an empty, immediate answer that is not recovered is delivered, and not repeated in a tight loop', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { WebSocket: null, after: at(50) });
  await seen.polls[0].answer(polled(50));
  await seen.polls[1].answer(polled(8, [], { recovered: false }));

  assert.deepEqual(seen.frames, [hello(8)]);
  assert.equal(seen.polls.length, 2);
  await seen.passAll();
  assert.equal(seen.polls[2].url.searchParams.get('after'), at(8));
});

for (const nonsense of ['<html>sign in to this network</html>', 'null', '{"frames":[]}', '{"frames":[],"position":"null"}']) {
  test(`an invalid answer is a failure, and moves no position: ${nonsense}`, async (t) => {
    const seen = await open(t, { WebSocket: null, after: at(1) });
    await seen.polls[0].answer(nonsense);

    assert.equal(seen.states.at(-1).state, 'waiting');
    assert.equal(seen.stream.position, at(1));
    await seen.passAll();
    assert.equal(seen.polls[1].url.searchParams.get('after'), at(1));
  });
}
