import assert from 'node:assert/strict';
import test from 'node:test';
import { explain, LiveSums } from '../../main/resources/page/explanation.js';

const THROUGH = 'k3f9-0-100';
const report = (likes, liked, exact = true, through = THROUGH) => ({ likes, events: { liked }, precision: { exact }, through });
const liked = (position, type = 'liked') => ({ kind: 'like', position, event: { type } });

/** Returns the sums of likes at these offsets. */
function live(...offsets) {
  const sums = new LiveSums();
  for (const offset of offsets) sums.add(liked(`k3f9-0-${offset}`));
  return sums;
}

test('the explanation of a difference between live list and report contains the figures', () => {
  const sums = live(99, 101);
  sums.add({ kind: 'digest', liked: 10 });
  sums.add(liked('k3f9-0-102', 'unliked'));
  assert.equal(
    explain(sums, report(12, 14)),
    'The live list has 12 likes since you opened this page, of which 1 is not in the report yet. ' +
      'The report read 14 likes of this week and counts 12, because a person counts once per post and week. ' +
      'The other 2 likes were from people who had liked the same post before. Both figures are right.',
  );
});

test('without likes, the explanation gives a way to see a difference', () => {
  assert.match(explain(live(), report(0, 0)), /^Nothing to compare yet\./);
});

test('the explanation also covers equal figures, and one like', () => {
  assert.match(explain(live(99), report(1, 1)), /^The live list has 1 like .*\. The report read 1 like of this week and counts all of them/);
  assert.match(explain(live(99), report(1, 2)), /The other like was from a person who/);
});

test('before the first run, the report includes no like', () => {
  assert.match(explain(live(1, 2, 3), report(0, 0, true, null)), /3 likes since you opened this page, of which 3 are not in the report yet/);
});

test('an estimate is marked as an estimate', () => {
  assert.match(explain(live(), report(20_000, 30_000, false)), /counts about 20,000, .*\. The others were from people/);
});

test('likes of an earlier report stay in the total', () => {
  const sums = live(99, 100, 101);
  assert.equal(sums.after(THROUGH), 1);
  assert.equal(sums.after('k3f9-0-101'), 0);
  assert.equal(sums.total, 3);
});

test('a report of another log includes no like', () => {
  const sums = live(99);
  assert.equal(sums.after('n3w0-0-500'), 1);

  sums.add(liked('n3w0-0-51'));

  assert.equal(sums.after('n3w0-0-50'), 1, 'likes of the old log are not named');
  assert.equal(sums.total, 2);
});
