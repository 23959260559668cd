// The latest lines of a feed. They are drawn once per animation frame, whatever their number.

import { element } from './dom.js';

const LENGTH = 50;

export class Feed {
  #list;
  #waiting = []; // the lines to draw, oldest first
  #drawing = false;

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#waiting = [];
    this.#list.replaceChildren();
  }

  /** @returns {{tell: (text: string) => void}} a line whose text may still change */
  add(kind, text, detail) {
    const line = new Line(kind, text, detail);
    this.#waiting.push(line);
    if (this.#waiting.length > LENGTH) this.#waiting.shift();
    if (!this.#drawing) {
      this.#drawing = true;
      requestAnimationFrame(() => this.#draw());
    }
    return line;
  }

  #draw() {
    this.#drawing = false;
    for (const line of this.#waiting) this.#list.prepend(line.item);
    this.#waiting = [];
    while (this.#list.children.length > LENGTH) this.#list.lastElementChild.remove();
  }
}

class Line {
  #kind;
  #text;
  #detail;
  #item = null; // created when it is drawn; at high rates, most lines are never drawn

  constructor(kind, text, detail) {
    this.#kind = kind;
    this.#text = text;
    this.#detail = detail;
  }

  get item() {
    this.#item ??= element('li', { class: this.#kind }, element('span', {}, this.#text), element('span', {}, this.#detail));
    return this.#item;
  }

  tell(text) {
    this.#text = text;
    if (this.#item) this.#item.firstElementChild.textContent = text;
  }
}
