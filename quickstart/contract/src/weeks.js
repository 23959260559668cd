// ISO weeks such as 2026-W47, in UTC.

const DAY = 86_400_000;
const WEEK = 7 * DAY;

/** Returns the week in which an instant lies. */
export function weekOf(millis) {
  const date = new Date(millis);
  const thursday = new Date(Math.floor(millis / DAY) * DAY + (4 - (date.getUTCDay() || 7)) * DAY);
  const year = thursday.getUTCFullYear();
  const number = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / WEEK);
  return `${String(year).padStart(4, '0')}-W${String(number).padStart(2, '0')}`;
}

/** Returns the Monday of a week in milliseconds since 1970. The week may also be `current` or `previous`. */
export function mondayOf(week, now) {
  if (week === 'current') return mondayOf(weekOf(now), now);
  if (week === 'previous') return mondayOf('current', now) - WEEK;
  const fourth = Date.UTC(Number(week.slice(0, 4)), 0, 4); // 4 January is always in the first week
  const monday = fourth - ((new Date(fourth).getUTCDay() || 7) - 1) * DAY;
  return monday + (Number(week.slice(6)) - 1) * WEEK;
}

/** Returns the week that is `weeks` weeks later, or earlier if the number is negative. */
export const plusWeeks = (week, weeks, now) => weekOf(mondayOf(week, now) + weeks * WEEK);

/** Returns whether the year has a week 53. */
export const isLong = (year) => weekOf(Date.UTC(year, 11, 28)).endsWith('W53');
