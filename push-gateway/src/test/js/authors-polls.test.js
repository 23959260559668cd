// follow() and unfollow() of a stream that polls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorHello, authorLike, in1, in2, list, open } from './fakes.js';

const query = (poll) => Object.fromEntries([...poll.url.searchParams.keys()].map((name) => [name, poll.url.searchParams.getAll(name).join()]));
const answer = (frames, position, { recovered = true, more = false } = {}) => ({ frames, position, more, recovered });

/** Creates a stream of alice and bob that is live by long polls at 10 and 20 of two partitions. */
async function openPolling(t, options) {
  const seen = await open(t, { authors: ['alice', 'bob'], WebSocket: null, ...options });
  const hellos = [authorHello('alice', in1(10)), authorHello('bob', in2(20))];
  await seen.polls[0].answer(answer(hellos, list(in1(10), in2(20)), { recovered: false }));
  seen.frames.length = 0;
  return seen;
}

const all = { author: 'alice,bob', after: list(in1(10), in2(20)) };

test('follow ends the long poll, and polls the author alone from its own position', async (t) => {
  const seen = await openPolling(t);
  assert.deepEqual(query(seen.polls[1]), { ...all, wait: '25' });
  seen.stream.follow('carol', { after: in1(3) });
  await seen.pass(0);
  assert.ok(seen.polls[1].signal.aborted);
  assert.deepEqual(query(seen.polls[2]), { author: 'carol', after: in1(3) });
  assert.equal(seen.names().at(-1), 'live');
});

for (const [start, parameters] of [[undefined, {}], [{ since: '2026-11-26T17:00:00Z' }, { since: '2026-11-26T17:00:00Z' }]]) {
  test(`follow starts as it was asked to: ${JSON.stringify(start)}`, async (t) => {
    const seen = await openPolling(t);
    seen.stream.follow('carol', start);
    await seen.pass(0);
    assert.deepEqual(query(seen.polls[2]), { author: 'carol', ...parameters });
  });
}

test('an author that is alone in its partition joins the others after its first poll', async (t) => {
  const seen = await openPolling(t);
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls[2].answer(answer([authorHello('carol', 'k3f9-7-3')], 'k3f9-7-3', { recovered: false }));
  assert.deepEqual(query(seen.polls[3]), { author: 'alice,bob,carol', after: list(in1(10), in2(20), 'k3f9-7-3'), wait: '25' });
  assert.deepEqual(seen.frames, [authorHello('carol', 'k3f9-7-3')]);
  await seen.pass(2_000);
  assert.ok(!seen.polls[3].signal.aborted);
});

test('an answer without a hello does not make the author be polled in a loop', async (t) => {
  const seen = await openPolling(t);
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls[2].answer(answer([], 'k3f9-7-3'));
  assert.deepEqual(query(seen.polls[3]), { author: 'alice,bob,carol', after: list(in1(10), in2(20), 'k3f9-7-3'), wait: '25' });
});

test('an author does not join while the others are before it', async (t) => {
  const seen = await openPolling(t);
  seen.stream.follow('carol', { after: in1(3) });
  await seen.pass(0);
  await seen.polls[2].answer(answer([authorHello('carol', in1(3), true), authorLike('carol', in1(12))], in1(13)));
  await seen.polls[3].answer(answer([], list(in1(11), in2(20))));
  assert.deepEqual(query(seen.polls[4]), { author: 'alice,bob,carol', after: list(in1(11), in2(20)) });
  await seen.polls[4].answer(answer([authorLike('carol', in1(12), 'again'), authorLike('carol', in1(14))], list(in1(14), in2(20))));
  assert.deepEqual(seen.frames.slice(2), [authorLike('carol', in1(14))]);
  assert.equal(query(seen.polls[5]).wait, '25');
});

test('an author joins the others of its partition by a poll whose repeated likes are dropped', async (t) => {
  const seen = await openPolling(t, { digest: 5 });
  seen.stream.follow('carol', { after: in1(3) });
  await seen.pass(0);
  const first = [authorHello('carol', in1(3), true), authorLike('carol', in1(4)), authorLike('carol', in1(12))];
  await seen.polls[2].answer(answer(first, in1(13)));
  assert.deepEqual(seen.frames, first);

  // without `wait`, because the answer to a long poll could have a digest that includes the like at 12
  assert.deepEqual(query(seen.polls[3]), { author: 'alice,bob,carol', after: list(in1(10), in2(20)), digest: '5' });
  const hellos = ['alice', 'bob', 'carol'].map((author) => authorHello(author, author === 'bob' ? in2(20) : in1(10), true));
  const likes = [authorLike('alice', in1(11)), authorLike('carol', in1(12), 'again'), authorLike('carol', in1(14))];
  await seen.polls[3].answer(answer([...hellos, ...likes], list(in1(14), in2(20))));
  assert.deepEqual(seen.frames.slice(3), [likes[0], likes[2]]);
  assert.deepEqual(query(seen.polls[4]), { author: 'alice,bob,carol', after: list(in1(14), in2(20)), digest: '5', wait: '25' });
});

