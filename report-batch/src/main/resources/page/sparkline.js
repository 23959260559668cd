// The likes of the last minute as a line.

import { target } from './dom.js';

const SECONDS = 60;
const HEIGHT = 20;

export class Sparkline {
  #path;
  /** @type {Map<number, number>} */
  #counts = new Map(); // second: likes

  /** @param {Element} root an SVG with a view box of 59 by 20 */
  constructor(root) {
    this.#path = target(root, 'path', SVGElement);
  }

  clear() {
    this.#counts.clear();
  }

  /** @param {number} at in ms since the epoch @param {number} likes */
  add(at, likes) {
    const second = Math.floor(at / 1_000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + likes);
  }

  /** @param {number} now in ms since the epoch */
  draw(now) {
    this.#path.setAttribute('d', this.#line(Math.floor(now / 1_000)));
  }

  /** @param {number} last */
  #line(last) {
    for (const second of this.#counts.keys()) if (second <= last - SECONDS) this.#counts.delete(second);
    const max = Math.max(1, ...this.#counts.values());
    const y = (/** @type {number} */ count) => Number((HEIGHT - 1 - (count / max) * (HEIGHT - 2)).toFixed(1));
    return Array.from({ length: SECONDS }, (_, i) => `${i ? 'L' : 'M'}${i} ${y(this.#counts.get(last - SECONDS + 1 + i) ?? 0)}`).join('');
  }
}
