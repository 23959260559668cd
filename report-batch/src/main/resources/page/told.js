// Why what was told live and what the report counts are not the same figure: with the figures at hand, and both right.

import { show } from './dom.js';
import { many, number } from './words.js';

const KEPT = 10_000;
const DRAW_MS = 1_000;

export class Told {
  #liked = []; // when each like that was told live was logged
  #sums = 0; // likes told in sums, without a time
  #report = null;

  constructor() {
    setInterval(() => this.#draw(), DRAW_MS); // rather than for each of thousands
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
 * @param {number[]} logged when each like told live was, in ms since the epoch
 * @param {number} sums likes told in sums
 * @param {object} report of the current week
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
