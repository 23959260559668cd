// Explains why the number of live likes differs from the number in the report, although both are right.

import { show } from './dom.js';
import { many, number } from './words.js';

const KEPT = 10_000;
const DRAW_MS = 1_000;

export class Told {
  #liked = []; // the times at which live likes were logged, in ms since the epoch
  #sums = 0; // the number of likes without a stored time: the likes in digests, and the oldest ones
  #report = null;

  constructor() {
    setInterval(() => this.#draw(), DRAW_MS); // not for each of thousands of likes
  }

  follow() {
    this.#liked = [];
    this.#sums = 0;
    this.#report = null;
  }

  onTold(frame) {
    if (frame.kind === 'like' && frame.event.type === 'liked') this.#liked.push(Date.parse(frame.loggedAt));
    if (this.#liked.length > KEPT) {
      this.#liked.shift();
      this.#sums++;
    }
    if (frame.kind === 'digest') this.#sums += frame.liked;
  }

  onReport(report) {
    this.#report = report;
    this.#draw();
  }

  #draw() {
    if (this.#report) show('why', explanation(this.#liked, this.#sums, this.#report));
  }
}

/**
 * Returns the explanation.
 *
 * @param {number[]} logged the times at which live likes were logged, in ms since the epoch
 * @param {number} sums the number of live likes without a stored time
 * @param {object} report the report of the current week
 */
export function explanation(logged, sums, { likes, events, precision, asOf }) {
  const told = logged.length + sums;
  const newer = asOf === null ? told : logged.filter((time) => time > Date.parse(asOf)).length;
  const live = `Push has told this page of ${many(told, 'like')} since it was opened`;
  const later = newer ? `, ${number(newer)} of them logged after the report’s last run: it cannot know of them yet.` : ', all of them logged before the report’s last run.';
  const repeats = events.liked - likes;
  const counted = precision.exact ? number(likes) : `about ${number(likes)}`;
  const why = repeats > 0
    ? `The report read ${many(events.liked, 'like')} this week and counts ${counted}: a person counts once per post and week, and ${precision.exact ? number(repeats) : 'the others'} were double clicks, retries, or likes taken back and given again.`
    : `The report read ${many(events.liked, 'like')} this week and counts all of them: nobody liked a post twice.`;
  return `${live}${told ? later : '.'} ${why} Both are right.`;
}
