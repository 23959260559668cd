import assert from 'node:assert/strict';
import test from 'node:test';
import { WeekFigures } from '../../main/resources/page/week-figures.js';

const AT = Date.UTC(2026, 10, 27, 17, 0, 3);
const stored = (week, through = 'k3f9-0-10') => ({ week, likes: 3, asOf: '2026-11-27T17:00:00Z', through });
const liveReport = (why = '', week = '2026-W48', through = 'k3f9-0-12') => ({ report: { week, likes: 5, asOf: null, through }, at: AT, why, measured: true });

/** Returns what a visitor sees of the week: its likes, its age, and why it is old. */
function seen(figures) {
  const report = figures.weeks.at(-1);
  return [report.likes, figures.age(report, AT), figures.staleness(report)];
}

function figures(live) {
  const all = new WeekFigures();
  all.stored = [stored('2026-W47'), stored('2026-W48')];
  if (live) all.live = live;
  return all;
}

test('the live report is in place of the stored report of its week', () => {
  const all = figures(liveReport());

  assert.deepEqual(all.weeks.map(({ week, likes }) => [week, likes]), [['2026-W47', 3], ['2026-W48', 5]]);
  assert.deepEqual(seen(all), [5, 'live', '']);
  assert.equal(all.isLive, true);
  assert.deepEqual([all.age(all.weeks[0], AT), all.staleness(all.weeks[0])], ['updated 3 s ago', '']);
});

test('as of the last run, the live report is not shown', () => {
  const all = figures(liveReport('Kafka does not answer'));
  all.wantsLive = false;

  assert.deepEqual(seen(all), [3, 'updated 3 s ago', '']);
  assert.equal(all.isLive, false);
});

test('figures of an interrupted live report have their time and the reason', () => {
  const all = figures(liveReport('Kafka does not answer'));

  assert.deepEqual(seen(all), [5, '', 'Figures as of 17:00:03 UTC, because Kafka does not answer']);
  assert.equal(all.isLive, false);
});

test('after an interruption, a later run has the figures', () => {
  const all = figures(liveReport('you are offline'));
  all.stored = [stored('2026-W48', 'k3f9-0-12')];

  assert.deepEqual(seen(all), [3, 'updated 3 s ago', 'Figures as of the last run, because you are offline']);

  all.live = liveReport();
  assert.deepEqual(seen(all), [5, 'live', ''], 'the live report is back');
});

test('without a live report, the figures are those of the last run', () => {
  assert.deepEqual(seen(figures()), [3, 'updated 3 s ago', '']);

  const refused = figures({ ...liveReport('report-batch refuses the live report (429 too many)'), report: null });
  assert.deepEqual(seen(refused), [3, 'updated 3 s ago', 'Figures as of the last run, because report-batch refuses the live report (429 too many)']);
});

test('the live report of a new week is shown as soon as that week is loaded', () => {
  const all = figures(liveReport('', '2026-W49'));
  assert.deepEqual(seen(all), [3, 'updated 3 s ago', '']);
  assert.equal(all.isLive, false);

  all.stored = [...all.stored, stored('2026-W49', null)];
  assert.deepEqual(seen(all), [5, 'live', '']);
});
