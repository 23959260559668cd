// Who asks: the token that is shown to the services, if they want one.

import { ask, Refusal } from './ask.js';
import { $, show } from './dom.js';

export class Access {
  #token = sessionStorage.getItem('token'); // null unless the services want one
  #wanted = null; // who is waiting for another one
  #onWanted;
  #onGiven;

  /**
   * @param {() => void} onWanted called when whoever is at the page has to give a token
   * @param {() => void} onGiven called when that has happened
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

  /** Remembered for as long as the tab is open. */
  use(token) {
    this.#token = token;
    sessionStorage.setItem('token', token);
    $('credentials').hidden = true;
    this.#wanted?.resolve(token);
    this.#wanted = null;
  }

  /**
   * Uses a link's token if this tab has none. If it has one, a link must not replace it: any page can have such a link, and the
   * visitor would act for somebody else without noticing.
   *
   * @returns {boolean} whether this is the tab's token now
   */
  offer(token) {
    if (this.#token === null) this.use(token);
    return this.#token === token;
  }

  /** Another token than the last one, once somebody has given it. */
  another() {
    show('token-why', this.#token ? 'The last one is no good any more.' : 'The services want one here.');
    $('credentials').hidden = false;
    this.#wanted ??= Promise.withResolvers();
    this.#onWanted();
    return this.#wanted.promise;
  }

  /** As `ask` does, with the token; that it is no good is told to whoever is at the page, too. */
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
