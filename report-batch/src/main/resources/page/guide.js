// Three steps for a new visitor. Each step ticks itself, and the last one leads to the answer: when to use push, poll or pull.

import { element, target } from './dom.js';

const STEPS = ['liked', 'repeated', 'returned'];

export class Guide {
  #root;
  #done = new Set();

  /** @param {HTMLElement} root @param {import('./bus.js').Bus} bus */
  constructor(root, bus) {
    this.#root = root;
    bus.on('sent', ({ type, repeated }) => {
      if (type === 'liked') this.#tick(repeated ? 'repeated' : 'liked');
    });
    bus.on('returned', () => this.#tick('returned'));
  }

  /** @param {string} step */
  #tick(step) {
    if (this.#done.has(step)) return;
    this.#done.add(step);
    const item = target(this.#root, step);
    item.dataset.state = 'done';
    item.append(element('span', { class: 'unseen' }, ' (done)'));
    target(this.#root, 'end').hidden = !STEPS.every((name) => this.#done.has(name));
  }
}
