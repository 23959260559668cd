// An author's likes in a browser or in Node, without a gap: a stream that reconnects with jitter, resumes after the last
// position, polls where no WebSocket gets through, and delivers nothing twice. No dependencies.
//
//   import { connect } from 'http://localhost:8082/heartline.js';
//   const stream = connect({ url: 'http://localhost:8082', author: 'alice', onFrame: console.log, onState: console.log });
//   stream.position; // the last one seen, or null: pass it as `after` to go on another day
//   stream.close();
//
// The stream closes an open WebSocket, and reconnects, if nothing arrives for 2.5 heartbeats. The gateway states the interval
// in its hello and sends a frame with each heartbeat. An older gateway states none: a dead connection to it is TCP's to notice.

const BACKOFF_MS = { base: 500, max: 30_000 };
const LOST_PAUSE_MS = 3_000; // after a live stream: all clients of an instance lose it at the same moment
const WAKE_PAUSE_MS = 1_000; // after the network is back: maybe for a whole office
const HOUR_MS = 3_600_000;
const ANSWER_MS = 15_000;
const LONG_POLL_SECONDS = 25;
const MAX_FAILED_HANDSHAKES = 3; // in a row, while polls work
const POLL_ONLY_MS = { base: 60_000, max: 960_000 }; // from then on, until the next handshake
const HEARTBEATS = { overdue: 1.25, max: 2.5 };
const CHECK_MS = 2_000;
const EXPIRED = 4401;
const EVENTS_REMEMBERED = 1_000;
const POSITION = /^[0-9a-z]+-[0-9]+-(start|[0-9]+)$/;

/**
 * @param {object} options
 * @param {string} options.url the gateway's base URL
 * @param {string} options.author whose likes
 * @param {string} [options.after] the last position seen; without it the stream starts at now
 * @param {string[]} [options.posts] only the likes of these
 * @param {number} [options.digest] seconds: deliver sums, at most one frame in each interval of this length
 * @param {string|((why: {expired: boolean}) => string|Promise<string>)} [options.token] a bearer token, or what gets one for
 *   each request within 15 s. `expired` is true if the gateway has refused the last one, or has closed with 4401. If it returns
 *   the same token then, or none, the stream ends as `refused`. If it throws or rejects, it is called again later
 * @param {(frame: object) => void} options.onFrame for every hello, like and digest, each once and in order
 * @param {(state: object) => void} [options.onState] `{state, via, detail}`: `connecting`, `live` (again when `via` changes),
 *   `waiting` (between two tries), and at the end `refused` (retrying cannot help) or `closed`
 * @param {typeof WebSocket} [options.WebSocket] another implementation, where there is none built in; null to poll only
 * @param {typeof fetch} [options.fetch]
 * @throws {TypeError} if `url`, `author` or `onFrame` is none
 */
export const connect = (options) => new Stream(options);

class Stream {
  #options;
  #position;
  #overlaps = false; // the WebSocket starts before what polls have delivered
  #told = new Set();
  #failures = 0;
  #failedHandshakes = 0; // in a row, while polls worked
  #handshakeAt = 0;
  #socket = null; // the one that has greeted
  #said = {};
  #closed = false;
  #refused = null; // the last token and why, if the gateway refused it or closed with 4401
  #step = new AbortController(); // ends timers and a handshake together with a step of #run
  #poller; // ends a poll
  #page = new AbortController();
  #sooner = () => {};

