// Explains why the number of live likes differs from the number in the report, although both are right.

import { show, target } from './dom.js';
import { parsePosition } from './position.js';
import { many, number } from './words.js';

/** @typedef {import('./bus.js').Report} Report */

const NO_LIKES = 'Nothing to compare yet. Like a post twice: the live list will show 2 likes, and the report will count 1.';

/** The likes of the live stream, and which of them a report includes. */
export class LiveSums {
  #older = 0; // likes of digests, likes that the last report includes, and likes of another log
  #partition = '';
  /** The offsets of the other likes, in ascending order. Reports remove offsets, so their number does not grow. @type {number[]} */
  #offsets = [];

  /** @param {import('./bus.js').Frame} frame */
  add(frame) {
    if (frame.kind === 'digest') this.#older += frame.liked;
    if (frame.kind !== 'like' || frame.event.type !== 'liked') return;
    const { partition, offset } = parsePosition(frame.position);
    if (partition !== this.#partition) this.#forget(this.#offsets.length);
    this.#partition = partition;
    this.#offsets.push(offset);
  }

  get total() {
    return this.#older + this.#offsets.length;
  }

  /** Returns the number of likes that a report does not include. @param {string | null} through null before the first run */
  after(through) {
    if (through === null) return this.total;
    const { partition, offset } = parsePosition(through);
    const newer = this.#offsets.findIndex((other) => other > offset);
    if (partition === this.#partition) this.#forget(newer < 0 ? this.#offsets.length : newer);
    return this.#offsets.length;
  }

  /** @param {number} likes */
  #forget(likes) {
    this.#older += likes;
    this.#offsets.splice(0, likes);
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
    bus.on('figures', ({ report }) => {
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
 * @param {Pick<Report, 'likes' | 'events' | 'precision' | 'through'>} report the report of the current week
 */
export function explain(live, { likes, events, precision, through }) {
  const newer = live.after(through);
  const { total } = live;
  if (!total && !events.liked) return NO_LIKES;
  const later = newer ? `, of which ${number(newer)} ${newer === 1 ? 'is' : 'are'} not in the report yet` : '';
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
