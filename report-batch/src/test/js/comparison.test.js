import assert from 'node:assert/strict';
import test from 'node:test';
import { Comparison, HEAD_BYTES, WINDOW_MS } from '../../main/resources/page/comparison.js';
import { plotSeries } from '../../main/resources/page/plot.js';
import { tableColumn, verdict } from '../../main/resources/page/verdict.js';

const START = Date.UTC(2026, 10, 25);
const delays = (at, ...logged) => logged.map((time) => ({ logged: time, late: at - time }));
const like = (at, logged, bytes = 200) => ({ likes: 1, delays: delays(at, logged), bytes });
const empty = { likes: 0, delays: [], bytes: 70 };
const live = { every: 10, nextPollMs: 7_400, connected: true };

/**
 * Returns a comparison with one like per second for the given seconds. Each like is pushed after 4 ms, and polled every
 * `every` seconds.
 */
function measured(seconds, every) {
  const comparison = new Comparison(START);
  let unpolled = [];
  for (let second = 1; second <= seconds; second++) {
    const logged = START + second * 1_000 - 500;
    comparison.recordPush(logged + 4, like(logged + 4, logged));
    unpolled.push(logged);
    if (second % every === 0) {
      const at = START + second * 1_000;
      comparison.recordPoll(at, { likes: unpolled.length, delays: delays(at, ...unpolled), bytes: 200 * unpolled.length });
      unpolled = [];
    }
  }
  return comparison;
}

test('push and poll have an average and a maximum delay', () => {
  const { push, poll } = measured(60, 10).figures(START + 60_000);

  assert.deepEqual([push.likes, push.average, push.max, push.requestsPerMinute], [60, 4, 4, 0]);
  assert.deepEqual([poll.likes, poll.average, poll.max, poll.requestsPerMinute, poll.emptyPerMinute], [60, 5_000, 9_500, 6, 0]);
});

test('bytes include the content, and for polls also the HTTP heads', () => {
  const { push, poll } = measured(60, 10).figures(START + 60_000);

  assert.equal(push.bytesPerMinute, 60 * 200);
  assert.equal(poll.bytesPerMinute, 60 * 200 + 6 * HEAD_BYTES);
});

test('the rate of polls does not decrease between two polls', () => {
  const comparison = new Comparison(START);
  comparison.recordPoll(START + 10_000, empty);

  assert.equal(comparison.figures(START + 19_999).poll.requestsPerMinute, 6);
});

test('likes that are older than the window are removed', () => {
  const comparison = measured(10, 10);
  const later = START + WINDOW_MS + 60_000;
  comparison.recordPush(later, like(later, later - 7));

  const { over, push, poll } = comparison.figures(later);

  assert.equal(over, WINDOW_MS);
  assert.deepEqual([push.likes, push.average, poll.likes, poll.average], [1, 7, 0, null]);
  assert.deepEqual(comparison.points(later), { push: [{ at: later - 7, late: 7 }], poll: [], report: [] });
});

test('100,000 likes in one second give one point', () => {
  const comparison = new Comparison(START);
  for (let i = 0; i < 100_000; i++) comparison.recordPush(START + 1_000, like(START + 1_000, START + 990 + (i % 10)));

  assert.deepEqual(comparison.points(START + 1_000).push, [{ at: START + 990, late: 10 }]);
  assert.equal(comparison.figures(START + 1_000).push.likes, 100_000);
});

test('a digest adds likes, but no delay', () => {
  const comparison = new Comparison(START);
  comparison.recordPush(START + 5_000, { likes: 1_000, delays: [], bytes: 150 });
  comparison.recordPoll(START + 10_000, { likes: 2, delays: delays(START + 10_000, START + 1_000, START + 9_000), bytes: 400 });

  const figures = comparison.figures(START + 10_000);

  assert.deepEqual(tableColumn(figures.push), ['1,000', '–', '–', '0', '0', '900 B']);
  assert.match(verdict(figures, live), /Push: 1,000 likes in summaries, no requests\.$/);
});

test('a long poll counts as push with requests', () => {
  const comparison = new Comparison(START);
  comparison.recordRequest(START + 25_000, { bytes: 70, empty: true });
  comparison.recordRequest(START + 30_000, { bytes: 270, empty: false });

  const { push } = comparison.figures(START + 60_000);

  assert.deepEqual([push.requestsPerMinute, push.emptyPerMinute, push.bytesPerMinute], [2, 1, 340 + 2 * HEAD_BYTES]);
});

