// The options and requests of a live report, and the stream of likes that starts where the first report ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../main/resources/client/heartline.js';
import { at, hello, like, open, openReport, polled, report } from './fakes.js';

const onFrame = () => {};

for (const [name, options] of [
  ['report', { report: undefined }],
  ['report', { report: 47 }],
  ['reportsUrl', { reportsUrl: undefined }],
  ['reportsUrl', { reportsUrl: 'localhost:8083' }],
  ['onReport', { onReport: undefined }],
  ['author', { author: undefined }],
  ['url', { onFrame }],
  ['onFrame', { onFrame: 'print', url: 'http://gateway' }],
]) {
  test(`connect throws an error that names an invalid ${name}: ${JSON.stringify(options)}`, () => {
    const good = { report: 'current', reportsUrl: 'http://reports', author: 'alice', onReport: () => {}, fetch: () => {} };
    assert.throws(() => connect({ ...good, ...options }), { name: 'TypeError', message: new RegExp(`^${name} `) });
  });
}

test('the request has the week, the interval and the token, which is in no URL', async (t) => {
  const options = { author: 'a|b+c@d', report: '2026-W47', reportsUrl: 'https://example.com/reports', every: 0.5, token: 't.1' };
  const { readers, polls, sockets } = await open(t, options);

  assert.equal(readers[0].url.href, 'https://example.com/reports/v1/authors/a%7Cb%2Bc%40d/reports/2026-W47?every=0.5');
  assert.deepEqual(readers[0].headers, { Accept: 'text/event-stream', Authorization: 'Bearer t.1' });
  assert.equal(readers[0].cache, 'no-store');
  assert.deepEqual([readers.length, polls.length, sockets.length], [1, 0, 0]);
});

test('without options, the request has no parameters and no token', async (t) => {
  const { readers } = await open(t, { report: 'current' });
  assert.equal(readers[0].url.href, 'http://reports/v1/authors/alice/reports/current');
  assert.deepEqual(readers[0].headers, { Accept: 'text/event-stream' });
});

test("fetch is called as a function, because a browser's fetch is no method of another object", async (t) => {
  let self = 'not called';
  await open(t, {
    report: 'current',
    fetch() {
      self = this;
      return new Promise(() => {});
    },
  });
  assert.equal(self, undefined);
});

test('the states of the report have its name, and it is live with its first event', async (t) => {
  const seen = await open(t, { report: 'current' });
  assert.equal(seen.stream.position, null);
  await seen.readers[0].accept();
  assert.deepEqual(seen.states, [{ state: 'connecting', via: 'report', detail: undefined }]);

  await seen.readers[0].event('report', report(10));
  await seen.readers[0].event('report', report(11));
  assert.deepEqual(seen.states.slice(1), [{ state: 'live', via: 'report', detail: undefined }]);
});

test('without onFrame, no stream of likes is opened', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].event('report', report(11));
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
});

test('with onFrame, the stream of likes starts where the first report ends', async (t) => {
  const seen = await open(t, { report: 'current', onFrame });
  await seen.readers[0].accept();
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0], 'no stream before the report');
  await seen.readers[0].event('report', report(10));

  assert.equal(seen.sockets.length, 1);
  assert.equal(seen.sockets[0].url.href, `ws://gateway/v1/authors/alice/likes?after=${at(10)}`);
  assert.equal(seen.stream.position, at(10));
});

test('a frame may arrive before and after the report that includes it', async (t) => {
  const calls = [];
  const onReport = ({ likes }) => calls.push(`report of ${likes}`);
  const seen = await openReport(t, { onReport, onFrame: ({ kind, position }) => calls.push(`${kind} ${position}`) });
  await seen.sockets[0].receive(hello(10, true));
  await seen.sockets[0].receive(like(11));
  await seen.readers[0].event('report', report(12));
  await seen.sockets[0].receive(like(12));

  const expected = ['report of 10', `hello ${at(10)}`, `like ${at(11)}`, 'report of 12', `like ${at(12)}`];
  assert.deepEqual(calls, expected);
  assert.equal(seen.sockets.length, 1, 'the second report opens no second stream');
  assert.equal(seen.stream.position, at(12));
});

test('the position is that of the last frame, and not that of a later report', async (t) => {
  const seen = await openReport(t, { onFrame });
  await seen.sockets[0].receive(hello(10, true));
  await seen.readers[0].event('report', report(12));
  assert.equal(seen.stream.position, at(10));
});

test('with after, the stream of likes starts there, and waits for no report', async (t) => {
  const seen = await open(t, { report: 'current', onFrame, after: at(7) });
  assert.equal(seen.sockets[0].url.searchParams.get('after'), at(7));
  await seen.readers[0].accept();
  await seen.readers[0].event('report', report(10));
  assert.equal(seen.sockets.length, 1);
  assert.equal(seen.stream.position, at(7));
});

test('polls start where the first report ends, if there is no WebSocket', async (t) => {
  const seen = await openReport(t, { onFrame, WebSocket: null });
  assert.equal(seen.polls[0].url.href, `http://gateway/v1/authors/alice/likes?after=${at(10)}`);
  await seen.polls[0].answer(polled(11, [like(11)]));
  assert.deepEqual(seen.frames, [like(11)]);
});

test('if the report is lost, the stream of likes continues, and the other way around', async (t) => {
  const seen = await openReport(t, { onFrame });
  await seen.sockets[0].receive(hello(10, true));
  await seen.readers[0].cut();
  await seen.sockets[0].receive(like(11));
  assert.equal(seen.frames.length, 2);
  assert.ok(!seen.sockets[0].isOver);

  await seen.passAll();
  await seen.readers[1].accept();
  await seen.sockets[0].end(1006);
  await seen.readers[1].event('report', report(11));
  assert.deepEqual(seen.reports.map(({ through }) => through), [at(10), at(11)]);
  await seen.pass(3_000);
  assert.equal(seen.sockets[1].url.searchParams.get('after'), at(11));
  assert.equal(seen.readers.length, 2);
});

test('if the report is refused before its first event, there is no stream of likes', async (t) => {
  const seen = await open(t, { report: 'current', onFrame });
  await seen.readers[0].answer({ detail: 'Not for you.' }, 403);
  await seen.passAll();
  assert.deepEqual(seen.reportNames(), ['connecting', 'refused']);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
});

test('two connections of a page have separate states and positions', async (t) => {
  const first = await openReport(t);
  const reports = [];
  const bodies = [];
  const fetch = async () => new Response(new ReadableStream({ start: (body) => bodies.push(body) }));
  const options = { report: 'previous', reportsUrl: 'http://reports', author: 'bob', fetch };
  const second = connect({ ...options, onReport: (report) => reports.push(report) });
  await first.pass(0);
  bodies[0].enqueue(new TextEncoder().encode(`event: report\ndata: ${JSON.stringify(report(70))}\n\n`));
  await first.pass(0);
  assert.deepEqual([first.stream.position, second.position], [at(10), at(70)]);

  second.close();
  await first.readers[0].event('report', report(11));
  assert.deepEqual(first.reports.map(({ through }) => through), [at(10), at(11)]);
  assert.deepEqual(reports, [report(70)]);
});
