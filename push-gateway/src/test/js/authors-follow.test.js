// follow() and unfollow() of a stream that is open by WebSocket.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorDigest, authorHello, authorLike, in1, in2, list, open, openAuthors, openLive } from './fakes.js';

const query = (socket, name) => socket.url.searchParams.getAll(name);
const joined = (author, position) => ({ kind: 'position', author, position });
const refused = (author, status, detail = 'No.') => ({ kind: 'refused', author, problem: { status, detail } });

async function reconnect(seen) {
  await seen.sockets.at(-1).end(1006);
  await seen.passAll();
  return seen.sockets.at(-1);
}

/** Creates a live stream of alice and bob at 10 and 20 of two partitions, which has just followed carol. */
async function openFollowing(t, start, options) {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) }, options);
  seen.stream.follow('carol', start);
  await seen.pass(0);
  seen.frames.length = 0;
  return seen;
}

for (const [start, message] of [
  [undefined, {}],
  [{ after: in1(5) }, { after: in1(5) }],
  [{ since: '2026-11-26T17:00:00Z' }, { since: '2026-11-26T17:00:00Z' }],
  [{ since: new Date(0) }, { since: '1970-01-01T00:00:00.000Z' }],
]) {
  test(`follow sends one message: ${JSON.stringify(start)}`, async (t) => {
    const seen = await openFollowing(t, start);
    assert.deepEqual(seen.sockets[0].sent, [{ kind: 'follow', author: 'carol', ...message }]);
    assert.deepEqual(seen.stream.authors, ['alice', 'bob', 'carol']);
    assert.equal(seen.sockets.length, 1);
  });
}

for (const [what, args] of [
  ['both a position and a time', ['carol', { after: in1(5), since: '2026-11-26T17:00:00Z' }]],
  ['a list of positions', ['carol', { after: list(in1(5), in2(6)) }]],
  ['what is no time', ['carol', { since: 'yesterday' }]],
  ['no author', [undefined]],
  ['an empty author', ['']],
]) {
  test(`follow refuses ${what}`, async (t) => {
    const seen = await openAuthors(t, { alice: in1(10) });
    assert.throws(() => seen.stream.follow(...args), TypeError);
    await seen.pass(0);
    assert.deepEqual(seen.sockets[0].sent, []);
  });
}

test('follow of an author that is followed changes nothing', async (t) => {
  const seen = await openFollowing(t);
  seen.stream.follow('alice', { after: in1(1) });
  seen.stream.follow('carol');
  await seen.pass(0);
  assert.equal(seen.sockets[0].sent.length, 1);
});

test('follow refuses the 101st author', async (t) => {
  const seen = await open(t, { authors: Array.from({ length: 100 }, (_, i) => `a-${i}`) });
  assert.throws(() => seen.stream.follow('one more'), { name: 'TypeError', message: 'authors must be at most 100' });
});

test("until it joins, an author's frames move its own position, and not that of its partition", async (t) => {
  const seen = await openFollowing(t, { after: in1(5) });
  const [socket] = seen.sockets;
  const frames = [authorHello('carol', in1(5), true), authorLike('carol', in1(7)), authorDigest(in1(7), in1(9), { carol: 2 })];
  for (const frame of frames) await socket.receive(frame);
  await socket.receive(authorLike('alice', in1(11)));
  assert.deepEqual(seen.frames, [...frames, authorLike('alice', in1(11))]);
  assert.equal(seen.stream.position, list(in1(9), in2(20)), 'a resumed stream misses no like of carol');

  await socket.receive(authorLike('carol', in1(12)));
  await socket.receive(authorLike('alice', in1(12), 'not a repetition'));
  assert.equal(seen.frames.length, 6, 'a higher position of carol does not hide a like of alice');

  await socket.receive(joined('carol', in1(14)));
  assert.equal(seen.stream.position, list(in1(14), in2(20)));
  await socket.receive(authorLike('carol', in1(14), 'again'));
  assert.equal(seen.frames.length, 6);
  await socket.receive(authorLike('carol', in1(15)));
  assert.equal(seen.stream.position, list(in1(15), in2(20)));
});

for (const [what, start, position] of [
  ['after those of its partition', in1(15), list(in1(10), in2(20))],
  ['before those of its partition', in1(5), list(in1(5), in2(20))],
  ['in a partition of no other author', 'k3f9-7-3', list(in1(10), in2(20), 'k3f9-7-3')],
]) {
  test(`the position of the stream misses no like of an author that starts ${what}`, async (t) => {
    const seen = await openFollowing(t, { after: start });
    assert.equal(seen.stream.position, position);
  });
}