test('the verdict contains the figures', () => {
  const comparison = new Comparison(START);
  comparison.recordPush(START + 4_004, like(START + 4_004, START + 4_000));
  for (let second = 10; second <= 40; second += 10) {
    comparison.recordPoll(START + second * 1_000, second === 10 ? like(START + 10_000, START + 4_900) : empty);
  }

  const figures = comparison.figures(START + 40_000);

  assert.equal(
    verdict(figures, live),
    'Polling every 10 s: 5.1 s late on average, 6 requests a minute, 75 % for nothing. Push: 4 ms, no requests.',
  );
  assert.match(verdict(figures, { ...live, connected: false }), / Push: disconnected now\.$/);
});

test('a poll with several answers is one poll', () => {
  const comparison = new Comparison(START);
  const at = START + 10_000;
  comparison.recordPoll(at, { likes: 1_000, delays: delays(at, START + 9_000), bytes: 90_000 });
  comparison.recordPoll(at, { likes: 500, delays: delays(at, START + 9_000), bytes: 45_000 }, true);
  comparison.recordPoll(at, empty, true);

  const figures = comparison.figures(at);

  assert.equal(figures.poll.emptyPerMinute, 0);
  assert.match(verdict(figures, live), /6 polls a minute \(18 requests\), all with likes/);
});

test('the verdict without measured likes names no delay', () => {
  const comparison = new Comparison(START);
  assert.equal(verdict(comparison.figures(START), live), 'The first poll is in 8 s.');
  comparison.recordPoll(START + 30_000, empty);
  const nothing = 'Polling every 10 s: 2 requests a minute, all for nothing.';
  assert.equal(verdict(comparison.figures(START + 30_000), live), `${nothing} Push: no likes, so nothing was sent.`);
  assert.equal(verdict(comparison.figures(START + 30_000), { ...live, connected: false }), `${nothing} Push: disconnected now.`);
  comparison.recordPush(START + 31_000, like(START + 31_000, START + 30_990));
  assert.equal(
    verdict(comparison.figures(START + 31_000), live),
    'Polling every 10 s: no like yet, 2 requests a minute, all for nothing. Push: 10 ms, no requests.',
  );
});

test('a pause leaves a gap, and keeps the figures before it', () => {
  const comparison = measured(60, 10);
  const gap = 4 * 60_000;
  comparison.pause(START + 60_000);
  comparison.recordPush(START + 100_000, like(START + 100_000, START + 99_000));
  comparison.recordPoll(START + 100_000, empty);
  assert.deepEqual(comparison.figures(START + 100_000), comparison.figures(START + 60_000), 'the clock stands still');
  comparison.resume(START + 60_000 + gap);
  const at = START + 70_000 + gap;
  comparison.recordPoll(at, like(at, at - 8_000));

  const { over, since, push, poll } = comparison.figures(at);

  assert.deepEqual([over, since], [70_000, START]);
  assert.deepEqual([push.likes, push.average, poll.likes, poll.requestsPerMinute], [60, 4, 61, 6]);
  assert.equal(comparison.points(at).poll.at(-1).at, at - 8_000, 'a point has the time of the clock');
});

test('the window has five measured minutes', () => {
  const comparison = measured(60, 10);
  comparison.pause(START + 60_000);
  comparison.resume(START + 120_000);

  const { over, since } = comparison.figures(START + WINDOW_MS + 90_000);

  assert.deepEqual([over, since], [WINDOW_MS, START + 30_000]);
});

test('the live report costs its bytes, and one request for each connection', () => {
  const comparison = new Comparison(START);
  comparison.recordReport(START + 1_000, { likes: 0, delays: [], bytes: 0 }, 1);
  comparison.recordReport(START + 1_000, { likes: 0, delays: [], bytes: 2_000 });
  comparison.recordReport(START + 2_000, { ...like(START + 2_000, START + 1_500), bytes: 0 });

  const { report } = comparison.figures(START + 30_000);

  assert.deepEqual([report.likes, report.average, report.requestsPerMinute, report.bytesPerMinute], [1, 500, 2, 2 * (2_000 + HEAD_BYTES)]);
});

test('the plot has one column for each method, ordered by time, with a minimum of 1 ms', () => {
  const points = { push: [{ at: 2_000, late: 0 }], poll: [{ at: 1_000, late: 9_000 }], report: [{ at: 1_500, late: 700 }] };

  assert.deepEqual(plotSeries(points), [[1, 1.5, 2], [null, null, 1], [9_000, null, null], [null, 700, null]]);
});
