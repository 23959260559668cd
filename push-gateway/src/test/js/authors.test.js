// Several authors on one connection: the requests, the position of each partition, and frames that belong to several authors.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../main/resources/client/heartline.js';
import { authorDigest, authorHello, authorLike, in1, in2, list, open, openAuthors, polled } from './fakes.js';

const after = (socket) => socket.url.searchParams.get('after');

async function reconnect(seen) {
  await seen.sockets.at(-1).end(1006);
  await seen.passAll();
  return seen.sockets.at(-1);
}

for (const [name, options] of [
  ['authors', { authors: 'alice' }],
  ['authors', { authors: ['alice', 7] }],
  ['authors', { authors: ['alice', ''] }],
  ['authors', { authors: Array.from({ length: 101 }, (_, i) => `a-${i}`) }],
  ['authors', { author: 'alice' }],
  ['authors', { report: 'current', reportsUrl: 'http://reports', onReport: () => {} }],
]) {
  test(`connect throws an error that names invalid authors: ${JSON.stringify(options).slice(0, 60)}`, () => {
    const good = { url: 'http://gateway', authors: ['alice'], onFrame: () => {}, WebSocket: null, fetch: () => {} };
    assert.throws(() => connect({ ...good, ...options }), { name: 'TypeError', message: new RegExp(`^${name} `) });
  });
}

test('100 authors are accepted, and an author that is named twice counts once', async (t) => {
  const authors = Array.from({ length: 100 }, (_, i) => `a-${i}`);
  const seen = await open(t, { authors: [...authors, 'a-1'] });
  assert.deepEqual(seen.sockets[0].url.searchParams.getAll('author'), authors);
  assert.deepEqual(seen.stream.authors, authors);
});

test('WebSocket and poll name the authors, the position and the options in the URL', async (t) => {
  const options = { authors: ['a&b', 'bob'], posts: ['p-1'], digest: 5, after: list(in1(7), in2(8)) };
  const seen = await open(t, options);
  await seen.sockets[0].fail();

  const rest = `gateway/v1/likes?author=a%26b&author=bob&after=${in1(7)}%2C${in2(8)}&post=p-1&digest=5`;
  assert.equal(seen.sockets[0].url.href, `ws://${rest}`);
  assert.equal(seen.polls[0].url.href, `http://${rest}`);
  assert.equal(seen.stream.position, list(in1(7), in2(8)));
});

test('the hellos and the likes of all authors are delivered, and the position has one entry for each partition', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20), carol: in1(10) });
  const frames = [authorLike('alice', in1(11)), authorLike('bob', in2(21)), authorLike('carol', in1(12))];
  for (const frame of frames) await seen.sockets[0].receive(frame);

  assert.deepEqual(seen.frames.slice(0, 3).map(({ kind, author }) => [kind, author]), [['hello', 'alice'], ['hello', 'bob'], ['hello', 'carol']]);
  assert.deepEqual(seen.frames.slice(3), frames);
  assert.equal(seen.stream.position, list(in1(12), in2(21)));
  assert.deepEqual(seen.states.map(({ state, via }) => [state, via]), [['connecting', 'websocket'], ['live', 'websocket']]);
});

test('after a cut the stream resumes from the highest position of each partition, and drops repeated frames', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) });
  await seen.sockets[0].receive(authorLike('bob', in2(25)));
  await seen.sockets[0].receive({ kind: 'position', position: list(in1(13), in2(25)) });
  const socket = await reconnect(seen);
  assert.equal(after(socket), list(in1(13), in2(25)));

  await socket.receive(authorHello('alice', in1(13), true));
  await socket.receive(authorHello('bob', in2(25), true));
  seen.frames.length = 0;
  await socket.receive(authorLike('bob', in2(25), 'not remembered'));
  await socket.receive(authorLike('alice', in1(13), 'not remembered, either'));
  await socket.receive(authorLike('alice', in1(14)));
  assert.deepEqual(seen.frames, [authorLike('alice', in1(14))]);
});

test('a low position of one partition does not hold back another one', async (t) => {
  const seen = await openAuthors(t, { alice: in1(1_000), bob: in2('start') });
  await seen.sockets[0].receive(authorLike('bob', in2(0)));
  await seen.sockets[0].receive(authorLike('alice', in1(999)));
  assert.deepEqual(seen.frames.slice(2), [authorLike('bob', in2(0))]);
});

test('a list of positions only raises positions, and adds no partition', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) });
  await seen.sockets[0].receive({ kind: 'position', position: list(in1(9), in2(22), 'k3f9-7-5') });
  assert.equal(seen.stream.position, list(in1(10), in2(22)));
  assert.deepEqual(seen.errors, []);
});

test('a stream that ends right after a repeated position is retried after longer and longer pauses', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await openAuthors(t, { alice: in1(10) });
  for (const wait of [3000, 3000, 3000, 4000, 8000]) {
    await seen.sockets.at(-1).receive({ kind: 'position', position: in1(10) });
    await seen.sockets.at(-1).end(1013, 'the replay failed');
    assert.equal(await seen.passAll(), wait);
    await seen.sockets.at(-1).receive(authorHello('alice', in1(10), true));
  }
});

test('a hello in a log that was created again forgets the positions of the log before', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) });
  const socket = await reconnect(seen);
  await socket.receive(authorHello('alice', 'zzzz-1-3'));
  assert.equal(seen.stream.position, 'zzzz-1-3');
  await socket.receive(authorHello('bob', 'zzzz-2-start'));
  await socket.receive(authorLike('bob', 'zzzz-2-0'));

  assert.equal(seen.stream.position, 'zzzz-1-3,zzzz-2-0');
  assert.deepEqual(seen.frames.at(-1), authorLike('bob', 'zzzz-2-0'));
});

