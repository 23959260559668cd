import assert from 'node:assert/strict';
import test from 'node:test';
import { ago, bytes, duration, many, returningFans, seconds, utcTime, weekName, weekState } from '../../main/resources/page/words.js';

test('a longer duration has a larger unit', () => {
  const texts = [0.4, 999, 1_000, 5_149, 9_949, 9_950, 61_000, 119_499, 119_500, 3_600_000, 7_200_000, 172_800_000].map(duration);
  assert.deepEqual(texts, ['0 ms', '999 ms', '1 s', '5.1 s', '9.9 s', '10 s', '61 s', '119 s', '2 minutes', '60 minutes', '2 hours', '2 days']);
});

test('an age is in whole seconds, then in minutes, and never negative', () => {
  const now = Date.UTC(2026, 10, 25);
  assert.deepEqual([-5_000, 1_200, 60_000, 180_000].map((ms) => ago(now - ms, now)), ['just now', '1 s ago', '60 s ago', '3 minutes ago']);
  assert.deepEqual([10, 1_499, 26_400].map(seconds), ['1 s', '1 s', '26 s']);
});

test('bytes and numbers have a unit', () => {
  assert.deepEqual([70, 1_234, 99_499, 1_500_000].map(bytes), ['70 B', '1.2 KB', '99 KB', '1.5 MB']);
  assert.deepEqual([0, 1, 1_000].map((n) => many(n, 'like')), ['0 likes', '1 like', '1,000 likes']);
  assert.equal(many(2, 'person', 'people'), '2 people');
});

test('returning fans have a share; without them there is no text, and an unknown number is named as unknown', () => {
  assert.equal(returningFans(108, 189), '108 came back from the week before (57 %)');
  assert.equal(returningFans(0, 9), '');
  assert.match(returningFans(null, 9), /unknown/);
});

test('a time of day can be in UTC', () => {
  assert.equal(utcTime(Date.UTC(2026, 10, 27, 7, 0, 3)), '07:00:03 UTC');
});

test('a week has a name, a status, its corrections and its error', () => {
  assert.equal(weekName('2026-W05'), 'Week 5');
  const exact = { exact: true, relativeError: 0 };
  const states = [['open', 1], ['sealed', 1], ['sealed', 2], ['sealed', 4]].map(([status, revision]) => weekState({ week: '2026-W05', status, revision, precision: exact }));
  assert.deepEqual(states, ['Week 5, still counting', 'Week 5, final', 'Week 5, final, corrected once', 'Week 5, final, corrected 3 times']);
  const estimated = weekState({ week: '2026-W05', status: 'open', revision: 1, precision: { exact: false, relativeError: 0.0123 } });
  assert.equal(estimated, 'Week 5, still counting, to within 1.2 %');
});
