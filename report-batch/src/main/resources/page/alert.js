// What a live alert looks like: a message on the author's phone, and the number of unseen likes in the title of a hidden tab.

import { show, target } from './dom.js';

const VISIBLE_MS = 5_000;

export class LiveAlert {
  #root;
  #author = '';
  #unseen = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} root @param {import('./bus.js').Bus} bus */
  constructor(root, bus) {
    this.#root = root;
    bus.on('author', ({ author }) => {
      this.#author = author;
      this.#count(0);
      root.hidden = true;
    });
    bus.on('arrived', ({ likerId, postId, type }) => this.#alert(`${likerId} ${type === 'liked' ? 'liked' : 'took back a like of'} ${postId}`));
    bus.on('frame', ({ frame }) => {
      if (!document.hidden) return;
      if (frame.kind === 'like' && frame.event.type === 'liked') this.#count(this.#unseen + 1);
      if (frame.kind === 'digest') this.#count(this.#unseen + frame.liked);
    });
    document.addEventListener('visibilitychange', () => document.hidden || this.#count(0));
  }

  /** @param {number} unseen */
  #count(unseen) {
    this.#unseen = unseen;
    document.title = `${unseen ? `(${unseen}) ` : ''}${this.#author} – Heartline`;
  }

  /** @param {string} text */
  #alert(text) {
    show(target(this.#root, 'text'), text);
    this.#root.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#root.hidden = true), VISIBLE_MS);
  }
}