test('a digest of several authors is delivered once, and moves the position of its partition', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20), carol: in1(10) }, { digest: 5 });
  const digest = authorDigest(in1(10), in1(30), { alice: 3, carol: 4 });
  await seen.sockets[0].receive(digest);
  await seen.sockets[0].receive(digest);
  assert.deepEqual(seen.frames.slice(3), [digest]);
  assert.equal(seen.stream.position, list(in1(30), in2(20)));
});

test('an event that was logged twice is delivered once', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  await seen.sockets[0].receive(authorLike('alice', in1(11), 'e-1'));
  await seen.sockets[0].receive(authorLike('alice', in1(12), 'e-1'));
  assert.equal(seen.frames.length, 2);
});

test('a hello and a like of an author that is not followed are not delivered', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  await seen.sockets[0].receive(authorHello('mallory', in1(10)));
  await seen.sockets[0].receive(authorLike('mallory', in1(11)));
  assert.deepEqual(seen.frames.map(({ author }) => author), ['alice']);
  assert.equal(seen.stream.position, in1(11));
});

test('a poll delivers the hello of each author one time, and later only hellos that are not recovered', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'], WebSocket: null });
  const hellos = (...positions) => [authorHello('alice', positions[0], positions[2]), authorHello('bob', positions[1], positions[2])];
  await seen.polls[0].answer({ frames: hellos(in1(10), in2(20), false), position: list(in1(10), in2(20)), more: false, recovered: false });
  assert.equal(after(seen.polls[1]), list(in1(10), in2(20)));

  const frames = [...hellos(in1(10), in2(20), true), authorLike('bob', in2(21))];
  await seen.polls[1].answer({ frames, position: list(in1(15), in2(21)), more: false, recovered: true });
  assert.equal(after(seen.polls[2]), list(in1(15), in2(21)));

  const lost = hellos(in1(90), in2(91), false);
  await seen.pass(25_000);
  await seen.polls[2].answer({ frames: lost, position: list(in1(90), in2(91)), more: false, recovered: false });
  assert.deepEqual(seen.frames, [...hellos(in1(10), in2(20), false), authorLike('bob', in2(21)), ...lost]);
});

test('a long poll that is answered immediately with hellos only is not repeated in a tight loop', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { authors: ['alice'], WebSocket: null });
  await seen.polls[0].answer({ frames: [authorHello('alice', in1(10))], position: in1(10), more: false, recovered: false });
  await seen.polls[1].answer({ frames: [authorHello('alice', in1(10), true)], position: in1(10), more: false, recovered: true });
  assert.equal(seen.names().at(-1), 'waiting');
  assert.equal(await seen.passAll(), 3_000);
});

test('an answer whose position is no list of positions is a failure', async (t) => {
  const seen = await open(t, { authors: ['alice'], WebSocket: null });
  await seen.polls[0].answer({ frames: [], position: `${in1(10)},`, more: false, recovered: true });
  assert.match(seen.states.at(-1).detail, /^the answer to a poll has no position; /);
});

test('a WebSocket that repeats what polls have delivered: likes are dropped, and a digest that overlaps ends it', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'] });
  const hellos = [authorHello('alice', in1(10)), authorHello('bob', in2(20))];
  await seen.sockets[0].fail();
  await seen.polls[0].answer({ frames: hellos, position: list(in1(10), in2(20)), more: false, recovered: false });
  await seen.pass(3_000);
  await seen.polls[1].answer({ frames: [authorLike('alice', in1(12))], position: list(in1(15), in2(20)), more: false, recovered: true });
  const [, socket] = seen.sockets;
  await socket.receive(authorHello('alice', in1(10), true));
  await socket.receive(authorHello('bob', in2(20), true));
  assert.deepEqual(seen.frames.slice(-2), [authorHello('alice', in1(15), true), authorHello('bob', in2(20), true)]);

  await socket.receive(authorLike('alice', in1(12), 'not remembered'));
  await socket.receive(authorDigest(in2(20), in2(30), { bob: 1 }));
  assert.deepEqual(seen.frames.at(-1), authorDigest(in2(20), in2(30), { bob: 1 }));
  assert.ok(!socket.isOver);
  await socket.receive(authorDigest(in1(10), in1(30), { alice: 2 }));
  assert.ok(socket.isOver);
  await seen.passAll();
  assert.equal(after(seen.sockets[2]), list(in1(15), in2(30)));
});

test('a refusal of one of the authors refuses the stream', async (t) => {
  const seen = await open(t, { authors: ['alice'], onRefused: () => assert.fail() });
  await seen.sockets[0].fail();
  await seen.polls[0].answer({ detail: 'Not for you.' }, 403);
  assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'long poll', detail: '403 Not for you.' });
});

test('a hello without a heartbeat on the same WebSocket keeps the timeout', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'] });
  await seen.sockets[0].receive({ ...authorHello('alice', in1(10)), heartbeat: 20 });
  await seen.sockets[0].receive(authorHello('bob', in2(10)));
  await seen.pass(50_000);
  assert.ok(seen.sockets[0].isOver);
});

test('a stream of one author has no follow and no unfollow', async (t) => {
  const seen = await open(t);
  assert.deepEqual(seen.stream.authors, ['alice']);
  assert.throws(() => seen.stream.follow('bob'), { name: 'TypeError', message: /^authors must be an option/ });
  assert.throws(() => seen.stream.unfollow('alice'), { name: 'TypeError', message: /^authors must be an option/ });
});
