// The failures that a live report retries after, its pauses, and its tokens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, open, openReport, page, report } from './fakes.js';

const problem = (detail) => ({ title: 'No', detail });

for (const status of [400, 401, 403, 404, 406]) {
  test(`${status} ends the report as refused, with the problem's detail`, async (t) => {
    const seen = await open(t, { report: 'current' });
    await seen.readers[0].answer(problem('Not for you.'), status);

    assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'report', detail: `${status} Not for you.` });
    assert.equal(await seen.passAll(), 0);
    seen.stream.close();
    assert.deepEqual(seen.names(), ['connecting', 'refused']);
    assert.equal(seen.readers.length, 1);
  });
}

for (const status of [408, 429, 500, 502, 503]) {
  test(`${status} does not end the report: it waits and retries`, async (t) => {
    const seen = await open(t, { report: 'current' });
    await seen.readers[0].answer(problem('Not now.'), status);
    assert.equal(seen.states.at(-1).via, 'report');
    assert.match(seen.states.at(-1).detail, new RegExp(`^${status} Not now.; again in \\d+ ms$`));
    await seen.passAll();
    assert.equal(seen.readers.length, 2);
  });
}

for (const [random, wait] of [[0, 5_000], [1, 15_000]]) {
  test(`Retry-After of a 503 is the minimum, and twice as much again is jitter: ${wait} ms`, async (t) => {
    t.mock.method(Math, 'random', () => random);
    const seen = await open(t, { report: 'current' });
    await seen.readers[0].answer(problem('Full.'), 503, { 'Retry-After': '5' });
    assert.equal(await seen.passAll(), wait);
  });
}

test('while the network is down, the maximum of the pauses doubles', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { report: 'current' });
  for (const wait of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    await seen.readers.at(-1).fail();
    assert.equal(await seen.passAll(), wait);
  }
});

test('a report that ends right after each first event is retried after longer and longer pauses', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { report: 'current' });
  for (const wait of [3000, 3000, 3000, 4000, 8000]) {
    await seen.readers.at(-1).accept();
    await seen.readers.at(-1).event('report', report(10));
    await seen.readers.at(-1).end();
    assert.match(seen.states.at(-1).detail, /^the live report ended; /);
    assert.equal(await seen.passAll(), wait);
  }
});

test('after a second event the next pause is short again', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await open(t, { report: 'current' });
  for (let i = 0; i < 8; i++) {
    await seen.readers.at(-1).fail();
    await seen.passAll();
  }
  await seen.readers.at(-1).accept();
  await seen.readers.at(-1).event('report', report(10));
  await seen.readers.at(-1).event('through', { through: at(11) });
  await seen.readers.at(-1).end();
  assert.equal(await seen.passAll(), 3000);
});

for (const [how, lose] of [['ends', 'end'], ['breaks', 'cut']]) {
  test(`a connection that ${how} is replaced, and the last report is kept`, async (t) => {
    const seen = await openReport(t);
    await seen.readers[0][lose]();
    assert.equal(seen.states.at(-1).state, 'waiting');
    assert.ok((await seen.passAll()) <= 3_000);
    assert.equal(seen.stream.position, at(10));
    assert.equal(seen.reports.length, 1);

    await seen.readers[1].accept();
    await seen.readers[1].event('through', { through: at(11) });
    await seen.readers[1].event('report', report(12));
    assert.deepEqual(seen.reports.slice(1).map(({ report }) => report.likes), [10, 12]);
    assert.deepEqual(seen.reportNames(), ['connecting', 'live', 'waiting', 'connecting', 'live']);
  });
}

test('the first report of a new connection ends a stale state, and may be of another log', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].event('stale', { since: '2026-11-27T12:00:00Z' });
  await seen.readers[0].end();
  await seen.passAll();
  await seen.readers[1].accept();
  const another = { ...report(3), through: at(3, 'zzzz-3') };
  await seen.readers[1].event('report', another);
  assert.deepEqual(seen.reports.at(-1), { report: another, through: at(3, 'zzzz-3'), staleSince: null });
});

