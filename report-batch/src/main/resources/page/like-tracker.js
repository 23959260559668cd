// Follows a like of the visitor from the click to the producer's answer, to push, to a poll, and into the report.

import { duration } from './words.js';

/** @typedef {'confirmed' | 'push' | 'poll' | 'report'} Step */
/** @type {Step[]} */
export const STEPS = ['confirmed', 'push', 'poll', 'report'];

/** A like, and the times at which it reached each step. All times are in ms since the epoch. */
export class LikeTracker {
  /** @type {Partial<Record<Step, number>>} */
  #reached = {};
  /** @type {string | null} */
  #eventId = null;
  /** @type {{step: Step, eventId: string, at: number, logged: number | null}[]} */
  #early = []; // events that arrived before the producer's answer
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
    for (const { step, eventId: id, at: early, logged } of this.#early) this.see(step, id, early, logged);
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
    if (this.#eventId === null) this.#early.push({ step, eventId, at, logged });
    else if (eventId === this.#eventId) {
      this.reach(step, at);
      this.loggedAt ??= logged;
    }
  }

  /** Records that a digest arrived, which includes all likes up to its position. @param {Step} step @param {string} position @param {number} at */
  seeUpTo(step, position, at) {
    if (this.#position !== null && offset(position) >= offset(this.#position)) this.reach(step, at);
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

/** @param {string} position a position in the partition of the author */
const offset = (position) => Number(position.split('-')[2]);
