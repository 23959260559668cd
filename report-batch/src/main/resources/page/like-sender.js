// Sends likes to the event producer, and waits for the report that includes a like.

import { randomId, Refusal, untilAnswered } from './ask.js';

const WAIT_SECONDS = 30;
const PRODUCER = 'the event producer';

/** @typedef {{postId: string, authorId: string, likerId: string, type: string}} Like */

export class LikeSender {
  #session;
  #urls;

  /** @param {import('./session.js').Session} session @param {import('./urls.js').Urls} urls */
  constructor(session, urls) {
    this.#session = session;
    this.#urls = urls;
  }

  /**
   * Sends a like until it is known whether the producer has accepted it. All attempts have the same key, so it counts once.
   *
   * @param {Like} like
   * @param {AbortSignal} signal ends the attempts, but not a request that was sent
   * @param {(e: Error) => void} onUnknown called after each attempt whose result is unknown
   * @returns {Promise<{eventId: string, position: string}>}
   * @throws {Error} if the producer refuses the like
   */
  async send(like, signal, onUnknown) {
    const key = randomId();
    const body = JSON.stringify({ ...like, at: new Date().toISOString() });
    const attempt = () => this.#post('application/json', body, { 'Idempotency-Key': key });
    return (await untilAnswered(attempt, { signal, onError: onUnknown })).body;
  }

  /**
   * Sends many likes in one request.
   *
   * @param {object[]} likes
   * @returns {Promise<number>} how many of them were accepted
   */
  async sendAll(likes) {
    const lines = likes.map((like) => `${JSON.stringify(like)}\n`).join('');
    const parse = (/** @type {string} */ text) => JSON.parse(text.trim().split('\n').at(-1) ?? ''); // the last line has the sums
    return (await this.#post('application/x-ndjson', lines, { Prefer: 'return=minimal' }, parse)).body.accepted;
  }

  /**
   * @param {string} type
   * @param {string} body
   * @param {Record<string, string>} headers
   * @param {(text: string) => any} [parse]
   */
  #post(type, body, headers, parse) {
    return this.#session.ask(PRODUCER, this.#urls.sendLikes, { method: 'POST', headers: { 'Content-Type': type, ...headers }, body, parse });
  }

  /**
   * Reads an author's report as soon as it includes a like (read your writes).
   *
   * @param {string} author
   * @param {string} position the position of the like
   * @param {AbortSignal} signal
   * @param {(e: Error) => void} onError called after each attempt that failed
   */
  async awaitReport(author, position, signal, onError) {
    const url = this.#urls.currentReport(author, { atLeast: position, wait: String(WAIT_SECONDS) });
    const options = { within: (WAIT_SECONDS + 15) * 1_000, signal };
    const isTooOld = (/** @type {Error} */ e) => e instanceof Refusal && e.status === 412;
    await untilAnswered(() => this.#session.ask('report-batch', url, options), { signal, onError: (e) => isTooOld(e) || onError(e) });
  }
}
