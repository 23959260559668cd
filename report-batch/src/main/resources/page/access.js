// The token that the page sends to the services, if they require one.

import { ask, Refusal } from './ask.js';
import { $, show } from './dom.js';

export class Access {
  #token = sessionStorage.getItem('token'); // null if there is none
  #wanted = null; // the promise of another token; null if no request waits for one
  #onWanted;
  #onGiven;

  /**
   * @param {() => void} onWanted called when the visitor has to enter a token
   * @param {() => void} onGiven called when the visitor has entered one
   */
  constructor(onWanted, onGiven) {
    this.#onWanted = onWanted;
    this.#onGiven = onGiven;
    $('credentials').addEventListener('submit', (event) => {
      event.preventDefault();
      this.use($('token').value.trim());
      $('token').value = '';
      this.#onGiven();
    });
  }

  get token() {
    return this.#token;
  }

  /** Uses a token, and stores it for as long as the tab is open. */
  use(token) {
    this.#token = token;
    sessionStorage.setItem('token', token);
    $('credentials').hidden = true;
    this.#wanted?.resolve(token);
    this.#wanted = null;
  }

  /**
   * Uses a link's token if this tab has none. If it has one, the link must not replace it. Any page can contain such a
   * link, and the visitor would unknowingly act as another person.
   *
   * @returns {boolean} whether this is the tab's token now
   */
  offer(token) {
    if (this.#token === null) this.use(token);
    return this.#token === token;
  }

  /** Returns a promise of another token, which resolves when the visitor has entered it. */
  another() {
    show('token-why', this.#token ? 'The last one is no good any more.' : 'The services want one here.');
    $('credentials').hidden = false;
    this.#wanted ??= Promise.withResolvers();
    this.#onWanted();
    return this.#wanted.promise;
  }

  /** Sends a request as `ask` does, with the token. If the service refuses it, the page also asks the visitor for another token. */
  async ask(whom, url, { headers, ...options } = {}) {
    const authorization = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    try {
      return await ask(whom, url, { headers: { ...authorization, ...headers }, ...options });
    } catch (e) {
      if (e instanceof Refusal && e.status === 401) this.another();
      throw e;
    }
  }
}
