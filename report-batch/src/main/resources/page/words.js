// Writes figures for people.

/** Returns a duration with a useful number of digits. */
export function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 119_500) return `${Math.round(ms / 1_000)} s`;
  if (ms < 119.5 * 60_000) return `${Math.round(ms / 60_000)} minutes`;
  if (ms < 47.5 * 3_600_000) return `${Math.round(ms / 3_600_000)} hours`;
  return `${Math.round(ms / 86_400_000)} days`;
}

/** Returns the age of a time. Both times are in ms since the epoch. */
export function age(time, now) {
  const ms = Math.max(0, now - time);
  return ms < 119_500 ? `${many(Math.round(ms / 1_000), 'second')} old` : `${duration(ms)} old`;
}

export function bytes(count) {
  if (count < 1_000) return `${Math.round(count)} B`;
  if (count < 999_500) return `${(count / 1_000).toFixed(count < 9_950 ? 1 : 0)} KB`;
  return `${(count / 1_000_000).toFixed(1)} MB`;
}

export function number(count) {
  return count.toLocaleString('en');
}

/** Returns the text about likers who also liked in the week before; `likers` is null if the two weeks have different secrets. */
export function returning(likers) {
  return `${likers === null ? '–' : number(likers)} of them returning fans`;
}

/** Returns a number with a noun, such as `1 like` or `2 likes`. The plural of the noun must be regular. */
export function many(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
