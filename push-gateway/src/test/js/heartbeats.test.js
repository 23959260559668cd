// A dead WebSocket that stays open: no heartbeat arrives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, hello, like, open, openLive, page, position } from './fakes.js';

/** Sends nothing on a WebSocket until the stream closes it. Returns the time until then, in ms. */
async function silence(seen) {
  const socket = seen.sockets.at(-1);
  for (let ms = 10; ms <= 10 * 60_000; ms += 10) {
    await seen.pass(10);
    if (socket.isOver) return ms;
  }
  throw new Error('not closed within 10 min');
}

for (const [heartbeat, ms] of [[20, 50_000], [0.5, 1_250], [4, 10_000]]) {
  test(`with a heartbeat of ${heartbeat} s, silence for ${ms} ms closes the WebSocket`, async (t) => {
    const seen = await openLive(t, { heartbeat });
    assert.equal(await silence(seen), ms);
    assert.equal(seen.sockets[0].closedWith, 1000);
    assert.equal(seen.states.at(-1).state, 'waiting');
    assert.match(seen.states.at(-1).detail, /^nothing arrives any more; again in \d+ ms$/);
  });
}

test('a silent WebSocket is replaced within a second, and the stream resumes from the last position', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await openLive(t, { heartbeat: 20 });
  await seen.sockets[0].receive(like(11));
  await silence(seen);
  await seen.pass(1_000);

  assert.equal(seen.sockets.length, 2);
  assert.equal(seen.sockets[1].url.searchParams.get('after'), at(11));
  await seen.sockets[1].receive(hello(11, true, 20));
  await seen.sockets[1].receive(like(12));
  assert.deepEqual(seen.frames, [hello(10, false, 20), like(11), hello(11, true, 20), like(12)]);
});

for (const [what, frame] of [
  ['a position', position(11)],
  ['a like', like(11)],
  ['what is no frame', 'nonsense'],
]) {
  test(`${what} restarts the time`, async (t) => {
    const seen = await openLive(t, { heartbeat: 20 });
    await seen.pass(49_000);
    await seen.sockets[0].receive(frame);
    assert.equal(await silence(seen), 50_000);
  });
}

test('a repeated position keeps the WebSocket open, is neither delivered nor reported, and moves no position', async (t) => {
  const seen = await openLive(t, { heartbeat: 20 });
  for (let i = 0; i < 30; i++) {
    await seen.pass(20_000);
    await seen.sockets[0].receive(position(10));
  }
  assert.ok(!seen.sockets[0].isOver);
  assert.deepEqual(seen.frames, [hello(10, false, 20)]);
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.names(), ['connecting', 'live']);
  assert.equal(seen.stream.position, at(10));

  await seen.sockets[0].receive(like(11));
  await seen.sockets[0].receive(position(10));
  assert.equal(seen.stream.position, at(11));
  assert.deepEqual(seen.frames.slice(1), [like(11)]);
});

test('a repeated start of a log moves no position', async (t) => {
  const seen = await open(t, { after: at('start') });
  await seen.sockets[0].receive(hello('start', true, 20));
  await seen.sockets[0].receive(position('start'));
  await seen.sockets[0].receive(like(0));
  await seen.sockets[0].receive(position('start'));
  assert.equal(seen.stream.position, at(0));
});

for (const heartbeat of [undefined, null, 0, -20, 'soon', {}]) {
  test(`a hello without a valid heartbeat sets no timeout: ${JSON.stringify(heartbeat)}`, async (t) => {
    const seen = await openLive(t, { heartbeat });
    await seen.sockets[0].receive(like(11));
    assert.equal(await seen.passAll(), 0);
    assert.ok(!seen.sockets[0].isOver);
  });
}

test('a heartbeat of days counts as an hour, and not as none', async (t) => {
  const seen = await openLive(t, { heartbeat: 1e9 });
  await seen.pass(2.5 * 3_600_000 - 1);
  assert.ok(!seen.sockets[0].isOver);
  await seen.pass(1);
  assert.ok(seen.sockets[0].isOver);
});

test('a hello without a heartbeat after one with a heartbeat removes the timeout', async (t) => {
  const seen = await openLive(t, { heartbeat: 20 });
  await silence(seen);
  await seen.pass(1_000);
  await seen.sockets[1].receive(hello(10, true));
  assert.equal(await seen.passAll(), 0);
});

test('close() leaves no timer of a silent WebSocket', async (t) => {
  const seen = await openLive(t, { heartbeat: 20 });
  seen.stream.close();
  assert.equal(await seen.passAll(), 0);
});

test('a page that is visible again while a heartbeat is overdue expects a frame within 2 s', async (t) => {
  const { hide, show } = page(t);
  const seen = await openLive(t, { heartbeat: 20 });
  await hide();
  await seen.pass(26_000);
  await show();
  assert.equal(await silence(seen), 2_000);
});

test('a frame within these 2 s keeps the WebSocket', async (t) => {
  const { show } = page(t);
  const seen = await openLive(t, { heartbeat: 20 });
  await seen.pass(26_000);
  await show();
  await seen.pass(1_900);
  await seen.sockets[0].receive(position(10));
  assert.equal(await silence(seen), 50_000);
});

test('a check does not extend the timeout of a heartbeat that is shorter than 2 s', async (t) => {
  const { show } = page(t);
  const seen = await openLive(t, { heartbeat: 0.5 });
  await seen.pass(700);
  await show();
  assert.equal(await silence(seen), 1_250 - 700);
});
