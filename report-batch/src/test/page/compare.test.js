import assert from 'node:assert/strict';
import test from 'node:test';
import { Bus } from '../../main/resources/page/bus.js';
import { ClockSkew } from '../../main/resources/page/clock-skew.js';
import { ComparePanel } from '../../main/resources/page/compare.js';
import { Session } from '../../main/resources/page/session.js';
import { Urls } from '../../main/resources/page/urls.js';
import { at, likeFrame, open, Service } from './browser.js';

const settings = { gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081' };
const text = (name) => at('compare', name).textContent;
const cells = (row) => [...at('compare', 'figures').children[row].children].slice(1).map((cell) => cell.textContent);

/** A connected page with a clock that the test moves. The likes in `polled` are the answer to the next poll. */
async function page(t) {
  const window = open();
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 27) });
  const polled = [];
  const service = new Service(() => [200, { frames: polled.splice(0), position: 'k3f9-0-9', more: false, recovered: true }]);
  const bus = new Bus();
  new ComparePanel(document.getElementById('compare'), bus, new Session(bus), new Urls(settings), new ClockSkew());
  bus.emit('author', { author: 'alice' });
  bus.emit('connection', { state: 'live' });
  bus.emit('frame', { frame: { kind: 'hello', position: 'k3f9-0-3', recovered: false }, at: Date.now(), bytes: 0, measured: true });
  const advance = async (ms) => {
    for (let passed = 0; passed < ms; passed += 500) {
      t.mock.timers.tick(500);
      for (let i = 0; i < 10; i++) await new Promise((done) => setImmediate(done));
    }
    bus.emit('tick', {});
  };
  const like = (delay = 4, position = 'k3f9-0-7') => {
    const frame = likeFrame({ id: `e-${Math.random()}`, loggedAt: Date.now() - delay, position });
    polled.push(frame);
    bus.emit('frame', { frame, at: Date.now(), bytes: 200, measured: true });
  };
  const report = (through, measured = true) => bus.emit('liveReport', { report: { through }, at: Date.now(), why: '', measured });
  const hide = (hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new window.Event('visibilitychange'));
  };
  return { advance, bus, hide, like, polled, report, service };
}

test('the same likes are counted for push and for poll', async (t) => {
  const { advance, bus, like, service } = await page(t);
  const seen = [];
  bus.on('polled', ({ eventIds }) => seen.push(...eventIds));
  like();
  like();
  await advance(3_500);

  assert.deepEqual(cells(0), ['2', '2', '0']);
  assert.deepEqual(cells(1), ['4 ms', '3 s', '–']);
  assert.equal(seen.length, 2);
  assert.equal(service.requests[0].url.searchParams.get('after'), 'k3f9-0-3');
  assert.match(text('verdict'), /^Polling every 3 s: 3 s late on average, 20 requests a minute, all with likes\. Push: 4 ms, no requests\.$/);
});

test('a hidden tab keeps its figures, and the gap is not measured', async (t) => {
  const { advance, hide, like, service } = await page(t);
  like();
  await advance(3_500);
  hide(true);
  const requests = service.requests.length;
  await advance(60_000);
  like();
  assert.equal(service.requests.length, requests, 'no polls while the tab is hidden');

  hide(false);
  await advance(3_500);

  assert.equal(service.requests.length, requests + 2, 'a poll catches up, and one is measured');
  assert.deepEqual(cells(0), ['1', '1', '0']);
  assert.deepEqual(cells(1), ['4 ms', '3 s', '–']);
  assert.equal(text('over'), '6.5 s', 'without the minute in which the tab was hidden');
});

test('while the visitor is offline, nothing is measured', async (t) => {
  const { advance, bus, like, polled, service } = await page(t);
  like();
  await advance(3_500);
  bus.emit('connection', { state: 'offline' });
  const requests = service.requests.length;
  await advance(10_000);
  assert.ok(service.requests.length > requests, 'the polling screen stays online');
  assert.deepEqual(cells(0), ['1', '1', '0']);
  assert.equal(text('verdict'), 'Measuring pauses while you are offline.');
  const missed = likeFrame({ id: 'e-missed', loggedAt: Date.now() - 5_000 });
  polled.push(missed);

  bus.emit('connection', { state: 'live' });
  bus.emit('frame', { frame: missed, at: Date.now(), bytes: 200, measured: false });
  await advance(3_500);

  assert.deepEqual(cells(0), ['1', '1', '0']);
});