test('while an author catches up, the others are polled, too', async (t) => {
  const seen = await openPolling(t);
  seen.stream.follow('carol', { after: in1('start') });
  await seen.pass(0);
  await seen.polls[2].answer(answer([authorHello('carol', in1('start'), true), authorLike('carol', in1(2))], in1(2), { more: true }));
  assert.deepEqual(query(seen.polls[3]), all);
  await seen.polls[3].answer(answer([authorLike('alice', in1(11))], list(in1(11), in2(20))));
  assert.deepEqual(query(seen.polls[4]), { author: 'carol', after: in1(2) });
  assert.equal(seen.stream.position, list(in1(2), in2(20)));
});

test('an author whose answers lag is polled again after a second', async (t) => {
  const seen = await openPolling(t);
  seen.stream.follow('carol', { after: in1(3) });
  await seen.pass(0);
  await seen.polls[2].answer(answer([authorHello('carol', in1(3), true)], in1(8)));
  assert.deepEqual(query(seen.polls[3]), { ...all, wait: '25' });
  await seen.pass(1_000);
  assert.ok(seen.polls[3].signal.aborted);
  assert.deepEqual(query(seen.polls[4]), { author: 'carol', after: in1(8) });
});

test('unfollow ends the long poll, and forgets the position of a partition without an author', async (t) => {
  const seen = await openPolling(t);
  assert.equal(seen.stream.unfollow('alice'), in1(10));
  await seen.pass(0);
  assert.ok(seen.polls[1].signal.aborted);
  assert.deepEqual(query(seen.polls[2]), { author: 'bob', after: in2(20), wait: '25' });
  assert.equal(seen.names().at(-1), 'live');
});

test('without an author the stream waits, and follow continues it', async (t) => {
  const seen = await openPolling(t);
  seen.stream.unfollow('alice');
  seen.stream.unfollow('bob');
  await seen.pass(0);
  assert.equal(seen.states.at(-1).detail, 'no author is followed');
  assert.equal(await seen.passAll(), 0);
  assert.equal(seen.polls.length, 2);

  seen.stream.follow('carol', { after: in1(3) });
  await seen.pass(0);
  assert.deepEqual(query(seen.polls[2]), { author: 'carol', after: in1(3) });
});

test('a refused author does not end the stream, and is not followed', async (t) => {
  const refusals = [];
  const seen = await openPolling(t, { onRefused: (author, problem) => refusals.push([author, problem]) });
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls[2].answer({ detail: 'Not for you.' }, 403);
  assert.deepEqual(refusals, [['carol', { status: 403, detail: 'Not for you.' }]]);
  assert.deepEqual(seen.stream.authors, ['alice', 'bob']);
  assert.deepEqual(query(seen.polls[3]), { ...all, wait: '25' });
});

test("a refusal with a proxy's HTML has only a status", async (t) => {
  const refusals = [];
  const seen = await openPolling(t, { onRefused: (author, problem) => refusals.push([author, problem]) });
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls[2].answer('<h1>Forbidden</h1>', 403);
  assert.deepEqual(refusals, [['carol', { status: 403 }]]);
});

for (const status of [500, 502]) {
  test(`${status} is that of the gateway or a proxy, and of no author`, async (t) => {
    const seen = await openPolling(t, { onRefused: () => assert.fail() });
    seen.stream.follow('carol');
    await seen.pass(0);
    await seen.polls[2].answer({ detail: 'No.' }, status);
    assert.equal(seen.names().at(-1), 'waiting');
    assert.deepEqual(seen.stream.authors, ['alice', 'bob', 'carol']);
    assert.deepEqual(seen.errors.filter(([what]) => !`${what}`.includes('ExperimentalWarning')), []);
  });
}

test('a refused author does not end the stream if it is the only one', async (t) => {
  const refusals = [];
  const seen = await open(t, { authors: [], onRefused: (author, { status }) => refusals.push([author, status]) });
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.sockets[0].fail();
  await seen.polls[0].answer({ detail: 'Not for you.' }, 403);
  assert.deepEqual(refusals, [['carol', 403]]);
  assert.deepEqual(seen.states.at(-1), { state: 'waiting', via: undefined, detail: 'no author is followed' });
});

for (const status of [429, 503]) {
  test(`${status} of an author is reported, and retried later; the others are polled meanwhile`, async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const refusals = [];
    const seen = await openPolling(t, { onRefused: (author, { status }) => refusals.push([author, status]) });
    seen.stream.follow('carol');
    await seen.pass(0);
    await seen.polls[2].answer({ detail: 'Not now.' }, status);
    assert.deepEqual(refusals, [['carol', status]]);
    assert.deepEqual(query(seen.polls[3]), { ...all, wait: '25' });
    await seen.pass(3_000);
    assert.deepEqual(query(seen.polls[4]), { author: 'carol' });
    assert.deepEqual(seen.stream.authors, ['alice', 'bob', 'carol']);
  });
}

