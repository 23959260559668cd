import assert from 'node:assert/strict';
import test from 'node:test';
import { at, pause, reports, until } from './browser.js';
import { streams } from './fake-client.js';
import { page, report, state, text } from './live-page.js';

test('the live report is shown in place of the last run, and the switch shows the last run', async () => {
  const { choose, stream } = await page();
  assert.match(state()[1], /^Week 48, still counting · updated /, 'before the first report');
  assert.deepEqual([stream.report, stream.author, stream.reportsUrl], ['current', 'alice', 'http://localhost:8083/']);

  stream.receiveReport(report());
  assert.deepEqual(state(), ['13', 'Week 48, still counting · live']);

  choose('last-run');
  assert.equal(text('likes'), '12');
  assert.match(state()[1], /^Week 48, still counting · updated /);
  stream.receiveReport(report({ likes: 14 }));
  assert.equal(text('likes'), '12');

  choose('live');
  assert.deepEqual(state(), ['14', 'Week 48, still counting · live']);
});

test('the other weeks stay those of the last run', async () => {
  const { stream } = await page();
  const input = at('week', 'weeks').children[10].querySelector('input');
  input.checked = true;
  input.dispatchEvent(new input.ownerDocument.defaultView.Event('change'));

  stream.receiveReport(report());
  assert.equal(text('likes'), '12');
  assert.match(state()[1], /^Week 47, final · updated /);
  stream.onState({ state: 'waiting', detail: 'the live report ended; again in 5 ms' });
  assert.match(state()[1], /^Week 47, final · updated /);
  assert.equal(at('week', 'weeks').children[11].textContent, '2026-W48: 13 likes');
});

test('while Kafka does not answer, the figures have their time', async () => {
  const { seen, stream } = await page();
  stream.receiveReport(report());

  stream.receiveReport(report(), { staleSince: '2026-11-26T17:00:03Z' });
  assert.deepEqual(state(), ['13', 'Week 48, still counting. Figures as of 17:00:03 UTC, because Kafka does not answer']);
  assert.equal(document.getElementById('week').dataset.state, 'down');

  stream.receiveReport(report(), { through: 'k3f9-0-8' });
  assert.deepEqual(state(), ['13', 'Week 48, still counting · live']);
  assert.equal(seen.at(-1).report.through, 'k3f9-0-8');
  assert.equal(document.getElementById('week').dataset.state, 'live');
});

test('if the connection breaks, the last figures stay until a run has newer ones', async () => {
  let through = 'k3f9-0-6';
  const { bus, service, stream } = await page(() => [200, reports({ through })]);
  stream.receiveReport(report());
  const requests = service.requests.length;

  stream.onState({ state: 'waiting', detail: 'TypeError: Failed to fetch; again in 377 ms' });
  assert.equal(text('likes'), '13');
  assert.match(text('state'), /^Week 48, still counting\. Figures as of \d\d:\d\d:\d\d UTC, because report-batch at http:\/\/localhost:8083 does not answer$/);
  await until(() => service.requests.length > requests);

  through = 'k3f9-0-7';
  bus.emit('ran', {});
  await until(() => text('likes') === '12');
  assert.match(text('state'), /\. Figures as of the last run, because report-batch at http:\/\/localhost:8083 does not answer$/);

  stream.receiveReport(report({ likes: 14 }));
  assert.deepEqual(state(), ['14', 'Week 48, still counting · live']);
});

test('a live report that is refused leaves the figures of the last run', async () => {
  const { stream } = await page();
  stream.onState({ state: 'waiting', detail: '503 has 1,000 live reports; again in 5000 ms' });

  assert.match(state()[1], /^Week 48, still counting\. Figures as of the last run, because report-batch refuses the live report \(503 has 1,000 live reports\) · updated /);
});

test('a new week is loaded', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { service, stream } = await page();
  const requests = service.requests.length;
  stream.receiveReport({ ...report(), week: '2026-W49' });

  assert.equal(service.requests.length, requests + 1);
});

test('if the last run cannot be read, a live report stays live', async () => {
  const { bus, service, stream } = await page();
  stream.receiveReport(report());
  service.answer = () => [503, { detail: 'MongoDB is down' }];
  bus.emit('ran', {});
  await pause(20);
  assert.deepEqual(state(), ['13', 'Week 48, still counting · live']);

  const input = at('week', 'weeks').children[10].querySelector('input');
  input.checked = true;
  input.dispatchEvent(new input.ownerDocument.defaultView.Event('change'));

  assert.match(text('state'), /^503: MongoDB is down\. /);
});

test('the last run is loaded less often while the live report has the figures', async (t) => {
  const { bus, choose, stream } = await page();
  const delays = [];
  const { setTimeout } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (action, ms, ...others) => {
    delays.push(ms);
    return setTimeout(action, ms, ...others);
  });
  stream.receiveReport(report());
  bus.emit('ran', {});
  await until(() => delays.includes(30_000));

  delays.length = 0;
  choose('last-run');
  await until(() => delays.includes(5_000));
});

test('other panels receive the figures that the page shows', async () => {
  const { bus, choose, stream } = await page();
  const figures = [];
  bus.on('figures', (shown) => figures.push(shown.report.likes));
  stream.receiveReport(report());
  choose('last-run');

  assert.deepEqual(figures, [13, 12]);
});

test('a live report that cannot be read leaves the figures of the last run', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { stream } = await page();
  stream.receiveReport({ week: '2026-W48', through: 'k3f9-0-7' });

  assert.equal(text('likes'), '12');
  assert.match(text('state'), /\. Figures as of the last run, because the live report cannot be read$/);
});

test('a live report that cannot be read, and that arrives before the last run, changes nothing else', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { bus, service, stream } = await page();
  let answer = () => {};
  service.answer = () => new Promise((done) => (answer = () => done([200, reports()])));
  bus.emit('author', { author: 'bob' });
  await until(() => streams.at(-1) !== stream);
  streams.at(-1).receiveReport({ week: '2026-W48', through: 'k3f9-0-7' });

  answer();

  await until(() => text('likes') === '12');
  assert.match(text('state'), /, because the live report cannot be read$/);
});

test('without the gateway, the client library is missing, and the page names the reason', async () => {
  await page(undefined, 'no-such-client.js');
  await until(() => text('state').includes('Figures'));

  assert.match(text('state'), /\. Figures as of the last run, because the gateway at http:\/\/localhost:8082 does not answer$/);
});
