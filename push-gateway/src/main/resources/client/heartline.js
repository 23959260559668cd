// An author's likes in a browser, without a gap: reconnects with jitter, resumes where it was, falls back from WebSocket to
// long polling, and drops what it has told already. No dependencies.
//
//   import { connect } from 'http://localhost:8082/heartline.js';
//   const stream = connect({ url: 'http://localhost:8082', author: 'alice', onFrame: console.log, onState: console.log });
//   stream.position; // the last one seen: pass it as `after` to go on another day
//   stream.close();

const BACKOFF_MS = { least: 500, most: 30_000 };
const LONG_POLL_SECONDS = 25;
const WEBSOCKET_AGAIN_MS = 60_000;
const EVENTS_REMEMBERED = 1_000;

/**
 * @param {object} options
 * @param {string} options.url the gateway's base URL
 * @param {string} options.author whose likes
 * @param {string} [options.after] the last position seen; without it the stream starts at now
 * @param {string|(() => string|Promise<string>)} [options.token] a bearer token, or what gets a fresh one
 * @param {(frame: object) => void} options.onFrame for every hello, like and digest, each once and in order
 * @param {(state: object) => void} [options.onState] `{state, via, detail}`: `connecting`, `live`, `waiting` (between two
 *   tries), `refused` (it is of no use to try again), `closed`
 * @param {typeof WebSocket} [options.WebSocket] another implementation, where there is none built in
 * @param {typeof fetch} [options.fetch]
 */
export function connect(options) {
  return new Stream(options);
}

class Stream {
  #options;
  #position;
  #told = new Set();
  #failures = 0;
  #closed = false;
  #socket = null;
  #abort = new AbortController();
  #wake = () => {};

  constructor(options) {
    this.#options = { WebSocket: globalThis.WebSocket, fetch: (...a) => globalThis.fetch(...a), onState: () => {}, ...options };
    this.#position = options.after ?? null;
    this.#run();
  }

  /** The last position seen, or null. */
  get position() {
    return this.#position;
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#abort.abort();
    this.#socket?.close(1000);
    this.#wake();
    this.#say('closed');
  }

  async #run() {
    let pollUntil = this.#options.WebSocket ? 0 : Infinity;
    while (!this.#closed) {
      if (Date.now() < pollUntil) {
        if (!(await this.#poll())) await this.#pause();
        continue;
      }
      this.#say('connecting', 'websocket');
      const opened = await this.#listen();
      if (this.#closed) return;
      // a failed handshake hides its reason from a page: one poll tells, and tells whether polling would do
      if (!opened && (await this.#poll(0))) pollUntil = Date.now() + WEBSOCKET_AGAIN_MS;
      else await this.#pause();
    }
  }

  /** One WebSocket from its handshake to its end; whether there was one. */
  async #listen() {
    const token = await this.#token();
    const url = this.#address();
    url.protocol = url.protocol.replace('http', 'ws');
    return new Promise((done) => {
      let opened = false;
      const socket = new this.#options.WebSocket(url, ['heartline.v1', ...(token ? [`bearer.${token}`] : [])]);
      this.#socket = socket;
      socket.onopen = () => {
        opened = true;
        this.#say('live', 'websocket');
      };
      socket.onmessage = (message) => this.#closed || this.#tell(message.data);
      socket.onclose = () => done(opened);
      socket.onerror = () => {}; // a close follows
    });
  }

  /** One poll; whether it was answered. */
  async #poll(wait = LONG_POLL_SECONDS) {
    try {
      const token = await this.#token();
      const url = this.#address();
      if (wait > 0) url.searchParams.set('wait', wait);
      const headers = token ? { Authorization: `Bearer ${token}` } : {};
      const answer = await this.#options.fetch(url, { headers, signal: this.#abort.signal, cache: 'no-store' });
      if (!answer.ok) return await this.#refused(answer);
      const body = await answer.json();
      this.#say('live', 'long poll');
      if (this.#position !== null && !body.recovered) this.#deliver({ kind: 'hello', position: body.position, recovered: false });
      body.frames.forEach((frame) => this.#deliver(frame));
      this.#position = body.position;
      this.#failures = 0;
      return true;
    } catch (e) {
      if (!this.#closed) this.#say('waiting', 'long poll', String(e));
      return false;
    }
  }

  async #refused(answer) {
    const problem = await answer.json().catch(() => ({}));
    const detail = `${answer.status} ${problem.detail ?? ''}`;
    if (answer.status < 500 && answer.status !== 429) {
      this.#say('refused', 'long poll', detail);
      this.#closed = true;
    } else {
      this.#say('waiting', 'long poll', detail);
    }
    return false;
  }

  #tell(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return; // one bad frame is no reason to stop
    }
    this.#failures = 0;
    this.#deliver(frame);
  }

  /** Positions only ever move on, unless the gateway itself says that it could not go on from where we were. */
  #deliver(frame) {
    if (frame.kind === 'hello' && !frame.recovered) this.#position = null;
    else if (this.#position !== null && frame.kind !== 'hello' && !isBehind(this.#position, frame.position)) return;
    this.#position = frame.position;
    if (frame.kind === 'position') return;
    if (frame.kind === 'like') {
      if (this.#told.has(frame.event.id)) return; // the same like, logged twice by a retry
      this.#told.add(frame.event.id);
      if (this.#told.size > EVENTS_REMEMBERED) this.#told.delete(this.#told.values().next().value);
    }
    try {
      this.#options.onFrame(frame);
    } catch (e) {
      console.error(e); // the page's mistake must not end the stream
    }
  }

  #address() {
    const url = new URL(`/v1/authors/${encodeURIComponent(this.#options.author)}/likes`, this.#options.url);
    if (this.#position !== null) url.searchParams.set('after', this.#position);
    return url;
  }

  async #token() {
    const { token } = this.#options;
    return typeof token === 'function' ? token() : token;
  }

  async #pause() {
    if (this.#closed) return;
    const most = Math.min(BACKOFF_MS.most, BACKOFF_MS.least * 2 ** this.#failures++);
    const ms = most / 2 + (Math.random() * most) / 2; // or everybody comes back at once
    this.#say('waiting', undefined, `${Math.round(ms)} ms`);
    await new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #say(state, via, detail) {
    if (!this.#closed || state === 'closed') this.#options.onState({ state, via, detail });
  }
}

/** Whether `next` lies behind `last` in the same log and partition; in another it is not ours to judge. */
function isBehind(last, next) {
  const [epoch, partition, offset] = last.split('-');
  const [nextEpoch, nextPartition, nextOffset] = next.split('-');
  if (epoch !== nextEpoch || partition !== nextPartition) return true;
  return number(nextOffset) > number(offset);
}

function number(offset) {
  return offset === 'start' ? -1 : Number(offset);
}
