// An author's likes in a browser (or Node), without a gap: reconnects with jitter, resumes where it was, falls back from
// WebSocket to long polling, and drops what it has told already. No dependencies.
//
//   import { connect } from 'http://localhost:8082/heartline.js';
//   const stream = connect({ url: 'http://localhost:8082', author: 'alice', onFrame: console.log, onState: console.log });
//   stream.position; // the last one seen, or null: pass it as `after` to go on another day
//   stream.close();
//
// A handshake or a poll without an answer is given up. An open WebSocket is not, however silent: an author without likes is
// silent by right, and scripts cannot see the gateway's pings. A peer that vanished without a word is TCP's to notice.

const BACKOFF_MS = { least: 500, most: 30_000 };
const RETRY_AFTER_MOST_MS = 3_600_000;
const ANSWER_MS = 15_000;
const LONG_POLL_SECONDS = 25;
const WEBSOCKET_AGAIN_MS = 60_000;
const EXPIRED = 4401;
const EVENTS_REMEMBERED = 1_000;
const POSITION = /^[0-9a-z]+-[0-9]+-(start|[0-9]+)$/;

/**
 * @param {object} options
 * @param {string} options.url the gateway's base URL
 * @param {string} options.author whose likes
 * @param {string} [options.after] the last position seen; without it the stream starts at now
 * @param {string[]} [options.posts] only the likes of these
 * @param {number} [options.digest] seconds: be told in sums, at most once in so long a time
 * @param {string|((why: {expired: boolean}) => string|Promise<string>)} [options.token] a bearer token, or what gets one for
 *   each request; `expired` is true once the gateway has said that the last one is no good any more
 * @param {(frame: object) => void} options.onFrame for every hello, like and digest, each once and in order
 * @param {(state: object) => void} [options.onState] `{state, via, detail}`: `connecting`, `live`, `waiting` (between two
 *   tries), and at the end `refused` (it is of no use to try again) or `closed`
 * @param {typeof WebSocket} [options.WebSocket] another implementation, where there is none built in; null to poll only
 * @param {typeof fetch} [options.fetch]
 * @throws {TypeError} if `url`, `author` or `onFrame` is none
 */
export function connect(options) {
  return new Stream(options);
}

class Stream {
  #options;
  #position;
  #told = new Set();
  #failures = 0;
  #state;
  #closed = false;
  #expired = false; // the last token is
  #renewed = false; // the last token is what we got for one that was
  #timer;
  #cut = () => {};