test('an author that is alone in its partition adds a position', async (t) => {
  const seen = await openFollowing(t);
  await seen.sockets[0].receive(authorHello('carol', 'k3f9-7-3'));
  await seen.sockets[0].receive(joined('carol', 'k3f9-7-3'));
  assert.equal(seen.stream.position, list(in1(10), in2(20), 'k3f9-7-3'));
  const socket = await reconnect(seen);
  assert.deepEqual(query(socket, 'author'), ['alice', 'bob', 'carol']);
  assert.deepEqual(query(socket, 'after'), [list(in1(10), in2(20), 'k3f9-7-3')]);
});

for (const [what, start, frames, message] of [
  ['before its hello', { after: in1(5) }, [], { after: in1(5) }],
  ['before its hello, with a time', { since: '2026-11-26T17:00:00Z' }, [], { since: '2026-11-26T17:00:00Z' }],
  ['before its hello, from now', undefined, [], {}],
  ['after its hello', undefined, [authorHello('carol', in1(12))], { after: in1(12) }],
  ['after a hello of a time', { since: '2026-11-26T17:00:00Z' }, [authorHello('carol', in1(2), true)], { after: in1(2) }],
  ['after a like', { after: in1(5) }, [authorHello('carol', in1(5), true), authorLike('carol', in1(7))], { after: in1(7) }],
]) {
  test(`if the connection ends before an author has joined, the author is followed again: ${what}`, async (t) => {
    const seen = await openFollowing(t, start);
    for (const frame of frames) await seen.sockets[0].receive(frame);
    const socket = await reconnect(seen);
    assert.deepEqual(query(socket, 'author'), ['alice', 'bob']);
    assert.deepEqual(query(socket, 'after'), [list(in1(10), in2(20))]);
    assert.deepEqual(socket.sent, []);

    await socket.receive(authorHello('alice', in1(10), true));
    assert.deepEqual(socket.sent, [{ kind: 'follow', author: 'carol', ...message }]);
    await socket.receive(authorHello('bob', in2(20), true));
    assert.equal(socket.sent.length, 1);
  });
}

test('unfollow sends a message, and ends the frames of the author immediately', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) });
  const [socket] = seen.sockets;
  await socket.receive(authorLike('alice', in1(11)));
  assert.equal(seen.stream.unfollow('alice'), in1(11));
  assert.deepEqual(seen.stream.authors, ['bob']);
  assert.equal(seen.stream.position, in2(20));
  await seen.pass(0);
  assert.deepEqual(socket.sent, [{ kind: 'unfollow', author: 'alice' }]);

  seen.frames.length = 0;
  await socket.receive(authorLike('alice', in1(12)));
  await socket.receive({ kind: 'unfollowed', author: 'alice', position: in1(12) });
  await socket.receive({ kind: 'position', position: list(in1(12), in2(21)) });
  assert.deepEqual(seen.frames, []);
  assert.equal(seen.stream.position, in2(21));

  const next = await reconnect(seen);
  assert.deepEqual(query(next, 'author'), ['bob']);
  assert.deepEqual(query(next, 'after'), [in2(21)]);
  assert.deepEqual(seen.errors, []);
});

test('unfollow of one of two authors of a partition keeps its position', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), carol: in1(10) });
  await seen.sockets[0].receive(authorLike('carol', in1(11)));
  assert.equal(seen.stream.unfollow('alice'), in1(11));
  assert.equal(seen.stream.position, in1(11));
});

test('unfollow of an author that is not followed returns null, and sends nothing', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  assert.equal(seen.stream.unfollow('bob'), null);
  await seen.pass(0);
  assert.deepEqual(seen.sockets[0].sent, []);
});

test('a digest after unfollow is delivered without that author, with the sums of the others', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), carol: in1(10) }, { digest: 5 });
  seen.stream.unfollow('alice');
  seen.frames.length = 0;
  await seen.sockets[0].receive(authorDigest(in1(10), in1(30), { alice: 3, carol: 4 }));
  await seen.sockets[0].receive(authorDigest(in1(30), in1(31), { alice: 1 }));
  assert.deepEqual(seen.frames, [authorDigest(in1(10), in1(30), { carol: 4 })]);
  assert.equal(seen.stream.position, in1(31));
});

