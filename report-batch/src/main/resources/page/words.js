// Writes figures for people.

const NUMBER = new Intl.NumberFormat('en');
const PLURALS = new Intl.PluralRules('en');
const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** Returns a duration with a useful number of digits. @param {number} ms */
export function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 119_500) return `${Math.round(ms / 1_000)} s`;
  if (ms < 119.5 * 60_000) return `${Math.round(ms / 60_000)} minutes`;
  if (ms < 47.5 * 3_600_000) return `${Math.round(ms / 3_600_000)} hours`;
  return `${Math.round(ms / 86_400_000)} days`;
}

/** Returns a duration in whole seconds, or in a longer unit. @param {number} ms */
export function seconds(ms) {
  return duration(Math.max(1_000, Math.round(ms / 1_000) * 1_000));
}

/** Returns how long ago a time was. Both times are in ms since the epoch. @param {number} time @param {number} now */
export function ago(time, now) {
  return now - time < 500 ? 'just now' : `${seconds(now - time)} ago`;
}

/** Returns the time of day, in the time zone of this device. @param {number} time */
export function timeOfDay(time) {
  return CLOCK.format(time);
}

/** Returns the time of day in UTC, such as `17:00:03 UTC`. @param {number} time */
export function utcTime(time) {
  return `${new Date(time).toISOString().slice(11, 19)} UTC`;
}

/** @param {number} count */
export function bytes(count) {
  if (count < 1_000) return `${Math.round(count)} B`;
  if (count < 999_500) return `${(count / 1_000).toFixed(count < 9_950 ? 1 : 0)} KB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

/** @param {number} count */
export function number(count) {
  return NUMBER.format(count);
}

/** Returns a number with a noun, such as `1 like` or `2 likes`. @param {number} count @param {string} noun @param {string} [plural] */
export function many(count, noun, plural = `${noun}s`) {
  return `${number(count)} ${PLURALS.select(count) === 'one' ? noun : plural}`;
}

/**
 * Returns the text about likers who also liked in the week before.
 *
 * @param {number | null} returning null if the two weeks have different secrets
 * @param {number} likers
 */
export function returningFans(returning, likers) {
  if (returning === null) return 'How many came back from the week before is unknown.';
  if (returning === 0 || likers === 0) return '';
  return `${number(returning)} came back from the week before (${Math.round((returning / likers) * 100)} %)`;
}

/** Returns the name of a week, such as `Week 48` for `2026-W48`. @param {string} week */
export function weekName(week) {
  return `Week ${Number(week.split('-W')[1])}`;
}

/**
 * Returns a week's name, whether its figures can still change, how often they were corrected, and their error.
 *
 * @param {Pick<import('./bus.js').Report, 'week' | 'status' | 'revision' | 'precision'>} report
 */
export function weekState({ week, status, revision, precision }) {
  const corrected = revision > 1 ? `, corrected ${revision === 2 ? 'once' : many(revision - 1, 'time')}` : '';
  const error = precision.exact ? '' : `, to within ${(precision.relativeError * 100).toFixed(1)} %`;
  return `${weekName(week)}, ${status === 'open' ? 'still counting' : 'final'}${corrected}${error}`;
}
