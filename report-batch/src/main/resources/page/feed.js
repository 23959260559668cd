// The latest lines of a feed. They are drawn once per animation frame, whatever their number.

import { element } from './dom.js';
import { duration, many } from './words.js';

const LENGTH = 50;
const SECOND_MS = 1_000;
const MAX_SINGLE = 5; // likes a second; if there are more, a line has all likes of a post
const FOLD_MS = 5_000;

/** @typedef {{liker: string, post: string, liked: boolean, at: number, late: number}} FeedLike times are in ms */

export class Feed {
  #list;
  /** @type {Line[]} */
  #waiting = []; // the lines to draw, oldest first
  #isScheduled = false;
  /** @type {number[]} */
  #recent = []; // the times of the last likes
  /** @type {Map<string, {line: Line, since: number, likers: Set<string>, first: string}>} */
  #folded = new Map(); // by post: the line that has its likes of the last seconds
  #onDraw;

  /**
   * @param {HTMLElement} list
   * @param {() => void} onDraw called once per animation frame in which the feed changes
   */
  constructor(list, onDraw) {
    this.#list = list;
    this.#onDraw = onDraw;
  }

  clear() {
    this.#waiting = [];
    this.#recent = [];
    this.#folded.clear();
    this.#list.replaceChildren();
    this.schedule();
  }

  /**
   * Adds a line.
   *
   * @param {string} kind the line's class
   * @param {string} text
   * @param {string} detail
   * @returns {Line} the line, whose text may still change
   */
  add(kind, text, detail) {
    const line = new Line(kind, text, detail);
    this.#waiting.push(line);
    if (this.#waiting.length > LENGTH) this.#waiting.shift();
    this.schedule();
    return line;
  }

  /** Adds a like: as a line of its own, or to the line of its post while likes are frequent. @param {FeedLike} like */
  addLike({ liker, post, liked, at, late }) {
    this.#recent.push(at);
    if (this.#recent.length > MAX_SINGLE + 1) this.#recent.shift();
    const isFrequent = this.#recent.length > MAX_SINGLE && at - this.#recent[0] < SECOND_MS;
    if (!liked) return this.add('like', `${liker} took back a like of ${post}`, duration(late));
    const last = this.#folded.get(post);
    if (isFrequent && last && at - last.since < FOLD_MS) {
      last.likers.add(liker);
      last.line.change(likeText(last.first, last.likers.size - 1, post), duration(late));
      return this.schedule();
    }
    const line = this.add('like', likeText(liker, 0, post), duration(late));
    this.#folded.set(post, { line, since: at, likers: new Set([liker]), first: liker });
    for (const [key, { since }] of this.#folded) if (at - since >= FOLD_MS) this.#folded.delete(key);
  }

  /** Draws the feed in the next animation frame. */
  schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isScheduled = false;
    for (const line of this.#waiting) this.#list.prepend(line.item);
    this.#waiting = [];
    while (this.#list.children.length > LENGTH) this.#list.lastElementChild?.remove();
    this.#onDraw();
  }
}

/** @param {string} liker @param {number} others @param {string} post */
function likeText(liker, others, post) {
  return `${liker}${others ? ` and ${many(others, 'other')}` : ''} liked ${post}`;
}

/** A line of the feed. Its element is created when it is drawn; at high rates, most lines are never drawn. */
export class Line {
  #kind;
  #text;
  #detail;
  /** @type {HTMLElement | null} */
  #item = null;

  /** @param {string} kind @param {string} text @param {string} detail */
  constructor(kind, text, detail) {
    this.#kind = kind;
    this.#text = text;
    this.#detail = detail;
  }

  get item() {
    this.#item ??= element('li', { class: this.#kind }, element('span', {}, this.#text), element('span', {}, this.#detail));
    return this.#item;
  }

  /** @param {string} text @param {string} [detail] */
  change(text, detail = this.#detail) {
    this.#text = text;
    this.#detail = detail;
    if (!this.#item) return;
    this.#item.children[0].textContent = text;
    this.#item.children[1].textContent = detail;
  }
}