test('unfollow and follow in a row: the second follow waits for the answer to the first message', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) });
  const [socket] = seen.sockets;
  const position = seen.stream.unfollow('alice');
  await seen.pass(0);
  seen.stream.follow('alice', { after: position });
  await seen.pass(0);
  assert.deepEqual(socket.sent, [{ kind: 'unfollow', author: 'alice' }]);
  seen.frames.length = 0;
  await socket.receive(authorLike('alice', in1(11)));
  assert.deepEqual(seen.frames, [], 'of the first follow');

  await socket.receive({ kind: 'unfollowed', author: 'alice', position: in1(11) });
  assert.deepEqual(socket.sent.at(-1), { kind: 'follow', author: 'alice', after: in1(10) });
  await socket.receive(authorHello('alice', in1(10), true));
  await socket.receive(authorLike('alice', in1(11), 'e-k3f9-1-11'));
  assert.equal(seen.frames.length, 2);
});

test('an author that is followed again in the past delivers its likes again', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) });
  const [socket] = seen.sockets;
  await socket.receive(authorLike('alice', in1(11)));
  seen.stream.unfollow('alice');
  seen.stream.follow('alice', { after: in1(10) });
  await seen.pass(0);
  await socket.receive({ kind: 'unfollowed', author: 'alice', position: in1(11) });
  await socket.receive(authorHello('alice', in1(10), true));
  seen.frames.length = 0;
  await socket.receive(authorLike('alice', in1(11)));
  await socket.receive(authorLike('alice', in1(12), `e-${in1(11)}`));
  assert.deepEqual(seen.frames, [authorLike('alice', in1(11))]);
});

test('an author that is unfollowed before its hello is unfollowed after it', async (t) => {
  const seen = await openFollowing(t);
  const [socket] = seen.sockets;
  seen.stream.unfollow('carol');
  await seen.pass(0);
  assert.equal(socket.sent.length, 1);
  await socket.receive(authorHello('carol', in1(12)));
  assert.deepEqual(socket.sent.at(-1), { kind: 'unfollow', author: 'carol' });
  assert.deepEqual(seen.frames, []);
  await socket.receive({ kind: 'unfollowed', author: 'carol', position: in1(12) });
  assert.equal(socket.sent.length, 2);
});

test('an author that is unfollowed before it joins adds no position', async (t) => {
  const seen = await openFollowing(t);
  const [socket] = seen.sockets;
  await socket.receive(authorHello('carol', 'k3f9-7-3'));
  seen.stream.unfollow('carol');
  await socket.receive(joined('carol', 'k3f9-7-3'));
  assert.equal(seen.stream.position, list(in1(10), in2(20)));
  assert.deepEqual(query(await reconnect(seen), 'after'), [list(in1(10), in2(20))]);
});

test('follow and unfollow in the same task send nothing', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  seen.stream.follow('bob');
  seen.stream.unfollow('bob');
  await seen.pass(0);
  assert.deepEqual(seen.sockets[0].sent, []);
});

test('with 100 authors, a follow waits until the gateway has confirmed an unfollow', async (t) => {
  const authors = Array.from({ length: 100 }, (_, i) => `a-${i}`);
  const seen = await openAuthors(t, Object.fromEntries(authors.map((author) => [author, in1(1)])));
  seen.stream.unfollow('a-7');
  seen.stream.follow('bob');
  await seen.pass(0);
  assert.deepEqual(seen.sockets[0].sent, [{ kind: 'unfollow', author: 'a-7' }]);
  await seen.sockets[0].receive({ kind: 'unfollowed', author: 'a-7', position: in1(1) });
  assert.deepEqual(seen.sockets[0].sent.at(-1), { kind: 'follow', author: 'bob' });
});

test('authors that change during a handshake are corrected after the hello', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'] });
  seen.stream.unfollow('alice');
  seen.stream.follow('carol');
  await seen.pass(0);
  const [socket] = seen.sockets;
  await socket.receive(authorHello('alice', in1(10)));
  await socket.receive(authorHello('bob', in2(20)));
  assert.deepEqual(socket.sent, [{ kind: 'follow', author: 'carol' }, { kind: 'unfollow', author: 'alice' }]);
  assert.deepEqual(seen.frames.map(({ author }) => author), ['bob']);
  assert.equal(seen.stream.position, in2(20));
});

