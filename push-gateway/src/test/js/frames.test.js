// The frames that a stream delivers, and the position that it resumes from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, digest, hello, like, open, openLive, polled, position } from './fakes.js';

/** Ends the stream's last WebSocket. Returns the WebSocket of the reconnect. */
async function reconnect(seen) {
  await seen.sockets.at(-1).end(1006);
  await seen.passAll();
  return seen.sockets.at(-1);
}

test('without `after` a stream starts now', async (t) => {
  const seen = await open(t);
  assert.equal(seen.sockets[0].url.href, 'ws://gateway/v1/authors/alice/likes');
  assert.equal(seen.stream.position, null);
});

test('with `after` it starts after that position', async (t) => {
  const seen = await open(t, { after: at(4) });
  assert.equal(seen.sockets[0].url.href, `ws://gateway/v1/authors/alice/likes?after=${at(4)}`);
  assert.equal(seen.stream.position, at(4));
});

test('hello, likes and digests are delivered, in order, and move the position', async (t) => {
  const seen = await open(t);
  const frames = [hello(10), like(11), digest(11, 20), like(21)];

  for (const frame of frames) {
    await seen.sockets[0].receive(frame);
    assert.equal(seen.stream.position, frame.position);
  }
  assert.deepEqual(seen.frames, frames);
});

test('a stream whose connection was lost resumes after its last position', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive(like(11));

  const socket = await reconnect(seen);
  assert.equal(socket.url.searchParams.get('after'), at(11));
  await socket.receive(hello(11, true));
  await socket.receive(like(12));
  assert.deepEqual(seen.frames, [hello(10), like(11), hello(11, true), like(12)]);
});

test('a position frame moves the position and is not delivered', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive(position(40));

  assert.equal(seen.stream.position, at(40));
  assert.deepEqual(seen.frames, [hello(10)]);
  assert.equal((await reconnect(seen)).url.searchParams.get('after'), at(40));
});

for (const [where, start] of [
  ['lower in the same log', { position: at(2), next: at(3) }],
  ['higher in the same log', { position: at(90), next: at(91) }],
  ['in another log', { position: at('start', 'zzzz-1'), next: at(0, 'zzzz-1') }],
]) {
  test(`a hello that is not recovered is delivered, and the stream continues from its position: ${where}`, async (t) => {
    const seen = await openLive(t);
    const socket = await reconnect(seen);
    const lost = { ...hello(0), position: start.position };
    await socket.receive(lost);
    assert.equal(seen.stream.position, start.position);

    const next = { ...like(0), position: start.next };
    await socket.receive(next);
    assert.deepEqual(seen.frames, [hello(10), lost, next]);
  });
}

test('frames that were delivered before a reconnect are dropped, whatever their kind', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive(like(11));
  await seen.sockets[0].receive(like(12));
  const socket = await reconnect(seen);
  await socket.receive(hello(12, true));

  await socket.receive(like(11, 'not remembered'));
  await socket.receive(digest(10, 12));
  await socket.receive(position(9));
  assert.equal(seen.stream.position, at(12));
  await socket.receive(like(13));
  assert.deepEqual(seen.frames, [hello(10), like(11), like(12), hello(12, true), like(13)]);
});

test('positions are ordered by number: the first record is after the start, and the hundredth after the ninth', async (t) => {
  const seen = await open(t, { after: at('start') });
  await seen.sockets[0].receive(hello('start', true));
  await seen.sockets[0].receive(like(0));
  await seen.sockets[0].receive(like(9));
  await seen.sockets[0].receive(like(100));

  assert.deepEqual(seen.frames.slice(1), [like(0), like(9), like(100)]);
});

test('an event that was logged twice is delivered once, and the position moves on', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive(like(11, 'e-1'));
  await seen.sockets[0].receive(like(12, 'e-1'));

  assert.deepEqual(seen.frames, [hello(10), like(11, 'e-1')]);
  assert.equal(seen.stream.position, at(12));
});