test('401 of an author is a refused token', async (t) => {
  const why = [];
  const seen = await openPolling(t, { token: ({ expired }) => `t${why.push(expired)}`, onRefused: () => assert.fail() });
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls[2].answer({ detail: 'The token is not valid.' }, 401);
  await seen.passAll();
  assert.equal(why.at(-1), true);
});

test('a follow during a poll that waits for its token repeats the poll', async (t) => {
  let hangs = false;
  const seen = await openPolling(t, { token: () => (hangs ? new Promise(() => {}) : 't') });
  hangs = true;
  await seen.pass(25_000);
  await seen.polls[1].answer(answer([], list(in1(10), in2(20))));
  hangs = false;
  seen.stream.follow('carol');
  await seen.pass(0);
  assert.deepEqual(query(seen.polls[2]), { author: 'carol' });
  assert.equal(seen.names().at(-1), 'live');
});

test('a WebSocket that replaces the polls has the joined authors, and follows the others from their own positions', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'] });
  await seen.sockets[0].fail();
  const hellos = [authorHello('alice', in1(10)), authorHello('bob', in2(20))];
  await seen.polls[0].answer(answer(hellos, list(in1(10), in2(20)), { recovered: false }));
  seen.stream.follow('carol', { after: in1(3) });
  await seen.pass(0);
  await seen.polls[2].answer(answer([authorHello('carol', in1(3), true), authorLike('carol', in1(4))], in1(5), { more: true }));
  await seen.pass(3_000);
  assert.deepEqual(seen.sockets[1].url.searchParams.getAll('author'), ['alice', 'bob']);
  await seen.sockets[1].receive(authorHello('alice', in1(10), true));
  assert.deepEqual(seen.sockets[1].sent, [{ kind: 'follow', author: 'carol', after: in1(5) }]);
});

/** Creates a stream whose WebSocket has replaced polls. Carol has joined by polls during the handshake. */
async function openJoined(t) {
  const seen = await open(t, { authors: ['alice', 'bob'] });
  await seen.sockets[0].fail();
  const hellos = [authorHello('alice', in1(10)), authorHello('bob', in2(20))];
  await seen.polls[0].answer(answer(hellos, list(in1(10), in2(20)), { recovered: false }));
  await seen.pass(3_000);
  const [, socket] = seen.sockets;
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls.at(-1).answer(answer([authorHello('carol', 'k3f9-7-3')], 'k3f9-7-3', { recovered: false }));
  await seen.polls.at(-1).answer(answer([authorLike('carol', 'k3f9-7-4')], list(in1(10), in2(20), 'k3f9-7-5')));
  await socket.receive(authorHello('alice', in1(10), true));
  return seen;
}

test('an author that joined by polls during the handshake is followed from the position of its partition', async (t) => {
  const seen = await openJoined(t);
  const [, socket] = seen.sockets;
  assert.deepEqual(socket.sent, [{ kind: 'follow', author: 'carol', after: 'k3f9-7-5' }]);
  await socket.receive(authorHello('carol', 'k3f9-7-5', true));
  await socket.receive({ kind: 'position', author: 'carol', position: 'k3f9-7-5' });
  await socket.receive(authorLike('carol', 'k3f9-7-6'));
  assert.equal(seen.stream.position, list(in1(10), in2(20), 'k3f9-7-6'));
});

test('if the WebSocket then ends before the hello of that author, the reconnect has no position of its partition', async (t) => {
  const seen = await openJoined(t);
  await seen.sockets[1].end(1006);
  await seen.passAll();
  assert.deepEqual(seen.sockets[2].url.searchParams.getAll('author'), ['alice', 'bob']);
  assert.equal(seen.sockets[2].url.searchParams.get('after'), list(in1(10), in2(20)));
});

test('after the log was created again, an added author does not hide that the others miss likes', async (t) => {
  const seen = await openPolling(t);
  seen.stream.follow('carol');
  await seen.pass(0);
  await seen.polls[2].answer(answer([authorHello('carol', 'zzzz-1-5')], 'zzzz-1-5', { recovered: false }));
  assert.equal(query(seen.polls[3]).after, list(in1(10), in2(20)));
  const hellos = [authorHello('alice', 'zzzz-1-6'), authorHello('bob', 'zzzz-2-7')];
  await seen.polls[3].answer(answer(hellos, 'zzzz-1-6,zzzz-2-7', { recovered: false }));
  assert.deepEqual(seen.frames, [authorHello('carol', 'zzzz-1-5'), ...hellos]);
  assert.deepEqual(query(seen.polls[4]), { author: 'carol', after: 'zzzz-1-5' });
  await seen.polls[4].answer(answer([authorHello('carol', 'zzzz-1-5', true)], 'zzzz-1-6'));
  assert.deepEqual(query(seen.polls[5]), { author: 'alice,bob,carol', after: 'zzzz-1-6,zzzz-2-7' });
});
