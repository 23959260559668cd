// Handshakes that fail while polls work: the stream retries the WebSocket during polls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, digest, hello, like, openPolling, polled } from './fakes.js';

/** Makes all random pauses the longest possible. */
const slowest = (t) => t.mock.method(Math, 'random', () => 1);

/** Answers each long poll after its wait until another handshake begins. Returns the time until then, in s. */
async function pollUntilHandshake(seen) {
  const { length } = seen.sockets;
  for (let seconds = 1; seconds < 3_600; seconds++) {
    await seen.pass(1_000);
    seen.pollSeconds = (seen.pollSeconds ?? 0) + 1;
    if (seen.pollSeconds % 25 === 0) await seen.polls.at(-1).answer(polled(10));
    if (seen.sockets.length > length) return seconds;
  }
  throw new Error('no handshake within an hour');
}

test('after a failed handshake and an answered poll, the WebSocket is retried within 3 s', async (t) => {
  slowest(t);
  const seen = await openPolling(t);
  assert.deepEqual(seen.states.at(-1), { state: 'live', via: 'long poll', detail: undefined });
  await seen.pass(2_999);
  assert.equal(seen.sockets.length, 1);

  await seen.pass(1);
  assert.equal(seen.sockets.length, 2);
  assert.equal(seen.sockets[1].url.searchParams.get('after'), at(10));
  assert.ok(!seen.polls[1].signal.aborted);
  assert.equal(seen.names().at(-1), 'live');
});

test('after a second handshake that succeeds, the poll ends and the stream is live by WebSocket', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.sockets[1].receive(hello(10, true));

  assert.ok(seen.polls[1].signal.aborted);
  assert.deepEqual(seen.states.at(-1), { state: 'live', via: 'websocket', detail: undefined });
  assert.deepEqual(seen.names(), ['connecting', 'connecting', 'live', 'live']);
  await seen.sockets[1].receive(like(11));
  assert.equal(await seen.passAll(), 0);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [2, 2]);
  assert.deepEqual(seen.frames, [hello(10), hello(10, true), like(11)]);
});

test('after 3 failed handshakes in a row, the next one follows in about a minute, and then in twice the time, up to 16 min', async (t) => {
  t.mock.method(Math, 'random', () => 0.5);
  const seen = await openPolling(t);
  const waits = [];
  for (let i = 0; i < 9; i++) {
    waits.push(await pollUntilHandshake(seen));
    await seen.sockets.at(-1).fail();
  }
  assert.deepEqual(waits, [2, 3, 60, 120, 240, 480, 960, 960, 960]);
  assert.deepEqual(seen.names(), ['connecting', 'connecting', 'live']);
});

test('a successful handshake resets the count of failed handshakes', async (t) => {
  slowest(t);
  const seen = await openPolling(t);
  for (let i = 0; i < 2; i++) {
    await pollUntilHandshake(seen);
    await seen.sockets.at(-1).fail();
  }
  await pollUntilHandshake(seen);
  await seen.sockets.at(-1).receive(hello(10, true));
  await seen.sockets.at(-1).end(1006);
  await seen.passAll();
  await seen.sockets.at(-1).fail();
  await seen.polls.at(-1).answer(polled(10));
  assert.equal(await pollUntilHandshake(seen), 3);
});

test('handshakes that fail together with the poll do not count, because then the network is down', async (t) => {
  slowest(t);
  const seen = await openPolling(t);
  await seen.pass(3_000);
  for (let i = 0; i < 5; i++) {
    await seen.polls.at(-1).fail();
    await seen.passAll();
    await seen.pass(1);
  }
  await seen.polls.at(-1).answer(polled(10));
  assert.equal(seen.sockets.length, 7);
  await seen.sockets.at(-1).fail();
  assert.equal(await pollUntilHandshake(seen), 6);
});

test('a handshake that hangs during polls delays no like', async (t) => {
  slowest(t);
  const seen = await openPolling(t);
  await seen.pass(3_000);
  assert.equal(seen.sockets.length, 2);

  await seen.polls[1].answer(polled(11, [like(11)]));
  await seen.polls[2].answer(polled(12, [like(12)]));
  assert.deepEqual(seen.frames, [hello(10), like(11), like(12)]);
  await seen.pass(15_000);
  assert.equal(seen.sockets[1].closedWith, 1000);
  assert.equal(seen.names().at(-1), 'live');
  await seen.pass(6_000);
  assert.equal(seen.sockets.length, 3);
});

