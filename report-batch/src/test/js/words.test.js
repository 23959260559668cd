import assert from 'node:assert/strict';
import test from 'node:test';
import { Clock } from '../../main/resources/page/clock.js';
import { explanation } from '../../main/resources/page/told.js';
import { age, bytes, duration, many, returning } from '../../main/resources/page/words.js';

test('a longer duration has a larger unit', () => {
  const said = [0.4, 999, 1_000, 5_149, 9_949, 9_950, 61_000, 119_499, 119_500, 3_600_000, 7_200_000, 172_800_000].map(duration);
  assert.deepEqual(said, ['0 ms', '999 ms', '1 s', '5.1 s', '9.9 s', '10 s', '61 s', '119 s', '2 minutes', '60 minutes', '2 hours', '2 days']);
});

test('an age is in whole seconds, then in minutes, and never negative', () => {
  const now = Date.UTC(2026, 10, 25);
  assert.deepEqual([-5_000, 1_200, 60_000, 180_000].map((ms) => age(now - ms, now)), ['0 seconds old', '1 second old', '60 seconds old', '3 minutes old']);
});

test('bytes and numbers have a unit', () => {
  assert.deepEqual([70, 1_234, 99_499, 1_500_000].map(bytes), ['70 B', '1.2 KB', '99 KB', '1.5 MB']);
  assert.deepEqual([0, 1, 1_000].map((n) => many(n, 'like')), ['0 likes', '1 like', '1,000 likes']);
});

test('an unknown number of returning fans is a dash', () => {
  assert.deepEqual([1_234, 0, null].map(returning), ['1,234 of them returning fans', '0 of them returning fans', '– of them returning fans']);
});

test('if the clocks may agree, no difference is assumed', () => {
  const clock = new Clock();
  clock.arrived(1_000, 1_004);
  clock.sent(900, 1_000);
  assert.deepEqual([clock.ahead, clock.local(1_000), clock.warning], [0, 1_000, null]);
});

test('a like that arrives before it was logged shows that the clock is slow', () => {
  const clock = new Clock();
  clock.arrived(10_000, 7_600);
  clock.arrived(20_000, 17_500);
  assert.equal(clock.local(20_000), 17_500);
  assert.match(clock.warning, /^This device’s clock is 2\.5 s behind Kafka’s/);
});

test('a like that was logged before it was sent shows that the clock is fast', () => {
  const clock = new Clock();
  clock.arrived(10_000, 40_005);
  clock.sent(40_001, 10_002);
  assert.equal(clock.ahead, 29_999);
  assert.match(clock.warning, /^This device’s clock is 30\.0 s ahead of Kafka’s/);
});

const AS_OF = '2026-11-25T10:00:00Z';
const report = (likes, liked, exact = true, asOf = AS_OF) => ({ likes, events: { liked }, precision: { exact }, asOf });

test('the explanation of a difference between push and report contains the figures', () => {
  const before = Date.parse(AS_OF) - 1;
  assert.equal(
    explanation([before, Date.parse(AS_OF) + 1], 10, report(12, 14)),
    'Push has told this page of 12 likes since it was opened, 1 of them logged after the report’s last run: it cannot know of them yet. ' +
      'The report read 14 likes this week and counts 12: a person counts once per post and week, and 2 were double clicks, retries, or likes taken back and given again. Both are right.',
  );
});

test('the explanation also covers equal figures', () => {
  assert.match(explanation([], 0, report(0, 0)), /^Push has told this page of 0 likes since it was opened\. The report read 0 likes this week and counts all of them/);
});

test('before the first run, all likes are logged after the report', () => {
  assert.match(explanation([1], 2, report(0, 0, true, null)), /3 likes since it was opened, 3 of them logged after/);
});

test('an estimate is marked as an estimate', () => {
  assert.match(explanation([], 0, report(20_000, 30_000, false)), /counts about 20,000: .*, and the others were double clicks/);
});
