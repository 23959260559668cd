// The live report: the figures of this week, which report-batch sends when they change. The page has one such connection.

import { loadClient } from './live-stream.js';

/** @typedef {import('./bus.js').Report} Report */

export class ReportStream {
  #bus;
  #session;
  #urls;
  #author = '';
  /** @type {Promise<HeartlineClient> | null} */
  #client = null;
  /** @type {HeartlineStream | null} */
  #stream = null;
  #choice = 0; // increases whenever the connection is opened or closed
  #isOffline = false; // by the visitor's choice
  #isOpening = false; // the page has opened the connection, and no report has arrived since
  /** @type {Report | null} */
  #report = null;
  #at = 0; // the time of the figures

  /**
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   * @param {import('./urls.js').Urls} urls
   */
  constructor(bus, session, urls) {
    this.#bus = bus;
    this.#session = session;
    this.#urls = urls;
    // a hidden page needs no figures, and browsers open few connections to a server
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && !this.#isOffline) this.#tell('this tab was hidden');
      this.#openOrClose();
    });
    bus.on('author', ({ author }) => {
      this.#author = author;
      this.#report = null;
      this.#tell('');
      this.#openOrClose();
    });
    bus.on('connection', ({ state }) => {
      const isOffline = state === 'offline';
      if (isOffline === this.#isOffline) return;
      this.#isOffline = isOffline;
      if (isOffline) this.#tell('you are offline');
      this.#openOrClose();
    });
  }

  async #openOrClose() {
    const choice = ++this.#choice;
    this.#stream?.close();
    this.#stream = null;
    this.#isOpening = true;
    if (document.hidden || this.#isOffline || !this.#author) return;
    const { connect } = await (this.#client ??= loadClient(this.#urls, (problem) => this.#isOffline || this.#tell(problem)));
    if (choice !== this.#choice) return; // the visitor has chosen again
    this.#stream = connect({
      report: 'current',
      reportsUrl: this.#urls.reportBatch,
      author: this.#author,
      token: ({ expired }) => (expired ? this.#session.replace() : this.#session.token),
      fetch: (url, init) => this.#fetch(url, init),
      onReport: (report, state) => choice === this.#choice && this.#onReport(report, state),
      onState: (change) => choice === this.#choice && this.#onState(change),
    });
  }

  /** @param {Report} report @param {{through: string, staleSince: string | null}} state */
  #onReport(report, { through, staleSince }) {
    this.#report = { ...report, through };
    if (staleSince) return this.#tell('Kafka does not answer', Date.parse(staleSince));
    const isOpening = this.#isOpening;
    this.#isOpening = false;
    this.#tell('', Date.now(), !isOpening);
  }

  /** @param {HeartlineState} change */
  #onState({ state, detail }) {
    if (state !== 'waiting' && state !== 'refused') return;
    this.#tell(reason(detail, new URL(this.#urls.reportBatch).origin));
    if (state === 'refused' && /^401\b/.test(detail)) this.#session.replace(); // the library used the same token again
  }

  /** @param {string} why @param {number} at @param {boolean} measured */
  #tell(why, at = this.#at, measured = false) {
    this.#at = at;
    this.#bus.emit('liveReport', { report: this.#report, at, why, measured });
  }

  /** Counts the request, and the bytes of its answer as they arrive. @param {string} url @param {RequestInit} init */
  async #fetch(url, init) {
    const answer = await fetch(url, init);
    this.#count(0, 1);
    /** @type {TransformStream<Uint8Array, Uint8Array>} */
    const counter = new TransformStream({
      transform: (chunk, out) => {
        this.#count(chunk.length, 0);
        out.enqueue(chunk);
      },
    });
    return answer.body ? new Response(answer.body.pipeThrough(counter), answer) : answer;
  }

  /** @param {number} bytes @param {number} requests */
  #count(bytes, requests) {
    if (!this.#isOpening) this.#bus.emit('reportTraffic', { bytes, requests });
  }
}

/** Returns the reason of an interruption for the visitor. @param {string} detail the client library's reason @param {string} origin */
export function reason(detail, origin) {
  const [text] = detail.split('; again in ');
  if (/^\d{3}\b/.test(text)) return `report-batch refuses the live report (${text})`;
  if (/ ended$|^nothing arrives/.test(text)) return 'the connection to report-batch ended';
  if (/\btoken\b/.test(text)) return 'the token has expired'; // or another one is awaited
  return `report-batch at ${origin} does not answer`;
}