test('after expired, the report reconnects with a new token', async (t) => {
  const why = [];
  const seen = await openReport(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.readers[0].event('expired', {});
  assert.match(seen.states.at(-1).detail, /^the token has expired; again in \d+ ms$/);
  assert.ok(seen.readers[0].signal.aborted);
  await seen.passAll();
  assert.deepEqual(why, [false, true]);
  assert.equal(seen.readers[1].headers.Authorization, 'Bearer t2');
});

test('after expired, the report ends as refused if token() returns the same token', async (t) => {
  const seen = await openReport(t, { token: () => 't' });
  await seen.readers[0].event('expired', {});
  await seen.passAll();
  assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'report', detail: 'the token has expired' });
  assert.equal(seen.readers.length, 1);
});

test('401: token() is called with expired, and the report continues with another token', async (t) => {
  const why = [];
  const seen = await open(t, { report: 'current', token: ({ expired }) => `t${why.push(expired)}` });
  await seen.readers[0].answer(problem('The token is not valid.'), 401);
  assert.equal(seen.states.at(-1).state, 'waiting');
  await seen.passAll();
  assert.deepEqual(why, [false, true]);
  assert.equal(seen.readers[1].headers.Authorization, 'Bearer t2');
});

test('401 ends the report as refused if token() returns the same token', async (t) => {
  const seen = await open(t, { report: 'current', token: () => 't' });
  await seen.readers[0].answer(problem('The token is not valid.'), 401);
  await seen.passAll();
  assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'report', detail: '401 The token is not valid.' });
});

test('a token function that fails is called again later; no request is sent without a token', async (t) => {
  let works = false;
  const seen = await open(t, { report: 'current', token: () => (works ? 't' : Promise.reject(new Error('signed out'))) });
  assert.match(seen.states.at(-1).detail, /^signed out; /);
  assert.equal(seen.readers.length, 0);
  works = true;
  await seen.passAll();
  assert.equal(seen.readers[0].headers.Authorization, 'Bearer t');
});

/** Moves the clock until the current connection is aborted. Returns the time until then, in ms. */
async function silence(seen) {
  const reader = seen.readers.at(-1);
  for (let ms = 100; ms <= 10 * 60_000; ms += 100) {
    await seen.pass(100);
    if (reader.signal.aborted) return ms;
  }
  throw new Error('not aborted within 10 min');
}

for (const [when, begin] of [
  ['before an answer', (t) => open(t, { report: 'current' })],
  ['after the first report', openReport],
]) {
  test(`silence for 45 s ${when} ends the connection, and it is replaced within a second`, async (t) => {
    t.mock.method(Math, 'random', () => 1);
    const seen = await begin(t);
    assert.equal(await silence(seen), 45_000);
    assert.equal(seen.states.at(-1).detail, 'nothing arrives any more; again in 1000 ms');
    await seen.pass(1_000);
    assert.equal(seen.readers.length, 2);
  });
}

test('the state has the reason of a silence, also if the browser rejects with an error of its own', async (t) => {
  const fetch = (url, { signal }) =>
    new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
  const seen = await open(t, { report: 'current', fetch });
  await seen.pass(45_000);
  assert.match(seen.states.at(-1).detail, /^nothing arrives any more; /);
});

for (const [what, chunk] of [
  ['a through', `event: through\ndata: {"through":"${at(10)}"}\n\n`],
  ['a comment', ':\n\n'],
  ['a part of an event', 'data'],
]) {
  test(`${what} restarts the time`, async (t) => {
    const seen = await openReport(t);
    for (let i = 0; i < 5; i++) {
      await seen.pass(44_000);
      await seen.readers[0].send(chunk);
    }
    assert.equal(await silence(seen), 45_000);
    assert.equal(seen.readers.length, 1);
  });
}

test('a page that is visible again while an event is overdue expects one within 2 s', async (t) => {
  const { hide, show } = page(t);
  const seen = await openReport(t);
  await hide();
  await seen.pass(26_000);
  await show();
  assert.equal(await silence(seen), 2_000);
});

test('a page that is visible again while no event is overdue keeps the connection', async (t) => {
  const { show } = page(t);
  const seen = await openReport(t);
  await seen.pass(20_000);
  await show();
  assert.equal(await silence(seen), 25_000);
});

test('a network that is back ends the pause of the report', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const { online } = page(t);
  const seen = await open(t, { report: 'current' });
  for (let i = 0; i < 8; i++) {
    await seen.readers.at(-1).fail();
    if (i < 7) await seen.passAll();
  }
  await online();
  await seen.pass(1_000);
  assert.equal(seen.readers.length, 9);
});