test('an author whose partition is unknown is requested until it is known, because the gateway refuses positions without an author', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'], after: list(in1(10), in2(20)) });
  seen.stream.unfollow('alice');
  const socket = await (await seen.sockets[0].fail(), await seen.polls[0].fail(), await seen.passAll(), seen.sockets[1]);
  assert.deepEqual(query(socket, 'author').sort(), ['alice', 'bob']);
  assert.deepEqual(seen.stream.authors, ['bob']);

  await socket.receive(authorHello('alice', in1(10), true));
  await socket.receive(authorHello('bob', in2(20), true));
  assert.deepEqual(socket.sent, [{ kind: 'unfollow', author: 'alice' }]);
  assert.deepEqual(query(await reconnect(seen), 'author'), ['bob']);
  assert.deepEqual(query(seen.sockets.at(-1), 'after'), [in2(20)]);
});

for (const status of [400, 403]) {
  test(`${status} for a follow is reported to onRefused, and the author is not followed`, async (t) => {
    const refusals = [];
    const seen = await openFollowing(t, undefined, { onRefused: (author, problem) => refusals.push([author, problem]) });
    await seen.sockets[0].receive(refused('carol', status));
    assert.deepEqual(refusals, [['carol', { status, detail: 'No.' }]]);
    assert.deepEqual(seen.stream.authors, ['alice', 'bob']);
    assert.equal(await seen.passAll(), 0);
    assert.equal(seen.sockets[0].sent.length, 1);
    assert.equal(seen.names().at(-1), 'live');
  });
}

for (const [status, options] of [[429, {}], [503, {}], [401, { token: () => 't' }]]) {
  test(`${status} for a follow is reported to onRefused, and retried later and later`, async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const refusals = [];
    const seen = await openFollowing(t, { after: in1(5) }, { ...options, onRefused: (author, { status }) => refusals.push([author, status]) });
    const [socket] = seen.sockets;
    const waits = [];
    for (let i = 0; i < 6; i++) {
      await socket.receive(refused('carol', status));
      waits.push(await seen.passAll());
    }
    assert.deepEqual(waits, [3_000, 6_000, 12_000, 24_000, 30_000, 30_000]);
    assert.deepEqual(refusals, Array(6).fill(['carol', status]));
    assert.deepEqual(socket.sent.at(-1), { kind: 'follow', author: 'carol', after: in1(5) });
    assert.equal(socket.sent.length, 7);

    await socket.receive(authorHello('carol', in1(5), true));
    assert.equal(seen.frames.length, 1);
    assert.equal(await seen.passAll(), 0);
  });
}

test('401 for a follow is final if the token is a string', async (t) => {
  const seen = await openFollowing(t, undefined, { token: 't', onRefused: () => {} });
  await seen.sockets[0].receive(refused('carol', 401));
  assert.deepEqual(seen.stream.authors, ['alice', 'bob']);
});

test('an author that waits for its retry is followed immediately after a reconnect', async (t) => {
  t.mock.method(Math, 'random', () => 0.5);
  const seen = await openFollowing(t, undefined, { onRefused: () => {} });
  for (let i = 0; i < 6; i++) {
    await seen.sockets[0].receive(refused('carol', 503));
    if (i < 5) await seen.passAll();
  }
  const socket = (await seen.sockets[0].end(1006), await seen.pass(1_500), seen.sockets[1]);
  await socket.receive(authorHello('alice', in1(10), true));
  assert.deepEqual(socket.sent, [{ kind: 'follow', author: 'carol' }]);
});

test('an author that waits for its retry and is unfollowed is not followed again', async (t) => {
  const seen = await openFollowing(t, undefined, { onRefused: () => {} });
  await seen.sockets[0].receive(refused('carol', 503));
  seen.stream.unfollow('carol');
  await seen.passAll();
  assert.equal(seen.sockets[0].sent.length, 1);
});

test('a refused unfollow counts as confirmed: the author can be followed again', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10), bob: in2(20) }, { onRefused: () => assert.fail() });
  seen.stream.unfollow('alice');
  await seen.pass(0);
  seen.stream.follow('alice');
  await seen.sockets[0].receive(refused('alice', 400));
  assert.deepEqual(seen.sockets[0].sent.at(-1), { kind: 'follow', author: 'alice' });
});

test('a refusal that does not repeat an invalid id is that of the oldest message', async (t) => {
  const refusals = [];
  const seen = await openAuthors(t, { alice: in1(10) }, { onRefused: (author, { status }) => refusals.push([author, status]) });
  seen.stream.follow('a/b');
  seen.stream.follow('bob');
  await seen.pass(0);
  const problem = { status: 400, errors: [{ parameter: 'author', detail: 'must be 1 to 128 characters' }] };
  await seen.sockets[0].receive({ kind: 'refused', problem });
  await seen.sockets[0].receive(authorHello('bob', in2(20)));
  assert.deepEqual(refusals, [['a/b', 400]]);
  assert.deepEqual(seen.stream.authors, ['alice', 'bob']);
});