  constructor({ WebSocket = globalThis.WebSocket, fetch = globalThis.fetch, posts = [], after = null, ...others }) {
    this.#options = { WebSocket, fetch, posts, ...others };
    const { url, author, onFrame } = others;
    if (!/^https?:\/\/./.test(url)) throw new TypeError('url must be that of a gateway, such as http://localhost:8082');
    if (typeof author !== 'string') throw new TypeError('author must be a string');
    if (typeof onFrame !== 'function') throw new TypeError('onFrame must be a function');
    this.#position = after;
    queueMicrotask(() => this.#run()); // whoever is told of a state has the stream by then
  }

  /** The last position seen, or null. */
  get position() {
    return this.#position;
  }

  close() {
    this.#end('closed');
  }

  async #run() {
    let pollUntil = this.#options.WebSocket ? 0 : Infinity;
    while (!this.#closed) {
      try {
        if (Date.now() < pollUntil) {
          await this.#poll();
        } else if (!(await this.#listen()) && !this.#closed) {
          // a failed handshake hides its reason from a page: a poll tells, and tells whether polling would do
          await this.#poll();
          pollUntil = Date.now() + WEBSOCKET_AGAIN_MS;
        }
      } catch (e) {
        await this.#pause(e);
      }
    }
  }

  /** One WebSocket: false if the gateway never said hello, else it fails when it is over. */
  async #listen() {
    this.#say('connecting', 'websocket');
    const token = await this.#token();
    if (this.#closed) return false;
    const url = this.#address();
    url.protocol = url.protocol.replace('http', 'ws');
    return new Promise((done, fail) => {
      let socket;
      try {
        socket = new this.#options.WebSocket(url, ['heartline.v1', ...(token ? [`bearer.${token}`] : [])]);
      } catch {
        return done(false); // such as for a token that no subprotocol can carry, but a header; the poll will tell
      }
      let greeted = 0;
      const over = ({ code, reason } = {}) => {
        clearTimeout(this.#timer);
        socket.onmessage = socket.onclose = socket.onerror = () => {};
        socket.close(1000);
        if (!greeted) return done(false);
        this.#expired = code === EXPIRED;
        if (Date.now() - greeted > BACKOFF_MS.most) this.#failures = 0;
        fail(new Error(code ? `closed with ${code} ${reason}`.trim() : 'the connection broke'));
      };
      socket.onmessage = ({ data }) => {
        clearTimeout(this.#timer);
        greeted ||= Date.now();
        this.#renewed = false;
        this.#say('live', 'websocket');
        this.#deliver(parse(data));
      };
      socket.onclose = socket.onerror = over; // Node lets no close follow a handshake's error
      this.#within(ANSWER_MS, over);
    });
  }

  /** One poll: short, to see whether that works, and long from then on. Fails if it is not answered. */
  async #poll() {
    const wait = this.#state === 'live' ? LONG_POLL_SECONDS : 0;
    if (!wait) this.#say('connecting', 'long poll');
    const token = await this.#token();
    if (this.#closed) return;
    const url = this.#address();
    if (wait) url.searchParams.set('wait', wait);
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const { fetch } = this.#options; // not to be called as its method
    const abort = new AbortController();
    const asked = Date.now();
    this.#within(wait * 1000 + ANSWER_MS, () => abort.abort(new Error('no answer to a poll')));
    let answer, body;
    try {
      answer = await fetch(url, { headers, signal: abort.signal });
      body = parse(await answer.text());
    } finally {
      clearTimeout(this.#timer);
    }
    if (!answer.ok) return this.#refused(answer, body);
    this.#renewed = false;
    if (!POSITION.test(body?.position)) throw new Error('the answer to a poll has no position');
    const [first] = body.frames;
    if (wait && !first && Date.now() - asked < 1000) throw new Error('the answer to a long poll came empty and at once');
    if (wait || first) this.#failures = 0;
    this.#say('live', 'long poll');
    if (!body.recovered) {
      const start = first ? (first.from ?? before(first.position)) : body.position;
      this.#deliver({ kind: 'hello', position: start, recovered: false });
    }
    body.frames.forEach((frame) => this.#deliver(frame));
    if (!this.#closed) this.#position = body.position;
  }

  #refused({ status, headers }, problem) {
    const detail = `${status} ${problem?.detail ?? ''}`.trim();
    if (status === 401 && typeof this.#options.token === 'function' && !this.#renewed) {
      this.#expired = true; // or is for some other reason no good: a fresh one may be
      throw new Error(detail);
    }
    if (status < 500 && status !== 429 && status !== 408) return this.#end('refused', 'long poll', detail);
    throw Object.assign(new Error(detail), { retryAfter: headers.get('Retry-After') });
  }

  /** Positions only ever move on, unless a hello says where the stream starts: maybe in another log. */
  #deliver(frame) {
    if (this.#closed) return;
    const { kind, position, event } = frame ?? {};
    if (!POSITION.test(position) || (kind === 'like' && !event?.id)) {
      return console.error('heartline: skipped what is no frame:', frame);
    }
    if (kind !== 'hello') {
      if (offset(position) <= offset(this.#position)) return;
      this.#failures = 0; // not for a hello: a stream may break right behind it
    }
    this.#position = position;
    if (kind === 'hello' || kind === 'digest' || (kind === 'like' && this.#isNew(event.id))) this.#call('onFrame', frame);
  }

  /** Whether it is not the same event, logged twice by a retry. */
  #isNew(id) {
    const told = this.#told;
    if (told.has(id)) return false;
    told.add(id);
    if (told.size > EVENTS_REMEMBERED) told.delete(told.values().next().value);
    return true;
  }

  #address() {
    const { url, author, posts, digest } = this.#options;
    const address = new URL(`v1/authors/${encodeURIComponent(author)}/likes`, url.replace(/\/?$/, '/'));
    if (this.#position !== null) address.searchParams.set('after', this.#position);
    posts.forEach((post) => address.searchParams.append('post', post));
    if (digest !== undefined) address.searchParams.set('digest', digest);
    return address;
  }

  async #token() {
    const { token } = this.#options;
    if (typeof token !== 'function') return token;
    const expired = this.#expired;
    const fresh = await token({ expired });
    this.#renewed ||= expired;
    this.#expired = false; // unless it could not be got
    return fresh;
  }

  async #pause(why) {
    const most = Math.min(BACKOFF_MS.most, BACKOFF_MS.least * 2 ** this.#failures++);
    const retryAfter = Math.min(RETRY_AFTER_MOST_MS, Number(why?.retryAfter) * 1000 || 0);
    const ms = Math.max(most / 2, retryAfter) + (Math.random() * most) / 2; // or everybody comes back at once
    this.#say('waiting', undefined, `${why?.message ?? why}; again in ${Math.round(ms)} ms`);
    if (!this.#closed) await new Promise((done) => this.#within(ms, done));
  }

  /** Cut is called after a time, or when the stream is closed before. */
  #within(ms, cut) {
    this.#cut = cut;
    this.#timer = setTimeout(cut, ms);
  }

  #end(state, via, detail) {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#cut();
    this.#call('onState', { state, via, detail });
  }

  #say(state, via, detail) {
    if (this.#closed || (state === 'live' && this.#state === 'live')) return;
    this.#state = state;
    this.#call('onState', { state, via, detail });
  }

  /** The page's mistake must not end the stream. */
  #call(callback, argument) {
    try {
      this.#options[callback]?.(argument);
    } catch (e) {
      console.error(e);
    }
  }
}

/** What is no JSON is no frame and no problem either. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Not a number for a start and for null: nothing is at or before them. */
function offset(position) {
  return Number(position?.split('-')[2]);
}

function before(position) {
  return position.replace(/[0-9]+$/, (offset) => (offset === '0' ? 'start' : offset - 1));
}