test('frames that polls deliver during the handshake are not delivered again, and the position does not decrease', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.polls[1].answer(polled(15, [like(11), like(12)]));
  await seen.sockets[1].receive(hello(10, true));
  assert.equal(seen.stream.position, at(15));

  for (const offset of [11, 12, 16]) await seen.sockets[1].receive(like(offset));
  assert.deepEqual(seen.frames, [hello(10), like(11), like(12), hello(15, true), like(16)]);
  assert.equal(seen.stream.position, at(16));
});

for (const [random, seconds] of [[0, 30], [1, 90]]) {
  test(`the minute is random, so that clients do not all return together: ${seconds} s`, async (t) => {
    const draw = t.mock.method(Math, 'random', () => 0.5);
    const seen = await openPolling(t);
    await pollUntilHandshake(seen);
    await seen.sockets.at(-1).fail();
    await pollUntilHandshake(seen);
    draw.mock.mockImplementation(() => random);
    await seen.sockets.at(-1).fail();
    assert.equal(await pollUntilHandshake(seen), seconds);
  });
}

test('an answer that arrives right before the hello and is read after it is ignored: the WebSocket delivers its frames', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  const answered = seen.polls[1].answer(polled(11, [like(11)]));
  await seen.sockets[1].receive(hello(10, true));
  await answered;
  assert.equal(seen.states.at(-1).via, 'websocket');

  await seen.sockets[1].receive(like(11));
  assert.deepEqual(seen.frames, [hello(10), hello(10, true), like(11)]);
});

test('an answer that arrives right after the hello is ignored: the WebSocket delivers its frames', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  const received = seen.sockets[1].receive(hello(10, true));
  await seen.polls[1].answer(polled(11, [like(11)]));
  await received;
  assert.equal(seen.stream.position, at(10));

  await seen.sockets[1].receive(like(11));
  assert.deepEqual(seen.frames, [hello(10), hello(10, true), like(11)]);
});

test('a digest that begins before frames that polls have delivered is dropped, and the stream resumes from its position', async (t) => {
  const seen = await openPolling(t, { digest: 5 });
  await seen.pass(3_000);
  await seen.polls[1].answer(polled(15, [digest(10, 15)]));
  await seen.sockets[1].receive(hello(10, true));
  await seen.sockets[1].receive(digest(10, 20));
  assert.ok(seen.sockets[1].isOver);

  await seen.passAll();
  assert.equal(seen.sockets[2].url.searchParams.get('after'), at(15));
  await seen.sockets[2].receive(hello(15, true));
  await seen.sockets[2].receive(digest(15, 20));
  assert.deepEqual(seen.frames, [hello(10), digest(10, 15), hello(15, true), hello(15, true), digest(15, 20)]);
});

test('a digest that begins after the frames that polls have delivered is delivered', async (t) => {
  const seen = await openPolling(t, { digest: 5 });
  await seen.pass(3_000);
  await seen.polls[1].answer(polled(15, [digest(10, 15)]));
  await seen.sockets[1].receive(hello(10, true));
  await seen.sockets[1].receive(digest(10, 15));
  await seen.sockets[1].receive(digest(15, 20));
  assert.deepEqual(seen.frames, [hello(10), digest(10, 15), hello(15, true), digest(15, 20)]);
});

test('when a poll fails, the concurrent handshake ends, and both are retried after one pause', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.polls[1].fail();
  assert.ok(seen.sockets[1].isOver);
  assert.equal(seen.names().at(-1), 'waiting');

  await seen.passAll();
  await seen.pass(1);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [3, 3]);
  assert.equal(seen.polls[2].url.searchParams.get('wait'), null);
});

test('a WebSocket whose hello arrives while a poll waits for its token takes over immediately', async (t) => {
  let hangs = false;
  const seen = await openPolling(t, { token: () => (hangs ? new Promise(() => {}) : 't') });
  await seen.pass(3_000);
  hangs = true;
  await seen.polls[1].answer(polled(11, [like(11)]));
  await seen.sockets[1].receive(hello(10, true));
  await seen.sockets[1].end(1006);
  assert.equal(seen.names().at(-1), 'waiting');
});

test('token() that fails for a handshake during polls does not end the polls', async (t) => {
  let tokens = 0;
  const token = () => {
    if (++tokens === 4) throw new Error('not now');
    return 't';
  };
  const seen = await openPolling(t, { token });
  await seen.pass(3_000);
  assert.equal(tokens, 4);
  assert.equal(seen.sockets.length, 1);

  await seen.polls[1].answer(polled(11, [like(11)]));
  assert.deepEqual(seen.frames, [hello(10), like(11)]);
  await seen.pass(6_000);
  assert.equal(seen.sockets.length, 2);
});
