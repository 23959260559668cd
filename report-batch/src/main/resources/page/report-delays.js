// Measures when the live report includes each like that was pushed.

import { includes } from './position.js';

const MAX_WAITING = 10_000; // frames, while the report is interrupted

/** @typedef {{position: string, likes: number, logged: number | null}} Pushed `logged` is by this device's clock, and null for a digest */

export class ReportDelays {
  /** @type {Pushed[]} */
  #waiting = []; // in the order of their positions
  /** @type {string | null} */
  #through = null;
  #at = 0; // when the report arrived

  /** Forgets the frames that wait for a report. */
  clear() {
    this.#waiting = [];
  }

  /** Records that a frame was pushed, perhaps after a report that includes it. @param {Pushed} pushed */
  pushed(pushed) {
    this.#waiting.push(pushed);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    return this.#delivery();
  }

  /** Records that a report arrived. @param {string | null} through @param {number} at */
  reported(through, at) {
    this.#through = through;
    this.#at = at;
    return this.#delivery();
  }

  /** Returns the likes that the report includes for the first time. */
  #delivery() {
    const delivery = { likes: 0, delays: /** @type {{logged: number, late: number}[]} */ ([]), bytes: 0 };
    while (this.#waiting.length && includes(this.#through, this.#waiting[0].position)) {
      const { likes, logged } = /** @type {Pushed} */ (this.#waiting.shift());
      delivery.likes += likes;
      if (logged !== null) delivery.delays.push({ logged, late: Math.max(0, this.#at - logged) });
    }
    return delivery;
  }
}
