// The token that the page sends to the services, if they require one.

import { ask, Refusal } from './ask.js';
import { element } from './dom.js';

const KEY = 'token';
const REVOKE_MS = 60_000;

export class Session {
  #bus;
  #token = sessionStorage.getItem(KEY); // null if there is none
  /** @type {{promise: Promise<string>, resolve: (token: string) => void} | null} */
  #replacement = null; // null if no request waits for another token

  /** @param {import('./bus.js').Bus} bus */
  constructor(bus) {
    this.#bus = bus;
  }

  get token() {
    return this.#token;
  }

  /**
   * Uses a token, and stores it for as long as the tab is open.
   *
   * @param {string} token
   */
  use(token) {
    this.#token = token;
    sessionStorage.setItem(KEY, token);
    this.#replacement?.resolve(token);
    this.#replacement = null;
    this.#bus.emit('token', {});
  }

  /**
   * Uses a link's token if this tab has none. If it has one, the link must not replace it. Any page can contain such a
   * link, and the visitor would unknowingly act as another person.
   *
   * @param {string} token
   * @returns {boolean} whether this is the tab's token now
   */
  offer(token) {
    if (this.#token === null) this.use(token);
    return this.#token === token;
  }

  /** Returns a promise of another token, which resolves when the visitor has entered it. */
  replace() {
    this.#replacement ??= withResolvers();
    this.#bus.emit('tokenNeeded', {});
    return this.#replacement.promise;
  }

  /**
   * Returns whether the token may have a scope. The page cannot verify a token. If it cannot read the token's scopes either, a service
   * decides.
   *
   * @param {string} scope
   */
  permits(scope) {
    const scopes = claims(this.#token)?.scope ?? claims(this.#token)?.scp;
    if (scopes === undefined) return true;
    return (Array.isArray(scopes) ? scopes : String(scopes).split(' ')).includes(scope);
  }

  /** The name in the token, such as `alice`; undefined if the page cannot read it. */
  get subject() {
    return claims(this.#token)?.sub;
  }

  /** @returns {Record<string, string>} */
  get headers() {
    return this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
  }

  /**
   * Sends a request as `ask` does, with the token. If the service refuses the token, the page also asks the visitor for another one.
   *
   * @param {string} service
   * @param {string} url
   * @param {import('./ask.js').AskOptions} [options]
   */
  async ask(service, url, { headers, ...options } = {}) {
    try {
      return await ask(service, url, { headers: { ...this.headers, .../** @type {Record<string, string>} */ (headers) }, ...options });
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      if (e.status === 401) this.replace();
      if (e.scope !== null) e.message = this.#explain(e.scope);
      throw e;
    }
  }

  /** @param {string} scope */
  #explain(scope) {
    const name = this.subject ? `${this.subject}’s token` : 'the token';
    return scope.endsWith('read:any') ? `${name} may read only its own author (other authors need ${scope})` : `${name} lacks ${scope}`;
  }

  /**
   * Downloads a file by a script, because a link cannot send a token.
   *
   * @param {string} url
   * @param {string} name the file's name
   */
  async download(url, name) {
    const { body } = await this.ask('report-batch', url, { parse: (text) => text });
    const object = URL.createObjectURL(new Blob([body]));
    element('a', { href: object, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(object), REVOKE_MS);
  }
}

function withResolvers() {
  /** @type {(token: string) => void} */
  let resolve = () => {};
  const promise = /** @type {Promise<string>} */ (new Promise((done) => (resolve = done)));
  return { promise, resolve };
}

/**
 * Returns the claims of a JWT; undefined for another token.
 *
 * @param {string | null} token
 * @returns {{sub?: string, scope?: string | string[], scp?: string | string[]} | undefined}
 */
function claims(token) {
  try {
    const bytes = atob((token ?? '').split('.')[1].replace(/-/g, '+').replace(/_/g, '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  } catch {
    return undefined;
  }
}
