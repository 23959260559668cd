// The visitor's likes: sends them to the event producer, and follows one from the click to each reader. Both are one file, because a
// browser has to load each file before the first like.

import { randomId, Refusal, untilAnswered } from './ask.js';
import { includes } from './position.js';
import { duration } from './words.js';

const WAIT_SECONDS = 30;
const PRODUCER = 'the event producer';

/** @typedef {'confirmed' | 'push' | 'poll' | 'live-report' | 'report'} Step */
/** @type {Step[]} */
export const STEPS = ['confirmed', 'push', 'poll', 'live-report', 'report'];
/** @typedef {{postId: string, authorId: string, likerId: string, type: string}} Like */

export class LikeSender {
  #session;
  #urls;

  /** @param {import('./session.js').Session} session @param {import('./urls.js').Urls} urls */
  constructor(session, urls) {
    this.#session = session;
    this.#urls = urls;
  }

  /**
   * Sends a like until it is known whether the producer has accepted it. All attempts have the same key, so it counts once.
   *
   * @param {Like} like
   * @param {AbortSignal} signal ends the attempts, but not a request that was sent
   * @param {(e: Error) => void} onUnknown called after each attempt whose result is unknown
   * @returns {Promise<{eventId: string, position: string}>}
   * @throws {Error} if the producer refuses the like
   */
  async send(like, signal, onUnknown) {
    const key = randomId();
    const body = JSON.stringify({ ...like, at: new Date().toISOString() });
    const attempt = () => this.#post('application/json', body, { 'Idempotency-Key': key });
    return (await untilAnswered(attempt, { signal, onError: onUnknown })).body;
  }

  /**
   * Sends many likes in one request.
   *
   * @param {object[]} likes
   * @returns {Promise<number>} how many of them were accepted
   */
  async sendAll(likes) {
    const lines = likes.map((like) => `${JSON.stringify(like)}\n`).join('');
    const parse = (/** @type {string} */ text) => JSON.parse(text.trim().split('\n').at(-1) ?? ''); // the last line has the sums
    return (await this.#post('application/x-ndjson', lines, { Prefer: 'return=minimal' }, parse)).body.accepted;
  }

  /**
   * @param {string} type
   * @param {string} body
   * @param {Record<string, string>} headers
   * @param {(text: string) => any} [parse]
   */
  #post(type, body, headers, parse) {
    return this.#session.ask(PRODUCER, this.#urls.sendLikes, { method: 'POST', headers: { 'Content-Type': type, ...headers }, body, parse });
  }

  /**
   * Reads an author's report as soon as it includes a like (read your writes).
   *
   * @param {string} author
   * @param {string} position the position of the like
   * @param {AbortSignal} signal
   * @param {(e: Error) => void} onError called after each attempt that failed
   */
  async awaitReport(author, position, signal, onError) {
    const url = this.#urls.currentReport(author, { atLeast: position, wait: String(WAIT_SECONDS) });
    const options = { within: (WAIT_SECONDS + 15) * 1_000, signal };
    const isTooOld = (/** @type {Error} */ e) => e instanceof Refusal && e.status === 412;
    await untilAnswered(() => this.#session.ask('report-batch', url, options), { signal, onError: (e) => isTooOld(e) || onError(e) });
  }
}

/** A like, and the times at which it reached each step. All times are in ms since the epoch. */
export class LikeTracker {
  /** @type {Partial<Record<Step, number>>} */
  #reached = {};
  /** @type {string | null} */
  #eventId = null;
  /** @type {(() => void)[]} */
  #early = []; // records what arrived before the producer's answer
  #refused = false;
  /** @type {string | null} */
  #position = null; // of the like in the log
  /** The time at which the like was logged, by the broker's clock; null if it is unknown. @type {number | null} */
  loggedAt = null;

  /**
   * @param {number} clickedAt
   * @param {{postId: string, likerId: string, type: string}} like
   */
  constructor(clickedAt, like) {
    this.clickedAt = clickedAt;
    this.like = like;
  }

  /** Records the producer's answer. @param {string} eventId @param {string} position @param {number} at */
  confirm(eventId, position, at) {
    this.#eventId = eventId;
    this.#position = position;
    this.reach('confirmed', at);
    for (const record of this.#early) record();
    this.#early = [];
  }

  /**
   * Records that an event arrived.
   *
   * @param {Step} step
   * @param {string} eventId
   * @param {number} at
   * @param {number | null} [logged] the time at which it was logged, by the broker's clock
   */
  see(step, eventId, at, logged = null) {
    if (this.#eventId === null) this.#early.push(() => this.see(step, eventId, at, logged));
    else if (eventId === this.#eventId) {
      this.reach(step, at);
      this.loggedAt ??= logged;
    }
  }

  /** Records that a digest or a report arrived, which includes all likes up to a position. @param {Step} step @param {string} through @param {number} at */
  seeUpTo(step, through, at) {
    if (this.#position === null) this.#early.push(() => this.seeUpTo(step, through, at));
    else if (includes(through, this.#position)) this.reach(step, at);
  }

  /** @param {Step} step @param {number} at */
  reach(step, at) {
    this.#reached[step] ??= at - this.clickedAt;
  }

  /** Records that no step can be reached any more. */
  refuse() {
    this.#refused = true;
  }

  /** Returns the time from the click to the step, in ms; undefined if it was not reached. @param {Step} step */
  after(step) {
    return this.#reached[step];
  }

  get isOver() {
    return this.#refused || STEPS.every((step) => this.#reached[step] !== undefined);
  }

  /** @param {Step} step @param {number} now @returns {{state: 'done' | 'failed' | 'waiting', text: string}} */
  describe(step, now) {
    const after = this.#reached[step];
    if (after !== undefined) return { state: 'done', text: `after ${duration(after)}` };
    if (this.#refused) return { state: 'failed', text: 'not sent' };
    return { state: 'waiting', text: duration(Math.max(0, now - this.clickedAt)) };
  }
}