  constructor({ WebSocket = globalThis.WebSocket, fetch = globalThis.fetch, posts = [], after = null, ...others }) {
    this.#options = { WebSocket, fetch, posts, ...others };
    const { url, author, onFrame } = others;
    if (!/^https?:\/\/./.test(url)) throw new TypeError('url must be that of a gateway, such as http://localhost:8082');
    if (typeof author !== 'string') throw new TypeError('author must be a string');
    if (typeof onFrame !== 'function') throw new TypeError('onFrame must be a function');
    this.#position = after;
    this.#watchPage();
    queueMicrotask(() => this.#run()); // the page has the stream before the first onState
  }

  /** The last position seen, or null. */
  get position() {
    return this.#position;
  }

  close() {
    this.#end('closed');
  }

  async #run() {
    while (!this.#closed) {
      try {
        if (this.#options.WebSocket && !this.#failedHandshakes) await this.#connect();
        else await this.#pollOn();
        this.#next();
        if (this.#socket) throw await this.#socket.over;
      } catch (e) {
        await this.#pause(e);
      }
    }
  }

  /** Ends what the last step has left under way, such as a handshake beside polls. */
  #next() {
    this.#step.abort();
    this.#step = new AbortController();
  }

  async #connect() {
    this.#say('connecting', 'websocket');
    if ((await this.#handshake()) || this.#closed) return;
    await this.#poll(); // a failed handshake hides its reason from a page: a poll tells, and tells whether polling would do
    this.#countFailedHandshake();
  }

  /** Polls while polls work, and tries the WebSocket beside them, so that a handshake that hangs delays no like. */
  async #pollOn() {
    if (this.#options.WebSocket) this.#handshakeBeside(this.#step.signal);
    while (!this.#closed && !this.#socket) await this.#poll();
  }

  async #handshakeBeside(signal) {
    for (;;) {
      await this.#sleep(this.#handshakeAt - Date.now());
      if (signal.aborted || (await this.#handshake().catch(() => false)) || signal.aborted) return;
      this.#countFailedHandshake();
    }
  }

  #countFailedHandshake() {
    const more = ++this.#failedHandshakes - MAX_FAILED_HANDSHAKES;
    const pollOnly = Math.min(POLL_ONLY_MS.max, POLL_ONLY_MS.base * 2 ** more) * (0.5 + Math.random());
    this.#handshakeAt = Date.now() + (more < 0 ? Math.random() * LOST_PAUSE_MS * this.#failedHandshakes : pollOnly);
  }

  /** Returns whether a new WebSocket was greeted. It is the stream's only connection from then on. */
  async #handshake() {
    const { signal } = this.#step;
    const token = await this.#token(signal);
    if (signal.aborted) return false;
    const url = this.#address();
    url.protocol = url.protocol.replace('http', 'ws');
    const protocols = ['heartline.v1', ...(token ? [`bearer.${token}`] : [])];
    const greeted = new Promise((done) => {
      const socket = new Socket(new this.#options.WebSocket(url, protocols), signal, token, (frame) => {
        this.#socket = socket;
        this.#poller?.abort(); // the WebSocket starts where the poll would go on, or before
        this.#failedHandshakes = 0;
        this.#say('live', 'websocket');
        this.#deliver(frame);
        done(true);
      });
      socket.over.then(() => done(false));
    });
    return greeted.catch(() => false); // such as for a token that no subprotocol can carry, but a header: a poll will tell
  }

  /** One poll: short, to see whether that works, and long from then on. Fails if it is not answered. */
  async #poll() {
    const poller = (this.#poller = new AbortController());
    const wait = this.#said.state === 'live' ? LONG_POLL_SECONDS : 0;
    if (!wait) this.#say('connecting', 'long poll');
    const { signal } = poller;
    try {
      const token = await this.#token(signal);
      if (signal.aborted) return;
      const url = this.#address();
      if (wait) url.searchParams.set('wait', wait);
      const headers = token ? { Authorization: `Bearer ${token}` } : {};
      const { fetch } = this.#options; // not to be called as its method
      const asked = Date.now();
      elapsed(wait * 1000 + ANSWER_MS, signal).then(() => poller.abort(new Error('no answer to a poll')));
      const answer = await fetch(url, { headers, signal });
      const body = parse(await answer.text());
      if (signal.aborted) return;
      if (answer.ok) this.#read(body, wait, Date.now() - asked);
      else this.#fail(answer, body, token);
    } catch (e) {
      if (!this.#socket) throw e;
    } finally {
      poller.abort();
    }
  }

  #read(body, wait, ms) {
    if (!POSITION.test(body?.position)) throw new Error('the answer to a poll has no position');
    const [first] = body.frames;
    const isEarly = wait && !first && ms < 1000;
    if (!isEarly && (wait || first)) this.#failures = 0;
    this.#say('live', 'long poll');
    if (!body.recovered) {
      const start = first ? (first.from ?? before(first.position)) : body.position;
      this.#deliver({ kind: 'hello', position: start, recovered: false });
    }
    body.frames.forEach((frame) => this.#deliver(frame));
    if (!this.#closed && offset(body.position) > offset(this.#position)) this.#position = body.position;
    if (isEarly) throw new Error('the answer to a long poll came empty and immediately');
  }

  /** Ends the stream if a poll was refused and retrying cannot help; otherwise throws. */
  #fail({ status, headers }, problem, token) {
    const detail = `${status} ${problem?.detail ?? ''}`.trim();
    if (status === 401 && typeof this.#options.token === 'function') {
      this.#refused = { token, via: 'long poll', detail };
      throw new Error(detail);
    }
    if (status < 500 && status !== 429 && status !== 408) return this.#end('refused', 'long poll', detail);
    throw Object.assign(new Error(detail), { retryAfter: headers.get('Retry-After') });
  }

  /** Positions only move forward, unless a hello that could not recover says where the stream starts: maybe in another log. */
  #deliver(frame) {
    if (this.#closed) return;
    const { kind, position, event, from, recovered } = frame ?? {};
    if (!POSITION.test(position) || (kind === 'like' && !event?.id)) {
      return console.error('heartline: skipped what is no frame:', frame);
    }
    const last = offset(this.#position);
    if (kind === 'hello') {
      this.#overlaps = recovered && offset(position) < last;
      if (this.#overlaps) frame = { ...frame, position: this.#position };
    } else {
      if (offset(position) <= last) return;
      if (kind === 'digest' && this.#overlaps && offset(from) < last) {
        return this.#socket?.close(new Error('a digest begins before the last position')); // the next one will not
      }
      this.#failures = 0; // not for a hello: a stream may break right after it
    }
    this.#position = frame.position;
    if (kind === 'hello' || kind === 'digest' || (kind === 'like' && this.#isNew(event.id))) this.#call('onFrame', frame);
  }

  /** Returns false for an event that a retry has logged a second time. */
  #isNew(id) {
    if (this.#told.has(id)) return false;
    this.#told.add(id);
    if (this.#told.size > EVENTS_REMEMBERED) this.#told.delete(this.#told.values().next().value);
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

  async #token(signal) {
    const { token } = this.#options;
    if (typeof token !== 'function') return token;
    const refused = this.#refused;
    const answer = token({ expired: refused !== null });
    const late = elapsed(ANSWER_MS, signal).then(() => Promise.reject(new Error('token() did not answer')));
    const fresh = await Promise.race([answer, late]);
    if (refused && (!fresh || fresh === refused.token)) this.#end('refused', refused.via, refused.detail);
    if (this.#refused === refused) this.#refused = null;
    return fresh;
  }

  /** Waits with full jitter: all clients of an instance lose it at the same moment, and must not return at the same moment. */
  async #pause(why) {
    if (this.#closed) return;
    if (this.#socket) {
      const { token } = this.#socket;
      this.#refused = why.code === EXPIRED ? { token, via: 'websocket', detail: why.message } : null;
      if (Date.now() - this.#socket.greetedAt > BACKOFF_MS.max) this.#failures = 0;
      this.#socket = null;
    }
    this.#next();
    const first = why?.isSilent ? WAKE_PAUSE_MS : this.#said.state === 'live' ? LOST_PAUSE_MS : 0;
    const cap = Math.min(BACKOFF_MS.max, Math.max(first, BACKOFF_MS.base * 2 ** this.#failures));
    const retryAfter = Math.min(HOUR_MS, Math.max(0, Number(why?.retryAfter) * 1000 || 0));
    const ms = retryAfter + Math.random() * Math.max(cap, 2 * retryAfter);
    if (!isOffline()) this.#failures++;
    this.#say('waiting', undefined, `${why?.message ?? why}; again in ${Math.round(ms)} ms`);
    await this.#sleep(ms, retryAfter);
    // a try without a network only fails; there is one now and then, because a browser can be wrong about the network
    if (isOffline()) await this.#sleep(BACKOFF_MS.max * (1 + Math.random()));
  }

  /** Waits, but no longer than for `min` and some jitter once #sooner is called, and not beyond the step. */
  async #sleep(ms, min = 0) {
    const { signal } = this.#step;
    const [earliest, due] = [Date.now() + min, Date.now() + ms];
    const woken = new Promise((done) => (this.#sooner = () => done(true)));
    if (!(await Promise.race([elapsed(ms, signal), woken]))) return;
    const soon = Math.max(earliest, Date.now()) + Math.random() * WAKE_PAUSE_MS;
    await elapsed(Math.min(due, soon) - Date.now(), signal);
  }

  /** Reacts to the network's return, and to a page that is seen again or restored: its connection may have died meanwhile. */
  #watchPage() {
    const { document } = globalThis;
    const wake = ({ type, persisted = true }) => {
      if (!persisted || (type === 'visibilitychange' && document.visibilityState !== 'visible') || isOffline()) return;
      this.#socket?.check();
      if (type === 'online') this.#handshakeAt = 0; // another network may let WebSockets through
      if (type === 'online' || this.#said.state === 'waiting') this.#sooner();
    };
    for (const [target, type] of [[globalThis, 'online'], [globalThis, 'pageshow'], [document, 'visibilitychange']]) {
      target?.addEventListener?.(type, wake, { signal: this.#page.signal });
    }
  }

  #end(state, via, detail) {
    if (this.#closed) return;
    this.#closed = true;
    for (const controller of [this.#step, this.#poller, this.#page]) controller?.abort();
    this.#socket?.close();
    this.#call('onState', { state, via, detail });
  }

  #say(state, via, detail) {
    if (this.#closed || (state === 'live' && this.#said.state === 'live' && this.#said.via === via)) return;
    this.#said = { state, via, detail };
    this.#call('onState', this.#said);
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

/** A WebSocket from its handshake to its end. It closes itself if the gateway does not answer, or sends nothing any more. */
class Socket {
  greetedAt = 0;
  #heardAt = 0;
  #heartbeat = NaN; // in ms, if the gateway has stated it
  #timer;

  constructor(socket, signal, token, onFrame) {
    this.token = token;
    this.over = new Promise((done) => {
      this.close = (why) => {
        clearTimeout(this.#timer);
        socket.onmessage = socket.onclose = socket.onerror = () => {};
        socket.close(1000);
        done(why);
      };
    });
    signal.addEventListener('abort', () => this.greetedAt || this.close());
    this.#closeAfter(ANSWER_MS);
    socket.onmessage = ({ data }) => {
      const frame = parse(data);
      this.#heardAt = Date.now();
      this.greetedAt ||= this.#heardAt;
      if (frame?.kind === 'hello') this.#heartbeat = frame.heartbeat > 0 ? Math.min(HOUR_MS, frame.heartbeat * 1000) : NaN;
      this.#closeAfter(HEARTBEATS.max * this.#heartbeat);
      onFrame(frame);
    };
    socket.onclose = socket.onerror = ({ code, reason } = {}) => {
      // Node lets no close follow a handshake's error
      this.close(Object.assign(new Error(code ? `closed with ${code} ${reason}`.trim() : 'the connection broke'), { code }));
    };
  }

  /** Expects a frame soon if a heartbeat is overdue. */
  check() {
    if (Date.now() - this.#heardAt > HEARTBEATS.overdue * this.#heartbeat) this.#closeAfter(Math.min(CHECK_MS, this.#heartbeat));
  }

  #closeAfter(ms) {
    clearTimeout(this.#timer);
    const why = () => Object.assign(new Error('nothing arrives any more'), { isSilent: true });
    if (ms) this.#timer = setTimeout(() => this.close(why()), ms);
  }
}

/** Resolves after a time, or when the signal is aborted before. */
function elapsed(ms, signal) {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const timer = setTimeout(() => done(), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}

const isOffline = () => globalThis.navigator?.onLine === false;

/** Returns what is no JSON as it is: it is no frame and no problem either. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Orders positions of one log: null is before the start, and the start is before all offsets. */
const offset = (position) => (position ? Number(`${position}`.split('-')[2]?.replace('start', -1)) : -2);

const before = (position) => position.replace(/[0-9]+$/, (offset) => (offset === '0' ? 'start' : offset - 1));
