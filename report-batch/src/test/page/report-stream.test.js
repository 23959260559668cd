import assert from 'node:assert/strict';
import test from 'node:test';
import { reason } from '../../main/resources/page/report-stream.js';
import { pause, until } from './browser.js';
import { streams } from './fake-client.js';
import { page, report, state, text } from './live-page.js';

test('a refused token is asked for again, and another token starts again', async () => {
  const { bus, opened, session, stream } = await page();
  session.use('old');
  assert.equal(stream.token({ expired: false }), 'old');
  let needed = 0;
  bus.on('tokenNeeded', () => needed++);

  const replacement = stream.token({ expired: true });
  assert.equal(needed, 1);
  session.use('new');
  assert.equal(await replacement, 'new');
  stream.onState({ state: 'refused', detail: '401 the token is not valid' });

  assert.equal(needed, 2);
  bus.emit('author', { author: 'alice' });
  await until(() => opened() === 2);
  assert.equal(stream.isClosed, true);
});

test('a page has one live report, also if the visitor changes the author quickly', async () => {
  const { bus, opened, stream } = await page();
  stream.receiveReport(report());
  bus.emit('author', { author: 'bob' });
  bus.emit('connection', { state: 'down' });
  bus.emit('author', { author: 'carol' });
  assert.equal(text('likes'), '–', 'no figure of the last author stays');
  await until(() => opened() === 2);
  await pause(20);

  assert.deepEqual([opened(), streams.at(-1).author, stream.isClosed], [2, 'carol', true]);
  stream.receiveReport(report({ likes: 99 }));
  assert.equal(text('likes'), '12', 'a late report of the last author');
});

test('a hidden page closes the live report, and a visible one continues with the present', async () => {
  const { hide, opened, seen, service, stream } = await page();
  stream.receiveReport(report());
  assert.equal(seen.at(-1).measured, false, 'the page has opened the connection');
  stream.receiveReport(report());
  assert.equal(seen.at(-1).measured, true);

  const requests = service.requests.length;
  hide(true);
  assert.equal(stream.isClosed, true);
  assert.match(text('state'), /, because this tab was hidden$/);
  assert.equal(service.requests.length, requests, 'a hidden page loads nothing');
  await pause(20);
  assert.equal(opened(), 1);
  hide(false);
  await until(() => opened() === 2);
  streams.at(-1).receiveReport(report({ likes: 20 }));
  assert.equal(text('likes'), '20');
  assert.equal(seen.at(-1).measured, false, 'the visitor was away');
  streams.at(-1).receiveReport(report({ likes: 21 }));
  assert.equal(seen.at(-1).measured, true);
});

test('while the visitor is offline, there is no live report', async () => {
  const { bus, opened, stream } = await page();
  stream.receiveReport(report());

  bus.emit('connection', { state: 'offline' });
  assert.equal(stream.isClosed, true);
  assert.match(text('state'), /\. Figures as of \d\d:\d\d:\d\d UTC, because you are offline$/);
  await pause(20);
  assert.equal(opened(), 1);
  bus.emit('connection', { state: 'down' });
  await until(() => opened() === 2);
  bus.emit('connection', { state: 'live' });
  streams.at(-1).receiveReport(report({ likes: 23 }));

  await pause(20);
  assert.equal(opened(), 2);
  assert.deepEqual(state(), ['23', 'Week 48, still counting · live']);
});

test('each part of the answer is counted, except of a connection that the page has just opened', async () => {
  const { bus, opened, service, stream, traffic } = await page();
  const read = async ({ fetch }) => (await fetch('http://localhost:8083/live', { headers: { Authorization: 'Bearer t' } })).text();
  const answer = 'event: report\ndata: {"likes":"ä"}\n\n';
  service.answer = () => [200, answer, { 'Content-Type': 'text/event-stream' }];

  assert.equal(await read(stream), answer);
  assert.deepEqual(traffic, []);
  stream.receiveReport(report());
  assert.equal(await read(stream), answer);
  assert.equal(service.requests.at(-1).headers.Authorization, 'Bearer t');
  assert.deepEqual(traffic, [[0, 1], [Buffer.byteLength(answer), 0]]);

  bus.emit('connection', { state: 'offline' });
  bus.emit('connection', { state: 'down' });
  await until(() => opened() === 2);
  await read(streams.at(-1));
  assert.equal(traffic.length, 2);
  streams.at(-1).receiveReport(report());
  await read(streams.at(-1));
  assert.equal(traffic.length, 4);
});

test('each reason of an interruption has a text', () => {
  const details = ['503 full; again in 3 ms', 'the live report ended; again in 3 ms', 'nothing arrives any more; again in 3 ms', 'the token has expired; again in 3 ms', 'token() did not answer; again in 3 ms', 'TypeError: network error; again in 3 ms'];
  assert.deepEqual(details.map((detail) => reason(detail, 'http://r')), [
    'report-batch refuses the live report (503 full)',
    'the connection to report-batch ended',
    'the connection to report-batch ended',
    'the token has expired',
    'the token has expired',
    'report-batch at http://r does not answer',
  ]);
});