test('a refusal of a token is that of no author', async (t) => {
  const seen = await openFollowing(t, undefined, { onRefused: () => assert.fail() });
  await seen.sockets[0].receive({ kind: 'refused', problem: { status: 403, detail: 'No.' } });
  await seen.sockets[0].receive({ kind: 'refused', problem: { status: 400, errors: [{ parameter: 'token', detail: 'No.' }] } });
  assert.deepEqual(seen.stream.authors, ['alice', 'bob', 'carol']);
});

test('without onRefused, the console has the refusal', async (t) => {
  const seen = await openFollowing(t);
  await seen.sockets[0].receive(refused('carol', 403));
  assert.deepEqual(seen.errors, [['heartline: the gateway refused carol:', { status: 403, detail: 'No.' }]]);
});

test('without an author, the connection closes, and follow opens it again', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  seen.stream.unfollow('alice');
  await seen.pass(0);
  assert.equal(seen.sockets[0].closedWith, 1000);
  assert.deepEqual(seen.states.at(-1), { state: 'waiting', via: undefined, detail: 'no author is followed' });
  assert.equal(seen.stream.position, null);
  assert.equal(await seen.passAll(), 0);

  seen.stream.follow('bob', { after: in2(3) });
  await seen.pass(0);
  assert.deepEqual(query(seen.sockets[1], 'author'), ['bob']);
  assert.deepEqual(query(seen.sockets[1], 'after'), [in2(3)]);
  await seen.sockets[1].receive(authorHello('bob', in2(3), true));
  assert.equal(seen.names().at(-1), 'live');
  assert.deepEqual(seen.sockets[1].sent, []);
  assert.equal(seen.stream.position, in2(3));
});

test('the last author can be replaced on the open connection', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  seen.stream.unfollow('alice');
  seen.stream.follow('bob');
  await seen.pass(0);
  assert.ok(!seen.sockets[0].isOver);
  assert.deepEqual(seen.sockets[0].sent, [{ kind: 'follow', author: 'bob' }, { kind: 'unfollow', author: 'alice' }]);
});

test('a stream can start without authors', async (t) => {
  const seen = await open(t, { authors: [] });
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
  seen.stream.follow('alice');
  seen.stream.follow('bob');
  seen.stream.follow('carol', { since: '2026-11-26T17:00:00Z' });
  await seen.pass(0);
  assert.deepEqual(query(seen.sockets[0], 'author'), ['alice', 'bob']);
  await seen.sockets[0].receive(authorHello('alice', in1(10)));
  assert.deepEqual(seen.sockets[0].sent, [{ kind: 'follow', author: 'carol', since: '2026-11-26T17:00:00Z' }]);
});

test('a stream without authors can be closed, and leaves nothing', async (t) => {
  const seen = await openAuthors(t, { alice: in1(10) });
  seen.stream.unfollow('alice');
  await seen.pass(0);
  seen.stream.close();
  seen.stream.follow('bob');
  assert.equal(await seen.passAll(), 0);
  assert.deepEqual([seen.sockets.length, seen.names().at(-1)], [1, 'closed']);
});

test('close ends the retry of a refused author', async (t) => {
  const seen = await openFollowing(t, undefined, { onRefused: () => {} });
  await seen.sockets[0].receive(refused('carol', 503));
  seen.stream.close();
  assert.equal(await seen.passAll(), 0);
  assert.equal(seen.sockets[0].sent.length, 1);
});

for (const frame of [{ kind: 'position', author: 'carol' }, { kind: 'position', author: 'carol', position: list(in1(1), in2(2)) }]) {
  test(`an invalid answer is reported or ignored, and the stream continues: ${JSON.stringify(frame)}`, async (t) => {
    const seen = await openFollowing(t);
    await seen.sockets[0].receive(frame);
    await seen.sockets[0].receive(authorLike('alice', in1(11)));
    assert.equal(seen.frames.length, 1);
    assert.equal(seen.sockets.length, 1);
  });
}

test('frames of a stream of one author are as before: an answer that it did not request changes nothing', async (t) => {
  const seen = await openLive(t);
  await seen.sockets[0].receive({ kind: 'unfollowed', author: 'alice', position: in1(1) });
  await seen.sockets[0].receive({ kind: 'refused', author: 'alice', problem: {} });
  assert.deepEqual(seen.stream.authors, ['alice']);
  assert.deepEqual(seen.errors, []);
});
