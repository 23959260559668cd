// Explains why the number of live likes differs from the number in the report, although both are right.

import { show, target } from './dom.js';
import { many, number } from './words.js';

/** @typedef {import('./bus.js').Report} Report */

const NO_LIKES = 'Nothing to compare yet. Like a post twice: the live list will show 2 likes, and the report will count 1.';

/** The likes of the live stream, as sums by the time at which they were logged. */
export class LiveSums {
  #older = 0; // logged at an unknown time, or before the last report
  /** In ms since the epoch. Reports remove times, so their number does not grow. @type {Map<number, number>} */
  #times = new Map();

  /** @param {import('./bus.js').Frame} frame */
  add(frame) {
    if (frame.kind === 'digest') this.#older += frame.liked;
    if (frame.kind !== 'like' || frame.event.type !== 'liked') return;
    const logged = Date.parse(frame.loggedAt);
    this.#times.set(logged, (this.#times.get(logged) ?? 0) + 1);
  }

  get total() {
    return [...this.#times.values()].reduce((sum, likes) => sum + likes, this.#older);
  }

  /** Returns the number of likes that were logged after a report. @param {string | null} asOf null before the first run */
  after(asOf) {
    if (asOf === null) return this.total;
    let newer = 0;
    for (const [logged, likes] of this.#times) {
      if (logged >= Date.parse(asOf)) newer += likes;
      else {
        this.#older += likes;
        this.#times.delete(logged);
      }
    }
    return newer;
  }
}

export class ExplanationPanel {
  #text;
  #live = new LiveSums();
  /** @type {Report | null} */
  #report = null;

  /** @param {HTMLElement} root @param {import('./bus.js').Bus} bus */
  constructor(root, bus) {
    this.#text = target(root, 'explanation');
    bus.on('author', () => {
      this.#live = new LiveSums();
      this.#report = null;
      show(this.#text, NO_LIKES);
    });
    bus.on('frame', ({ frame }) => this.#live.add(frame));
    bus.on('report', ({ report }) => {
      this.#report = report;
      this.#draw();
    });
    bus.on('tick', () => this.#draw()); // not for each of thousands of likes
  }

  #draw() {
    if (this.#report) show(this.#text, explain(this.#live, this.#report));
  }
}

/**
 * Returns the explanation.
 *
 * @param {LiveSums} live
 * @param {Pick<Report, 'likes' | 'events' | 'precision' | 'asOf'>} report the report of the current week
 */
export function explain(live, { likes, events, precision, asOf }) {
  const newer = live.after(asOf);
  const { total } = live;
  if (!total && !events.liked) return NO_LIKES;
  const later = newer ? `, of which ${number(newer)} ${newer === 1 ? 'was' : 'were'} logged after the report’s last run` : '';
  const repeats = events.liked - likes;
  const counted = precision.exact ? number(likes) : `about ${number(likes)}`;
  const read = `The report read ${many(events.liked, 'like')} of this week and counts`;
  const why = repeats > 0
    ? `${read} ${counted}, because a person counts once per post and week. ${repeatSentence(repeats, precision.exact)}`
    : `${read} all of them, because each is of another person or another post.`;
  return `The live list has ${many(total, 'like')} since you opened this page${later}. ${why} Both figures are right.`;
}

/** @param {number} repeats at least 1 @param {boolean} exact */
function repeatSentence(repeats, exact) {
  if (!exact) return 'The others were from people who had liked the same post before.';
  if (repeats === 1) return 'The other like was from a person who had liked the same post before.';
  return `The other ${number(repeats)} likes were from people who had liked the same post before.`;
}
