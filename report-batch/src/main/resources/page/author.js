// The choice of an author: by the form, by the address, and by a link with a token.

import { show, target } from './dom.js';
import { isIdentifier, RULE } from './urls.js';

const DEFAULT = 'alice';
const PARAMETER = 'author';

export class AuthorChoice {
  #bus;
  #session;
  #input;
  #notice;
  #author = DEFAULT;

  /**
   * @param {HTMLFormElement} root
   * @param {HTMLElement} notice
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   */
  constructor(root, notice, bus, session) {
    this.#bus = bus;
    this.#session = session;
    this.#notice = notice;
    this.#input = target(root, 'author', HTMLInputElement);
    target(root, 'show', HTMLButtonElement).disabled = false;
    root.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#choose(this.#input.value.trim());
    });
    addEventListener('hashchange', () => isLink() && this.start());
    addEventListener('popstate', () => isLink() || ofAddress() === this.#author || this.start());
  }

  /**
   * Starts with the author of the address, such as `?author=alice`, and with the author and the token of a link, such as
   * `#author=alice&token=…`. Browsers do not send the part after #. Any page can have such a link.
   */
  start() {
    const link = new URLSearchParams(location.hash.slice(1));
    const token = link.get('token');
    const author = link.get(PARAMETER) ?? ofAddress();
    const notices = [];
    if (!isIdentifier(author)) notices.push(problem(author));
    const address = new URL(location.href);
    if (isLink()) {
      address.hash = ''; // so that the visitor does not copy the token
      if (link.has(PARAMETER) && isIdentifier(author)) address.searchParams.set(PARAMETER, author);
      history.replaceState(null, '', address.href.replace(/#$/, ''));
    }
    if (token !== null && !this.#session.offer(token)) {
      notices.push('This tab has a token already, so the link’s token is not used. Open the link in a new tab to use it.');
    }
    this.#say(notices.join(' '));
    this.#follow(isIdentifier(author) ? author : this.#author);
  }

  /** Starts again with the same author. */
  restart() {
    this.#bus.emit('author', { author: this.#author });
  }

  /** @param {string} author */
  #choose(author) {
    if (!isIdentifier(author)) return this.#say(problem(author));
    this.#say('');
    const address = new URL(location.href);
    address.hash = '';
    address.searchParams.set(PARAMETER, author);
    if (author !== this.#author) history.pushState(null, '', address.href.replace(/#$/, ''));
    this.#follow(author);
  }

  /** @param {string} author */
  #follow(author) {
    this.#author = author;
    this.#input.value = author;
    for (const name of document.querySelectorAll('.author')) name.textContent = author;
    this.restart();
  }

  /** @param {string} text */
  #say(text) {
    this.#notice.hidden = text === '';
    show(this.#notice, text);
  }
}

/** Returns whether the part after # is a link's author or token, and not the name of a section. */
const isLink = () => location.hash.includes('=');

const ofAddress = () => new URLSearchParams(location.search).get(PARAMETER) ?? DEFAULT;

/** @param {string} author */
const problem = (author) => `“${author}” is not a valid author: an author ${RULE}.`;
