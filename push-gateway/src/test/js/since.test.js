// The option `since`, a time at which a stream starts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../main/resources/client/heartline.js';
import { at, authorHello, hello, in1, in2, like, list, open, openReport, polled } from './fakes.js';

const SINCE = '2026-11-26T17:00:00Z';
const start = ({ url }) => [url.searchParams.get('after'), url.searchParams.get('since')];

for (const [name, options] of [
  ['since', { since: SINCE, after: at(1) }],
  ['since', { since: 'yesterday' }],
  ['since', { since: new Date('yesterday') }],
]) {
  test(`connect throws an error that names an invalid ${name}: ${JSON.stringify(options)}`, () => {
    const good = { url: 'http://gateway', author: 'alice', onFrame: () => {}, WebSocket: null, fetch: () => {} };
    assert.throws(() => connect({ ...good, ...options }), { name: 'TypeError', message: new RegExp(`^${name} `) });
  });
}

for (const [since, text] of [[SINCE, SINCE], [new Date(Date.UTC(2026, 10, 26, 17)), '2026-11-26T17:00:00.000Z']]) {
  test(`requests have the time until there is a position: ${since}`, async (t) => {
    const seen = await open(t, { since });
    assert.deepEqual(start(seen.sockets[0]), [null, text]);
    await seen.sockets[0].fail();
    assert.deepEqual(start(seen.polls[0]), [null, text]);
    await seen.polls[0].fail();
    await seen.passAll();
    assert.deepEqual(start(seen.sockets[1]), [null, text]);

    await seen.sockets[1].receive(hello(4, true));
    await seen.sockets[1].receive(like(5));
    await seen.sockets[1].end(1006);
    await seen.passAll();
    assert.deepEqual(start(seen.sockets[2]), [at(5), null]);
    assert.deepEqual(seen.frames, [hello(4, true), like(5)]);
  });
}

test('a poll since a time delivers a hello, and resumes after its position', async (t) => {
  const seen = await open(t, { since: SINCE, WebSocket: null });
  await seen.polls[0].answer(polled(8, [like(5)], { recovered: true }));
  assert.deepEqual(seen.frames, [hello(4, true), like(5)]);
  assert.deepEqual(start(seen.polls[1]), [at(8), null]);
});

test('a stream with a report and a time does not wait for the first report', async (t) => {
  const seen = await openReport(t, { since: SINCE, onFrame: () => {} });
  assert.equal(seen.sockets.length, 1);
  assert.deepEqual(start(seen.sockets[0]), [null, SINCE]);
});

test('several authors start at the time', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'], since: SINCE });
  assert.deepEqual(start(seen.sockets[0]), [null, SINCE]);
  await seen.sockets[0].receive(authorHello('alice', in1(3), true));
  await seen.sockets[0].receive(authorHello('bob', in2(4), true));
  await seen.sockets[0].end(1006);
  await seen.passAll();
  assert.deepEqual(start(seen.sockets[1]), [list(in1(3), in2(4)), null]);
});

test('if the connection ends before the hello of an author, the author still starts at the time', async (t) => {
  const seen = await open(t, { authors: ['alice', 'bob'], since: SINCE });
  await seen.sockets[0].receive(authorHello('alice', in1(3), true));
  await seen.sockets[0].end(1006);
  await seen.passAll();
  const [, socket] = seen.sockets;
  assert.deepEqual(socket.url.searchParams.getAll('author'), ['alice']);
  await socket.receive(authorHello('alice', in1(3), true));
  assert.deepEqual(socket.sent, [{ kind: 'follow', author: 'bob', since: SINCE }]);
});
