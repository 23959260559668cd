import assert from 'node:assert/strict';
import test from 'node:test';
import { column, Comparison, HEAD_BYTES, verdict, WINDOW_MS } from '../../main/resources/page/comparison.js';
import { columns } from '../../main/resources/page/plot.js';

const START = Date.UTC(2026, 10, 25);
const like = (logged, bytes = 200) => ({ likes: 1, logged: [logged], bytes });
const empty = { likes: 0, logged: [], bytes: 70 };

/**
 * Returns a comparison with one like per second for the given seconds. Each like is pushed after 4 ms, and polled every
 * `every` seconds.
 */
function measured(seconds, every) {
  const comparison = new Comparison(START);
  let unpolled = [];
  for (let second = 1; second <= seconds; second++) {
    const logged = START + second * 1_000 - 500;
    comparison.pushed(logged + 4, like(logged));
    unpolled.push(logged);
    if (second % every === 0) {
      comparison.polled(START + second * 1_000, { likes: unpolled.length, logged: unpolled, bytes: 200 * unpolled.length });
      unpolled = [];
    }
  }
  return comparison;
}

test('push and poll have an average and a maximum delay', () => {
  const { push, poll } = measured(60, 10).figures(START + 60_000);

  assert.deepEqual([push.likes, push.average, push.most, push.requestsPerMinute], [60, 4, 4, 0]);
  assert.deepEqual([poll.likes, poll.average, poll.most, poll.requestsPerMinute, poll.emptyPerMinute], [60, 5_000, 9_500, 6, 0]);
});

test('bytes include the content, and for polls also the HTTP heads', () => {
  const { push, poll } = measured(60, 10).figures(START + 60_000);

  assert.equal(push.bytesPerMinute, 60 * 200);
  assert.equal(poll.bytesPerMinute, 60 * 200 + 6 * HEAD_BYTES);
});

test('the rate of polls does not decrease between two polls', () => {
  const comparison = new Comparison(START);
  comparison.polled(START + 10_000, empty);

  assert.equal(comparison.figures(START + 19_999).poll.requestsPerMinute, 6);
});

test('likes that are older than the window are removed', () => {
  const comparison = measured(10, 10);
  const later = START + WINDOW_MS + 60_000;
  comparison.pushed(later, like(later - 7));

  const { over, push, poll } = comparison.figures(later);

  assert.equal(over, WINDOW_MS);
  assert.deepEqual([push.likes, push.average, poll.likes, poll.average], [1, 7, 0, null]);
  assert.deepEqual(comparison.points(later), { push: [{ at: later - 7, late: 7 }], poll: [] });
});

test('100,000 likes in one second give one point', () => {
  const comparison = new Comparison(START);
  for (let i = 0; i < 100_000; i++) comparison.pushed(START + 1_000, like(START + 990 + (i % 10)));

  assert.deepEqual(comparison.points(START + 1_000).push, [{ at: START + 990, late: 10 }]);
  assert.equal(comparison.figures(START + 1_000).push.likes, 100_000);
});

test('a digest adds likes, but no delay', () => {
  const comparison = new Comparison(START);
  comparison.pushed(START + 5_000, { likes: 1_000, logged: [], bytes: 150 });
  comparison.polled(START + 10_000, { likes: 2, logged: [START + 1_000, START + 9_000], bytes: 400 });

  const figures = comparison.figures(START + 10_000);

  assert.deepEqual(column(figures.push), ['1,000', '–', '–', '0', '0', '900 B']);
  assert.match(verdict(figures, 10), /Push told you in sums: of 1,000 likes\.$/);
});

test('a long poll counts as push with requests', () => {
  const comparison = new Comparison(START);
  comparison.asked(START + 25_000, { bytes: 70, empty: true });
  comparison.asked(START + 30_000, { bytes: 270, empty: false });

  const { push } = comparison.figures(START + 60_000);

  assert.deepEqual([push.requestsPerMinute, push.emptyPerMinute, push.bytesPerMinute], [2, 1, 340 + 2 * HEAD_BYTES]);
});

test('the verdict contains the figures', () => {
  const comparison = new Comparison(START);
  comparison.pushed(START + 4_004, like(START + 4_000));
  for (let second = 10; second <= 60; second += 10) comparison.polled(START + second * 1_000, second === 10 ? like(START + 4_900) : empty);

  assert.equal(
    verdict(comparison.figures(START + 60_000), 10),
    'Polling every 10 s told you 5.1 s late on average and cost 6 requests a minute, 5 of them empty. Push told you in 4 ms.',
  );
});

test('the verdict without measured likes names no delay', () => {
  const comparison = new Comparison(START);
  assert.equal(verdict(comparison.figures(START), 30), 'The first poll comes 30 s after the start.');
  comparison.polled(START + 30_000, empty);
  assert.equal(
    verdict(comparison.figures(START + 30_000), 30),
    'Nobody liked anything. Polling every 30 s cost 2 requests a minute, all of them empty. Push had nothing to say, and said nothing.',
  );
  comparison.pushed(START + 31_000, like(START + 30_990));
  assert.equal(
    verdict(comparison.figures(START + 31_000), 30),
    'Polling every 30 s told you of nothing yet and cost 2 requests a minute, all of them empty. Push told you in 10 ms.',
  );
});

test('the plot has one column for push and one for poll, ordered by time, with a minimum of 1 ms', () => {
  assert.deepEqual(columns({ push: [{ at: 2_000, late: 0 }], poll: [{ at: 1_000, late: 9_000 }] }), [[1, 2], [null, 1], [9_000, null]]);
});
