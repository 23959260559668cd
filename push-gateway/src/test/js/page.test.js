// The page's events: the network is back, the page is visible again, or the page is restored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, hello, like, open, openLive, openPolling, page, polled } from './fakes.js';

/** Creates a stream that waits for 15 s after many failures. */
async function openWaiting(t, options) {
  const draw = t.mock.method(Math, 'random', () => 0.5);
  const seen = await open(t, { WebSocket: null, after: at(10), ...options });
  for (let i = 0; i < 8; i++) {
    await seen.polls.at(-1).fail();
    if (i < 7) await seen.passAll();
  }
  draw.mock.restore();
  t.mock.method(Math, 'random', () => 1);
  assert.equal(seen.names().at(-1), 'waiting');
  return seen;
}

for (const [what, happens] of [
  ['the network is back', ({ online }) => online()],
  ['the page is seen again', async ({ hide, show }) => (await hide(), await show())],
  ['the page comes back from the back-forward cache', ({ showPage }) => showPage(true)],
]) {
  test(`a waiting stream retries within a second when ${what}`, async (t) => {
    const events = page(t);
    const seen = await openWaiting(t);
    await happens(events);
    await seen.pass(999);
    assert.equal(seen.polls.length, 8);
    await seen.pass(1);
    assert.equal(seen.polls.length, 9);
  });

  test(`a stream that is live by WebSocket does not change when ${what}`, async (t) => {
    const events = page(t);
    const seen = await openLive(t, { heartbeat: 20 });
    await seen.pass(20_000);
    await happens(events);
    await seen.pass(25_000);
    assert.ok(!seen.sockets[0].isOver);
    assert.equal(seen.sockets.length, 1);
  });

  test(`the WebSocket of an older gateway does not change when ${what}`, async (t) => {
    const events = page(t);
    const seen = await openLive(t);
    await seen.pass(600_000);
    await happens(events);
    assert.equal(await seen.passAll(), 0);
    assert.ok(!seen.sockets[0].isOver);
  });

  test(`a WebSocket whose heartbeat is overdue is checked when ${what}`, async (t) => {
    const events = page(t);
    const seen = await openLive(t, { heartbeat: 20 });
    await seen.pass(30_000);
    await happens(events);
    await seen.pass(2_000);
    assert.ok(seen.sockets[0].isOver);
  });

  test(`a Retry-After still holds when ${what}`, async (t) => {
    const events = page(t);
    t.mock.method(Math, 'random', () => 1);
    const seen = await open(t, { WebSocket: null });
    await seen.polls[0].answer({ detail: 'Full.' }, 503, { 'Retry-After': '5' });
    await happens(events);
    await seen.pass(5_999);
    assert.equal(seen.polls.length, 1);
    await seen.pass(1);
    assert.equal(seen.polls.length, 2);
  });

  test(`no retry is later than before when ${what}`, async (t) => {
    const events = page(t);
    t.mock.method(Math, 'random', () => 1);
    const seen = await open(t, { WebSocket: null });
    await seen.polls[0].fail();
    await seen.pass(400); // of 500
    await happens(events);
    await seen.pass(100);
    assert.equal(seen.polls.length, 2);
  });
}

test('a page that is hidden, or opened for the first time, changes nothing', async (t) => {
  const { hide, showPage } = page(t);
  const seen = await openWaiting(t);
  await hide();
  await showPage(false);
  await seen.pass(1_000);
  assert.equal(seen.polls.length, 8);
});

test('several events together cause one retry', async (t) => {
  const { online, show, showPage } = page(t);
  const seen = await openWaiting(t);
  for (const happens of [online, show, () => showPage(true), online, show]) await happens();
  await seen.pass(1_000);
  assert.equal(seen.polls.length, 9);
});

