// close() ends a live report, and the stream of likes after it, in each of their states.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, begin, hello, like, open, openReport, page, report } from './fakes.js';

const onFrame = () => {};

/** Closes the subscription two times, runs all timers, and checks that nothing else happens. */
async function closesForGood(seen) {
  const counts = () => ['sockets', 'polls', 'readers', 'frames', 'reports'].map((name) => seen[name].length);
  const before = counts();
  seen.stream.close();
  seen.stream.close();
  assert.equal(await seen.passAll(), 0, 'no timer is left');
  for (const socket of seen.sockets) await socket.receive(like(99));
  for (const reader of seen.readers) {
    await reader.accept();
    await reader.event('report', report(99));
  }
  await seen.passAll();

  assert.deepEqual(counts(), before);
  assert.deepEqual(seen.reportNames().filter((name) => name === 'closed'), ['closed']);
  assert.equal(seen.reportNames().at(-1), 'closed');
  assert.ok(seen.readers.every(({ signal }) => signal.aborted));
  assert.ok(seen.sockets.every(({ isOver }) => isOver));
}

test('close before anything has begun', async (t) => {
  const seen = begin(t, { report: 'current', onFrame });
  await closesForGood(seen);
  assert.equal(seen.readers.length, 0);
});

test('close while token() is pending', async (t) => {
  let got;
  const seen = await open(t, { report: 'current', token: () => new Promise((done) => (got = done)) });
  seen.stream.close();
  got('t');
  await closesForGood(seen);
  assert.equal(seen.readers.length, 0);
});

test('close before an answer', async (t) => closesForGood(await open(t, { report: 'current', onFrame })));

test('close between the answer and the first event', async (t) => {
  const seen = await open(t, { report: 'current', onFrame });
  await seen.readers[0].accept();
  await closesForGood(seen);
});

test('close within an event', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].send('event: report\ndata: {');
  await closesForGood(seen);
});

test('close while the report is live', async (t) => closesForGood(await openReport(t)));

test('close while the report is stale', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].event('stale', { since: '2026-11-27T12:00:00Z' });
  await closesForGood(seen);
});

test('close while the report waits', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].end();
  assert.equal(seen.names().at(-1), 'waiting');
  await closesForGood(seen);
});

test('close during the handshake of the stream of likes', async (t) => {
  const seen = await openReport(t, { onFrame });
  assert.equal(seen.sockets.length, 1);
  await closesForGood(seen);
});

test('close while both are live: the page receives closed from both', async (t) => {
  const seen = await openReport(t, { onFrame });
  await seen.sockets[0].receive(hello(10, true, 20));
  await closesForGood(seen);
  assert.equal(seen.sockets[0].closedWith, 1000);
  assert.deepEqual(seen.states.slice(-2).map(({ state, via }) => [state, via]), [['closed', 'report'], ['closed', undefined]]);
});

for (const state of ['connecting', 'live', 'waiting', 'closed']) {
  test(`close from within onState, at ${state}`, async (t) => {
    const onState = (reported, { stream }) => reported.state === state && stream.close();
    const seen = await open(t, { report: 'current', onFrame, onState });
    await seen.readers[0]?.accept();
    await seen.readers[0]?.event('report', report(10));
    await seen.readers[0]?.end();
    await closesForGood(seen);
    assert.equal(seen.reportNames().at(state === 'closed' ? -1 : -2), state);
    assert.equal(seen.reports.length, ['connecting', 'live'].includes(state) ? 0 : 1);
  });
}

test('close from within the first onReport: the other events of the chunk are not delivered, and no stream opens', async (t) => {
  const seen = await open(t, { report: 'current', onFrame, onReport: (report, state, { stream }) => stream.close() });
  await seen.readers[0].accept();
  await seen.readers[0].send([10, 11].map((offset) => `event: report\ndata: ${JSON.stringify(report(offset))}\n\n`).join(''));
  assert.deepEqual(seen.reports.map(({ through }) => through), [at(10)]);
  assert.equal(seen.stream.position, at(10));
  await closesForGood(seen);
  assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);
});

test('close removes the listeners of both from the page', async (t) => {
  const { listening } = page(t);
  const seen = await openReport(t, { onFrame });
  assert.deepEqual([...listening].sort(), ['online', 'online', 'pageshow', 'pageshow', 'visibilitychange', 'visibilitychange']);
  seen.stream.close();
  assert.deepEqual(listening, []);
});
