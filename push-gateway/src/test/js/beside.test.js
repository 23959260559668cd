// Handshakes that fail where polls work: the WebSocket is tried beside the polls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, digest, hello, like, openPolling, polled } from './fakes.js';

/** Draws the largest pauses. */
const slowest = (t) => t.mock.method(Math, 'random', () => 1);

/** Answers long polls, each when its time is over, until there is another handshake. Returns the time until then, in s. */
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

test('after a failed handshake and a poll that works, the WebSocket is tried again within 3 s', async (t) => {
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

test('once the second handshake succeeds, the poll ends and the stream is live by WebSocket', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.sockets[1].tell(hello(10, true));

  assert.ok(seen.polls[1].signal.aborted);
  assert.deepEqual(seen.states.at(-1), { state: 'live', via: 'websocket', detail: undefined });
  assert.deepEqual(seen.names(), ['connecting', 'connecting', 'live', 'live']);
  await seen.sockets[1].tell(like(11));
  assert.equal(await seen.passAll(), 0);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [2, 2]);
  assert.deepEqual(seen.frames, [hello(10), hello(10, true), like(11)]);
});

test('after 3 failed handshakes in a row it polls for about a minute before the next one, and then twice as long, up to 16 min', async (t) => {
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

test('a handshake that succeeds makes the next one that fails the first again', async (t) => {
  slowest(t);
  const seen = await openPolling(t);
  for (let i = 0; i < 2; i++) {
    await pollUntilHandshake(seen);
    await seen.sockets.at(-1).fail();
  }
  await pollUntilHandshake(seen);
  await seen.sockets.at(-1).tell(hello(10, true));
  await seen.sockets.at(-1).end(1006);
  await seen.passAll();
  await seen.sockets.at(-1).fail();
  await seen.polls.at(-1).answer(polled(10));
  assert.equal(await pollUntilHandshake(seen), 3);
});

test('handshakes that fail together with the poll do not count: then the network is down, and not the WebSocket blocked', async (t) => {
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

test('a handshake that hangs beside a poll delays no like', async (t) => {
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

test('what polls deliver during the handshake is not delivered again, and the position does not go back', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  await seen.polls[1].answer(polled(15, [like(11), like(12)]));
  await seen.sockets[1].tell(hello(10, true));
  assert.equal(seen.stream.position, at(15));

  for (const offset of [11, 12, 16]) await seen.sockets[1].tell(like(offset));
  assert.deepEqual(seen.frames, [hello(10), like(11), like(12), hello(15, true), like(16)]);
  assert.equal(seen.stream.position, at(16));
});

for (const [random, seconds] of [[0, 30], [1, 90]]) {
  test(`that minute is one on average, or all who fell back together would return together: ${seconds} s`, async (t) => {
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

test('an answer that arrives right before the hello, and is read after it, is left to the WebSocket', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  const answered = seen.polls[1].answer(polled(11, [like(11)]));
  await seen.sockets[1].tell(hello(10, true));
  await answered;
  assert.equal(seen.states.at(-1).via, 'websocket');

  await seen.sockets[1].tell(like(11));
  assert.deepEqual(seen.frames, [hello(10), hello(10, true), like(11)]);
});

test('an answer that arrives right after the hello is left to the WebSocket', async (t) => {
  const seen = await openPolling(t);
  await seen.pass(3_000);
  const told = seen.sockets[1].tell(hello(10, true));
  await seen.polls[1].answer(polled(11, [like(11)]));
  await told;
  assert.equal(seen.stream.position, at(10));

  await seen.sockets[1].tell(like(11));
  assert.deepEqual(seen.frames, [hello(10), hello(10, true), like(11)]);
});

test('a digest that begins before what polls have delivered is not counted twice: the stream resumes from there', async (t) => {
  const seen = await openPolling(t, { digest: 5 });
  await seen.pass(3_000);
  await seen.polls[1].answer(polled(15, [digest(10, 15)]));
  await seen.sockets[1].tell(hello(10, true));
  await seen.sockets[1].tell(digest(10, 20));
  assert.ok(seen.sockets[1].isOver);

  await seen.passAll();
  assert.equal(seen.sockets[2].url.searchParams.get('after'), at(15));
  await seen.sockets[2].tell(hello(15, true));
  await seen.sockets[2].tell(digest(15, 20));
  assert.deepEqual(seen.frames, [hello(10), digest(10, 15), hello(15, true), hello(15, true), digest(15, 20)]);
});

test('a digest that begins after what polls have delivered is delivered', async (t) => {
  const seen = await openPolling(t, { digest: 5 });
  await seen.pass(3_000);
  await seen.polls[1].answer(polled(15, [digest(10, 15)]));
  await seen.sockets[1].tell(hello(10, true));
  await seen.sockets[1].tell(digest(10, 15));
  await seen.sockets[1].tell(digest(15, 20));
  assert.deepEqual(seen.frames, [hello(10), digest(10, 15), hello(15, true), digest(15, 20)]);
});

test('when a poll fails, the handshake beside it ends, and both are tried again after one pause', async (t) => {
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

test('a WebSocket that greets while a poll waits for its token takes over immediately', async (t) => {
  let hangs = false;
  const seen = await openPolling(t, { token: () => (hangs ? new Promise(() => {}) : 't') });
  await seen.pass(3_000);
  hangs = true;
  await seen.polls[1].answer(polled(11, [like(11)]));
  await seen.sockets[1].tell(hello(10, true));
  await seen.sockets[1].end(1006);
  assert.equal(seen.names().at(-1), 'waiting');
});

test('a token that cannot be had for a handshake beside polls does not end the polls', async (t) => {
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