test('offline, the stream retries every 30 to 60 s, and these retries do not extend later pauses', async (t) => {
  const { offline, online } = page(t);
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { WebSocket: null, after: at(10) });
  await offline();
  for (let i = 0; i < 5; i++) {
    await seen.polls.at(-1).fail();
    await seen.pass(500);
    await seen.pass(59_999);
    assert.equal(seen.polls.length, 1 + i);
    await seen.pass(1);
    assert.equal(seen.polls.length, 2 + i);
  }
  await seen.polls.at(-1).fail();
  await online();
  await seen.pass(1_000);
  assert.equal(seen.polls.length, 7);
  await seen.polls.at(-1).fail();
  assert.equal(await seen.passAll(), 500);
});

test('a page that is visible again but offline does not retry', async (t) => {
  const { offline, show } = page(t);
  const seen = await openWaiting(t);
  await offline();
  for (let i = 0; i < 3; i++) {
    await show();
    await seen.pass(1_000);
  }
  assert.equal(seen.polls.length, 8);
});

test('a stream that goes offline while it waits does not retry at the end of its pause', async (t) => {
  const { offline, online } = page(t);
  const seen = await openWaiting(t);
  await offline();
  await seen.pass(20_000);
  assert.equal(seen.polls.length, 8);
  await online();
  await seen.pass(1_000);
  assert.equal(seen.polls.length, 9);
});

test('offline, a WebSocket that still receives frames is kept', async (t) => {
  const { offline } = page(t);
  const seen = await openLive(t);
  await offline();
  await seen.sockets[0].receive(like(11));
  assert.deepEqual(seen.frames, [hello(10), like(11)]);
  assert.deepEqual(seen.names(), ['connecting', 'live']);
});

test('a page that is opened offline connects one time', async (t) => {
  const { offline } = page(t);
  await offline();
  const seen = await open(t);
  assert.equal(seen.sockets.length, 1);
});

test('on another network, a polling stream retries the WebSocket within a second', async (t) => {
  const { online, show } = page(t);
  t.mock.method(Math, 'random', () => 1);
  const seen = await openPolling(t);
  for (const ms of [3_000, 6_000]) {
    await seen.pass(ms);
    await seen.sockets.at(-1).fail();
  }
  await show();
  await seen.pass(1_000);
  assert.equal(seen.sockets.length, 3);
  await online();
  await seen.pass(1_000);
  assert.equal(seen.sockets.length, 4);
  assert.equal(seen.names().at(-1), 'live');
});

test('on another network, a waiting stream retries the WebSocket with its next poll, and not minutes later', async (t) => {
  const { online } = page(t);
  t.mock.method(Math, 'random', () => 1);
  const seen = await openPolling(t);
  for (const ms of [3_000, 6_000]) {
    await seen.pass(ms);
    await seen.sockets.at(-1).fail();
  }
  await seen.polls.at(-1).fail();
  await online();
  await seen.pass(1_000);
  await seen.pass(1);
  assert.equal(seen.sockets.length, 4);
});

for (const [doing, begin] of [
  ['live', (t) => openLive(t, { heartbeat: 20 })],
  ['waiting', (t) => openWaiting(t)],
  ['polling', (t) => openPolling(t)],
]) {
  test(`close removes all listeners, and later events have no effect: ${doing}`, async (t) => {
    const { listening, online, show, showPage } = page(t);
    const seen = await begin(t);
    assert.deepEqual([...listening].sort(), ['online', 'pageshow', 'visibilitychange']);
    const before = [seen.sockets.length, seen.polls.length];
    seen.stream.close();
    assert.deepEqual([...listening], []);

    await online();
    await show();
    await showPage(true);
    assert.equal(await seen.passAll(), 0);
    assert.deepEqual([seen.sockets.length, seen.polls.length], before);
  });
}

test('a stream that is refused removes its listeners, too', async (t) => {
  const { listening } = page(t);
  const seen = await open(t, { WebSocket: null });
  await seen.polls[0].answer({ detail: 'Not for you.' }, 403);
  assert.equal(seen.names().at(-1), 'refused');
  assert.deepEqual([...listening], []);
});

test('a document without events, as on some servers, causes no error', async (t) => {
  page(t);
  globalThis.document.addEventListener = undefined;
  const seen = await open(t, { WebSocket: null });
  await seen.polls[0].answer(polled(10, [], { recovered: false }));
  assert.equal(seen.names().at(-1), 'live');
});