test('while push is disconnected, the sentence names it', async (t) => {
  const { advance, bus, like } = await page(t);
  like();
  bus.emit('connection', { state: 'down' });
  await advance(3_500);

  assert.match(text('verdict'), / Push: disconnected now\.$/);
});

test('another interval starts again with empty figures', async (t) => {
  const { advance, like } = await page(t);
  like();
  await advance(3_500);
  const slider = at('compare', 'every');
  slider.value = '30';
  slider.dispatchEvent(new slider.ownerDocument.defaultView.Event('input'));
  slider.dispatchEvent(new slider.ownerDocument.defaultView.Event('change'));

  assert.deepEqual(cells(0), ['0', '0', '0']);
  assert.equal(text('verdict'), 'The first poll is in 30 s.');
  assert.deepEqual([...document.querySelectorAll('.poll-interval')].map((shown) => shown.textContent), ['30 s', '30 s']);
});

test('a poll that fails is named', async (t) => {
  const { advance } = await page(t);
  new Service(() => [503, { detail: 'stopping' }]);
  await advance(3_500);

  assert.match(text('notes'), /^A poll failed: 503: stopping\./);
});

test('the live report is measured by the likes that were pushed', async (t) => {
  const { advance, bus, like, report } = await page(t);
  like();
  like(4, 'k3f9-0-8');
  await advance(1_000);
  assert.deepEqual(cells(0), ['2', '0', '0'], 'no report includes them yet');

  bus.emit('reportTraffic', { bytes: 0, requests: 1 });
  bus.emit('reportTraffic', { bytes: 2_000, requests: 0 });
  report('k3f9-0-7');
  await advance(1_000);
  report('k3f9-0-9');
  await advance(28_000);

  assert.deepEqual(cells(0).at(2), '2');
  assert.deepEqual(cells(1).at(2), '1.5 s', 'after 1 s and after 2 s');
  assert.deepEqual(cells(2).at(2), '2 s');
  assert.deepEqual(cells(3).at(2), '2', 'one request in 30 s');
  assert.deepEqual(cells(5).at(2), '5.9 KB');
});

test('a report that arrives before the like is pushed has no negative delay', async (t) => {
  const { advance, like, report } = await page(t);
  report('k3f9-0-8');
  await advance(1_000);
  like();
  await advance(500);

  assert.deepEqual([cells(0).at(2), cells(1).at(2)], ['1', '0 ms']);
});

test('likes of a gap are not measured for the live report', async (t) => {
  const { advance, bus, hide, like, report } = await page(t);
  like();
  hide(true);
  like(4, 'k3f9-0-8');
  bus.emit('reportTraffic', { bytes: 2_000, requests: 1 });
  await advance(5_000);
  hide(false);
  await advance(500);
  report('k3f9-0-8');
  await advance(500);

  assert.deepEqual(cells(0).at(2), '0');
  assert.deepEqual(cells(5).at(2), '0 B');
});

test('the first report after a gap, and a report that is not of now, measure nothing', async (t) => {
  const { advance, bus, like, report } = await page(t);
  like();
  report('k3f9-0-7', false);
  like(4, 'k3f9-0-8');
  bus.emit('liveReport', { report: { through: 'k3f9-0-8' }, at: 0, why: 'Kafka does not answer', measured: true });
  await advance(500);

  assert.deepEqual(cells(0).at(2), '0');
});

test('likes before another interval, or of another log, are not measured for the live report', async (t) => {
  const { advance, bus, like, report } = await page(t);
  like();
  const slider = at('compare', 'every');
  slider.dispatchEvent(new slider.ownerDocument.defaultView.Event('change'));
  report('k3f9-0-7');
  await advance(500);
  assert.deepEqual(cells(0).at(2), '0');

  like(4, 'k3f9-0-8');
  bus.emit('frame', { frame: { kind: 'hello', position: 'n3w0-0-start', recovered: false }, at: Date.now(), bytes: 0, measured: true });
  like(4, 'n3w0-0-0');
  report('n3w0-0-0');
  await advance(500);
  assert.deepEqual(cells(0).at(2), '1');
});