test('only the ids of the last 1000 events are kept', async (t) => {
  const seen = await openLive(t);
  for (let i = 0; i <= 1000; i++) seen.sockets[0].receive(like(100 + i, `e-${i}`));
  assert.equal(seen.frames.length, 1002);

  await seen.sockets[0].receive(like(2001, 'e-1'));
  assert.equal(seen.frames.length, 1002);
  await seen.sockets[0].receive(like(2002, 'e-0'));
  assert.deepEqual(seen.frames.slice(1002), [like(2002, 'e-0')]);
});

for (const bad of [
  '{"kind":"like"',
  'null',
  '7',
  '{}',
  '{"kind":"hello","recovered":false}',
  '{"kind":"like","position":"k3f9-3-11"}',
  '{"kind":"like","position":"nowhere","event":{"id":"e-1"}}',
]) {
  test(`an invalid frame is skipped and reported: ${bad}`, async (t) => {
    const seen = await openLive(t);
    await seen.sockets[0].receive(bad);
    assert.equal(seen.errors.length, 1);
    assert.equal(seen.stream.position, at(10));

    await seen.sockets[0].receive(like(12));
    assert.deepEqual(seen.frames, [hello(10), like(12)]);
    assert.equal(seen.sockets.length, 1);
  });
}

test('the first poll skips frames that are not objects, and starts before the first valid one', async (t) => {
  const seen = await open(t, { WebSocket: null });
  await seen.polls[0].answer(polled(12, [7, null, 'what?', like(12)], { recovered: false }));

  assert.deepEqual(seen.frames, [{ kind: 'hello', position: at(11), recovered: false }, like(12)]);
  assert.equal(seen.errors.length, 3);
});

test('a frame of an unknown kind moves the position and is not delivered', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive({ kind: 'comment', position: at(11) });

  assert.equal(seen.stream.position, at(11));
  assert.deepEqual(seen.frames, [hello(10)]);
  assert.deepEqual(seen.errors, []);
});

test('an onFrame that throws is reported, and the stream continues', async (t) => {
  const mistake = new Error('the page is at fault');
  const onFrame = () => {
    throw mistake;
  };
  const seen = await openLive(t, { onFrame });
  await seen.sockets[0].receive(like(11));

  assert.deepEqual(seen.frames, [hello(10), like(11)]);
  assert.deepEqual(seen.errors, [[mistake], [mistake]]);
  assert.equal(seen.stream.position, at(11));
});

test('a poll that is not recovered delivers a hello, and then its frames', async (t) => {
  const seen = await open(t, { WebSocket: null, after: at(50) });
  await seen.polls[0].answer(polled(50));
  await seen.polls[1].answer(polled(8, [like(5), digest(5, 8)], { recovered: false }));

  assert.deepEqual(seen.frames, [hello(4), like(5), digest(5, 8)]);
  assert.equal(seen.polls[2].url.searchParams.get('after'), at(8));
});

for (const [first, start] of [[digest(3, 8), 3], [like(0), 'start']]) {
  test(`the hello of a poll that is not recovered has the position before its first frame: ${first.kind}`, async (t) => {
    const seen = await open(t, { WebSocket: null, after: at(50) });
    await seen.polls[0].answer(polled(8, [first], { recovered: false }));

    assert.deepEqual(seen.frames, [hello(start), first]);
  });
}

test('repeated frames of a poll are dropped like on a WebSocket, and its position counts', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive(like(11));
  await seen.sockets[0].end(1006);
  await seen.passAll();
  await seen.sockets[1].fail();
  await seen.polls[0].answer(polled(30, [like(11), like(12), like(13, 'e-12')]));

  assert.deepEqual(seen.frames, [hello(10), like(11), like(12)]);
  assert.equal(seen.stream.position, at(30));
});

for (const after of ['nonsense', 'k3f9', '']) {
  test(`an invalid \`after\` is sent to the gateway, which starts now or refuses it: ${after}`, async (t) => {
    const seen = await open(t, { after });
    await seen.sockets[0].receive(hello(10));
    await seen.sockets[0].receive(like(11));
    assert.equal(seen.sockets[0].url.searchParams.get('after'), after);
    assert.deepEqual(seen.frames, [hello(10), like(11)]);
  });
}
