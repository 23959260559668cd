import assert from 'node:assert/strict';
import test from 'node:test';
import { explain, LiveSums } from '../../main/resources/page/explanation.js';

const AS_OF = '2026-11-25T10:00:00Z';
const report = (likes, liked, exact = true, asOf = AS_OF) => ({ likes, events: { liked }, precision: { exact }, asOf });

/** Returns the sums of likes that were logged at these times, relative to the report, in ms. */
function live(...times) {
  const sums = new LiveSums();
  for (const ms of times) {
    sums.add({ kind: 'like', loggedAt: new Date(Date.parse(AS_OF) + ms).toISOString(), event: { type: 'liked' } });
  }
  return sums;
}

test('the explanation of a difference between live list and report contains the figures', () => {
  const sums = live(-1, 1);
  sums.add({ kind: 'digest', liked: 10 });
  sums.add({ kind: 'like', loggedAt: AS_OF, event: { type: 'unliked' } });
  assert.equal(
    explain(sums, report(12, 14)),
    'The live list has 12 likes since you opened this page, of which 1 was logged after the report’s last run. ' +
      'The report read 14 likes of this week and counts 12, because a person counts once per post and week. ' +
      'The other 2 likes were from people who had liked the same post before. Both figures are right.',
  );
});

test('without likes, the explanation gives a way to see a difference', () => {
  assert.match(explain(live(), report(0, 0)), /^Nothing to compare yet\./);
});

test('the explanation also covers equal figures, and one like', () => {
  assert.match(explain(live(-1), report(1, 1)), /^The live list has 1 like .*\. The report read 1 like of this week and counts all of them/);
  assert.match(explain(live(-1), report(1, 2)), /The other like was from a person who/);
});

test('before the first run, all likes are logged after the report', () => {
  assert.match(explain(live(1, 2, 3), report(0, 0, true, null)), /3 likes since you opened this page, of which 3 were logged after/);
});

test('an estimate is marked as an estimate', () => {
  assert.match(explain(live(), report(20_000, 30_000, false)), /counts about 20,000, .*\. The others were from people/);
});

test('likes of an earlier report stay in the total', () => {
  const sums = live(-5_000, 5_000);
  assert.equal(sums.after(AS_OF), 1);
  assert.equal(sums.after('2026-11-25T10:01:00Z'), 0);
  assert.equal(sums.total, 2);
});
