// The connection to the gateway: loads the client library, measures bytes, and describes the connection for the visitor.

import { byteLength, untilAnswered } from './ask.js';

/**
 * @typedef {object} Listeners
 * @property {(frame: import('./bus.js').Frame, bytes: number) => void} onFrame `bytes` is the length of a WebSocket's message
 * @property {(bytes: number, empty: boolean) => void} onRequest called for each poll of the connection
 * @property {(state: 'live' | 'down', text: string, via?: string) => void} onState
 */

const RETRY_MS = { min: 1_000, max: 3_000 }; // random, so that waiting pages do not send their requests concurrently

/**
 * Loads the client library from the gateway. The page starts without it, and loads it when the gateway answers.
 *
 * @param {import('./urls.js').Urls} urls
 * @param {(problem: string) => void} onError called after each attempt that failed
 * @returns {Promise<HeartlineClient>}
 */
export function loadClient(urls, onError) {
  return untilAnswered((tries) => import(urls.client(tries)), {
    onError: () => onError(`the gateway at ${urls.gateway} does not answer`),
    pauseMs: () => RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min),
  });
}

export class LiveStream {
  #session;
  #urls;
  #listeners;
  /** @type {Promise<HeartlineClient> | null} */
  #client = null;
  /** @type {HeartlineStream | null} */
  #stream = null;
  #bytes = 0; // the length of the last WebSocket message
  #choice = 0; // increases with each call of `open`

  /**
   * @param {import('./session.js').Session} session
   * @param {import('./urls.js').Urls} urls
   * @param {Listeners} listeners
   */
  constructor(session, urls, listeners) {
    this.#session = session;
    this.#urls = urls;
    this.#listeners = listeners;
  }

  /** The last position that was received; null before the first one. */
  get position() {
    return this.#stream?.position ?? null;
  }

  /**
   * Opens another stream in place of the present one.
   *
   * @param {string} author
   * @param {string | null} after the position after which it starts; null for now
   * @param {Partial<HeartlineOptions>} options further options of the client library
   */
  async open(author, after, options) {
    this.close();
    const choice = this.#choice;
    const { connect } = await (this.#client ??= this.#load());
    if (choice !== this.#choice) return; // the visitor has chosen again
    this.#stream = connect({
      url: this.#urls.gateway,
      author,
      after,
      token: ({ expired }) => (expired ? this.#session.replace() : this.#session.token),
      WebSocket: this.#measuredWebSocket(),
      fetch: (url, init) => this.#fetch(url, init),
      onFrame: (frame) => this.#listeners.onFrame(frame, this.#bytes),
      onState: (change) => this.#onState(change),
      ...options,
    });
  }

  close() {
    this.#choice++;
    this.#stream?.close();
    this.#stream = null;
  }

  #load() {
    return loadClient(this.#urls, (problem) => this.#listeners.onState('down', `${problem.replace('the', 'The')}. Trying again…`));
  }

  #measuredWebSocket() {
    const onBytes = (/** @type {number} */ length) => (this.#bytes = length);
    return class extends WebSocket {
      /** @param {string | URL} url @param {string | string[]} [protocols] */
      constructor(url, protocols) {
        super(url, protocols);
        this.addEventListener('message', ({ data }) => onBytes(byteLength(data))); // before the library's listener
      }
    };
  }

  /** @param {string} url @param {RequestInit} init */
  async #fetch(url, init) {
    const answer = await fetch(url, init);
    const text = await answer.clone().text();
    this.#bytes = 0; // the request counts the bytes of its frames
    this.#listeners.onRequest(byteLength(text), isEmpty(text));
    return answer;
  }

  /** @param {HeartlineState} change */
  #onState({ state, via, detail }) {
    const { onState } = this.#listeners;
    if (state === 'live') onState('live', via === 'websocket' ? 'Live' : `Live, by ${via}`, via === 'websocket' ? 'WebSocket' : via);
    if (state === 'waiting') onState('down', `Disconnected: ${reason(detail, this.#urls.gateway)}. Reconnecting…`);
    if (state !== 'refused') return;
    onState('down', `Refused: ${detail}`);
    if (/^(401|closed with 4401)\b/.test(detail)) this.#session.replace(); // the library used the same token again
  }
}

/**
 * Returns the reason of an interruption for the visitor.
 *
 * @param {string} detail the client library's reason
 * @param {string} gateway
 */
export function reason(detail, gateway) {
  const text = detail.replace(/; again in \d+ ms$/, '');
  if (/^closed with 1001\b/.test(text)) return 'the gateway is restarting';
  if (/^closed with 1013\b/.test(text)) return 'the gateway is full';
  if (/^(closed with|nothing arrives)/.test(text)) return text;
  if (/^\d{3}\b/.test(text)) return `refused for now (${text})`;
  return `the gateway at ${gateway} does not answer`;
}

/** @param {string} text the answer to a poll */
function isEmpty(text) {
  try {
    return JSON.parse(text).frames?.length === 0;
  } catch {
    return false;
  }
}
