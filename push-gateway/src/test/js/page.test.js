// What the page's events change: the network is back, the page is seen again, or restored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, hello, like, open, openLive, openPolling, page, polled } from './fakes.js';

/** A stream that waits for 15 s after many failures. */
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
  test(`a stream that waits tries again within a second when ${what}`, async (t) => {
    const events = page(t);
    const seen = await openWaiting(t);
    await happens(events);
    await seen.pass(999);
    assert.equal(seen.polls.length, 8);
    await seen.pass(1);
    assert.equal(seen.polls.length, 9);
  });

  test(`a stream that is live by WebSocket is left alone when ${what}`, async (t) => {
    const events = page(t);
    const seen = await openLive(t, { heartbeat: 20 });
    await seen.pass(20_000);
    await happens(events);
    await seen.pass(25_000);
    assert.ok(!seen.sockets[0].isOver);
    assert.equal(seen.sockets.length, 1);
  });

  test(`an older gateway's WebSocket is left alone when ${what}`, async (t) => {
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

  test(`a Retry-After is kept to when ${what}`, async (t) => {
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

  test(`nothing is tried later than it would have been when ${what}`, async (t) => {
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

test('several events together are one try', async (t) => {
  const { online, show, showPage } = page(t);
  const seen = await openWaiting(t);
  for (const happens of [online, show, () => showPage(true), online, show]) await happens();
  await seen.pass(1_000);
  assert.equal(seen.polls.length, 9);
});

test('offline, there is one try in 30 to 60 s, and none is counted: the next failure waits no longer', async (t) => {
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

test('a page that is seen again offline does not try', async (t) => {
  const { offline, show } = page(t);
  const seen = await openWaiting(t);
  await offline();
  for (let i = 0; i < 3; i++) {
    await show();
    await seen.pass(1_000);
  }
  assert.equal(seen.polls.length, 8);
});

test('a stream that goes offline while it waits does not try at the end of its pause', async (t) => {
  const { offline, online } = page(t);
  const seen = await openWaiting(t);
  await offline();
  await seen.pass(20_000);
  assert.equal(seen.polls.length, 8);
  await online();
  await seen.pass(1_000);
  assert.equal(seen.polls.length, 9);
});

test('offline, a WebSocket that still brings frames is kept', async (t) => {
  const { offline } = page(t);
  const seen = await openLive(t);
  await offline();
  await seen.sockets[0].tell(like(11));
  assert.deepEqual(seen.frames, [hello(10), like(11)]);
  assert.deepEqual(seen.names(), ['connecting', 'live']);
});

test('a page that is opened offline tries once', async (t) => {
  const { offline } = page(t);
  await offline();
  const seen = await open(t);
  assert.equal(seen.sockets.length, 1);
});

test('on another network, a stream that polls tries the WebSocket within a second', async (t) => {
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

test('on another network, a stream that waits tries the WebSocket again with its next poll, and not minutes later', async (t) => {
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
  test(`close removes all listeners, and events do nothing any more: ${doing}`, async (t) => {
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

test('a document without events, as some servers have one, is no obstacle', async (t) => {
  page(t);
  globalThis.document.addEventListener = undefined;
  const seen = await open(t, { WebSocket: null });
  await seen.polls[0].answer(polled(10, [], { recovered: false }));
  assert.equal(seen.names().at(-1), 'live');
});
