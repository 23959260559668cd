// Streams an author's likes in a browser or in Node, without a gap and without duplicates. The stream reconnects with
// jitter and resumes after the last position. If no WebSocket gets through, it polls. It has no dependencies.
//
// ```
// import { connect } from 'http://localhost:8082/heartline.js';
// const stream = connect({ url: 'http://localhost:8082', author: 'alice', onFrame: console.log, onState: console.log });
// stream.position; // the last position, or null; pass it as "after" to resume later
// stream.close();
// ```
//
// The gateway answers only pages of the origins in its setting heartline.security.allowed-origins. The quickstart adds an origin
// by its option --allow-origin=http://localhost:5173.
//
// If nothing arrives on a WebSocket for 2.5 heartbeats, the stream closes it and reconnects. The gateway's hello contains the
// interval, and the gateway sends a frame with each heartbeat. The hello of an older gateway has no interval. The stream then
// depends on TCP to detect a dead connection.

const BACKOFF_MS = { base: 500, max: 30_000 };
const LOST_PAUSE_MS = 3_000; // after a live stream, because all clients of an instance lose it at the same moment
const WAKE_PAUSE_MS = 1_000; // after the network is back, perhaps for a whole office
const HOUR_MS = 3_600_000;
const ANSWER_MS = 15_000;
const LONG_POLL_SECONDS = 25;
const MAX_FAILED_HANDSHAKES = 3; // in a row, while polls work
const POLL_ONLY_MS = { base: 60_000, max: 960_000 }; // the pause until the next handshake after that
const HEARTBEATS = { overdue: 1.25, max: 2.5 };
const CHECK_MS = 2_000;
const EXPIRED = 4401;
const EVENTS_REMEMBERED = 1_000;
const POSITION = /^[0-9a-z]+-[0-9]+-(start|[0-9]+)$/;

/**
 * Opens a stream of an author's likes. The stream retries until it is closed or refused.
 *
 * @param {object} options
 * @param {string} options.url the gateway's base URL
 * @param {string} options.author the author of the posts
 * @param {string} [options.after] the last position that the page received; by default the stream starts now
 * @param {string[]} [options.posts] the posts to include; by default all
 * @param {number} [options.digest] an interval in seconds; the stream delivers sums, at most one frame in each interval
 * @param {string|((why: {expired: boolean}) => string|Promise<string>)} [options.token] a bearer token, or a function that
 *   returns one for each request within 15 s. `expired` is true if the gateway has refused the last token or has closed
 *   with 4401. If the function then returns the same token or none, the stream ends as `refused`. If it throws or rejects,
 *   the stream calls it again later
 * @param {(frame: object) => void} options.onFrame receives each hello, like and digest once and in order
 * @param {(state: object) => void} [options.onState] receives `{state, via, detail}`. The state is `connecting`, `live` (again
 *   when `via` changes), `waiting` (before a retry), and at the end `refused` (retrying cannot help) or `closed`
 * @param {typeof WebSocket} [options.WebSocket] an implementation for a platform without one; null to poll only
 * @param {typeof fetch} [options.fetch] an implementation for a platform without one
 * @returns {Stream} an open stream
 * @throws {TypeError} if `url`, `author` or `onFrame` is missing or has the wrong type
 */
export const connect = (options) => new Stream(options);

class Stream {
  #options;
  #position;
  #overlaps = false; // the WebSocket starts before frames that polls have delivered
  #deliveredIds = new Set();
  #failures = 0;
  #failedHandshakes = 0; // in a row, while polls worked
  #handshakeAt = 0;
  #socket = null; // the WebSocket whose hello has arrived
  #state = {};
  #closed = false;
  #refused = null; // the last token and the reason, if the gateway refused it or closed with 4401
  #attempt = new AbortController(); // ends the timers and the handshake of one pass of #run
  #poller; // ends the current poll
  #page = new AbortController();
  #wake = () => {};

  constructor({ WebSocket = globalThis.WebSocket, fetch = globalThis.fetch, posts = [], after = null, ...others }) {
    this.#options = { WebSocket, fetch, posts, ...others };
    const { url, author, onFrame } = others;
    if (!/^https?:\/\/./.test(url)) throw new TypeError('url must be that of a gateway, such as http://localhost:8082');
    if (typeof author !== 'string') throw new TypeError('author must be a string');
    if (typeof onFrame !== 'function') throw new TypeError('onFrame must be a function');
    this.#position = after;
    this.#watchPage();
    queueMicrotask(() => this.#run()); // the caller receives the stream before the first onState
  }

  /** The position of the last frame, or null. */
  get position() {
    return this.#position;
  }

  /** Ends the stream. The page receives the state `closed`. */
  close() {
    this.#end('closed');
  }

  async #run() {
    while (!this.#closed) {
      try {
        if (this.#options.WebSocket && !this.#failedHandshakes) await this.#connect();
        else await this.#pollAndRetryWebSocket();
        this.#endAttempt();
        if (this.#socket) throw await this.#socket.over;
      } catch (e) {
        await this.#pause(e);
      }
    }
  }

  /** Ends the timers and handshakes of the last attempt, such as a handshake during polls. */
  #endAttempt() {
    this.#attempt.abort();
    this.#attempt = new AbortController();
  }

  async #connect() {
    this.#setState('connecting', 'websocket');
    if ((await this.#handshake()) || this.#closed) return;
    await this.#poll(); // a browser hides the reason of a failed handshake: a poll finds it, and finds whether polls work
    this.#countFailedHandshake();
  }

  /** Polls, and retries the WebSocket concurrently, so that a handshake that hangs delays no like. */
  async #pollAndRetryWebSocket() {
    if (this.#options.WebSocket) this.#retryWebSocket(this.#attempt.signal);
    while (!this.#closed && !this.#socket) await this.#poll();
  }

  async #retryWebSocket(signal) {
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

  /** Opens a WebSocket. Returns whether its hello has arrived. It then is the stream's only connection. */
  async #handshake() {
    const { signal } = this.#attempt;
    const token = await this.#token(signal);
    if (signal.aborted) return false;
    const url = this.#address();
    url.protocol = url.protocol.replace('http', 'ws');
    const protocols = ['heartline.v1', ...(token ? [`bearer.${token}`] : [])];
    const greeted = new Promise((done) => {
      const socket = new Socket(new this.#options.WebSocket(url, protocols), signal, token, (frame) => {
        this.#socket = socket;
        this.#poller?.abort(); // the WebSocket starts at or before the position of the next poll
        this.#failedHandshakes = 0;
        this.#setState('live', 'websocket');
        this.#deliver(frame);
        done(true);
      });
      socket.over.then(() => done(false));
    });
    // it fails, for example, for a token that is valid in a header but not in a subprotocol: a poll finds the reason
    return greeted.catch(() => false);
  }

  /** Polls one time. The first poll is short, to find whether polls work, and later ones are long. Throws without an answer. */
  async #poll() {
    const poller = (this.#poller = new AbortController());
    const wait = this.#state.state === 'live' ? LONG_POLL_SECONDS : 0;
    if (!wait) this.#setState('connecting', 'long poll');
    const { signal } = poller;
    try {
      const token = await this.#token(signal);
      if (signal.aborted) return;
      const url = this.#address();
      if (wait) url.searchParams.set('wait', wait);
      const headers = token ? { Authorization: `Bearer ${token}` } : {};
      const { fetch } = this.#options; // must not be called as a method of the options
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
    this.#setState('live', 'long poll');
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

  /** Delivers a frame. Positions only increase, except for a hello that is not recovered: it may start in another log. */
  #deliver(frame) {
    if (this.#closed) return;
    const { kind, position, event, from, recovered } = frame ?? {};
    if (!POSITION.test(position) || (kind === 'like' && !event?.id)) {
      return console.error('heartline: skipped an invalid frame:', frame);
    }
    const last = offset(this.#position);
    if (kind === 'hello') {
      this.#overlaps = recovered && offset(position) < last;
      if (this.#overlaps) frame = { ...frame, position: this.#position };
    } else {
      if (offset(position) <= last) return;
      if (kind === 'digest' && this.#overlaps && offset(from) < last) {
        // the digest after a reconnect begins at the last position
        return this.#socket?.close(new Error('a digest begins before the last position'));
      }
      this.#failures = 0; // not for a hello: a stream may end right after it
    }
    this.#position = frame.position;
    if (kind === 'hello' || kind === 'digest' || (kind === 'like' && this.#isNew(event.id))) this.#call('onFrame', frame);
  }

  /** Returns false for an event that the producer's retry has logged a second time. */
  #isNew(id) {
    if (this.#deliveredIds.has(id)) return false;
    this.#deliveredIds.add(id);
    if (this.#deliveredIds.size > EVENTS_REMEMBERED) this.#deliveredIds.delete(this.#deliveredIds.values().next().value);
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

  /** Waits with full jitter, because all clients of an instance lose it at the same moment and must not all reconnect then. */
  async #pause(why) {
    if (this.#closed) return;
    if (this.#socket) {
      const { token } = this.#socket;
      this.#refused = why.code === EXPIRED ? { token, via: 'websocket', detail: why.message } : null;
      if (Date.now() - this.#socket.greetedAt > BACKOFF_MS.max) this.#failures = 0;
      this.#socket = null;
    }
    this.#endAttempt();
    const first = why?.isSilent ? WAKE_PAUSE_MS : this.#state.state === 'live' ? LOST_PAUSE_MS : 0;
    const cap = Math.min(BACKOFF_MS.max, Math.max(first, BACKOFF_MS.base * 2 ** this.#failures));
    const retryAfter = Math.min(HOUR_MS, Math.max(0, Number(why?.retryAfter) * 1000 || 0));
    const ms = retryAfter + Math.random() * Math.max(cap, 2 * retryAfter);
    if (!isOffline()) this.#failures++;
    this.#setState('waiting', undefined, `${why?.message ?? why}; again in ${Math.round(ms)} ms`);
    await this.#sleep(ms, retryAfter);
    // an attempt without a network fails; one is made occasionally, because a browser can be wrong about the network
    if (isOffline()) await this.#sleep(BACKOFF_MS.max * (1 + Math.random()));
  }

  /** Waits. After #wake it waits only for `min` and some jitter. It also ends with the attempt. */
  async #sleep(ms, min = 0) {
    const { signal } = this.#attempt;
    const [earliest, due] = [Date.now() + min, Date.now() + ms];
    const woken = new Promise((done) => (this.#wake = () => done(true)));
    if (!(await Promise.race([elapsed(ms, signal), woken]))) return;
    const soon = Math.max(earliest, Date.now()) + Math.random() * WAKE_PAUSE_MS;
    await elapsed(Math.min(due, soon) - Date.now(), signal);
  }

  /** Reacts to a network that is back, and to a page that is visible again or restored: its connection may be dead. */
  #watchPage() {
    const { document } = globalThis;
    const wake = ({ type, persisted = true }) => {
      if (!persisted || (type === 'visibilitychange' && document.visibilityState !== 'visible') || isOffline()) return;
      this.#socket?.check();
      if (type === 'online') this.#handshakeAt = 0; // another network may let WebSockets through
      if (type === 'online' || this.#state.state === 'waiting') this.#wake();
    };
    for (const [target, type] of [[globalThis, 'online'], [globalThis, 'pageshow'], [document, 'visibilitychange']]) {
      target?.addEventListener?.(type, wake, { signal: this.#page.signal });
    }
  }

  #end(state, via, detail) {
    if (this.#closed) return;
    this.#closed = true;
    for (const controller of [this.#attempt, this.#poller, this.#page]) controller?.abort();
    this.#socket?.close();
    this.#call('onState', { state, via, detail });
  }

  #setState(state, via, detail) {
    if (this.#closed || (state === 'live' && this.#state.state === 'live' && this.#state.via === via)) return;
    this.#state = { state, via, detail };
    this.#call('onState', this.#state);
  }

  /** Calls a callback. An exception of the page does not end the stream. */
  #call(callback, argument) {
    try {
      this.#options[callback]?.(argument);
    } catch (e) {
      console.error(e);
    }
  }
}

/** A WebSocket from its handshake to its end. It closes itself if the gateway does not answer or sends nothing for too long. */
class Socket {
  greetedAt = 0;
  #heardAt = 0;
  #heartbeat = NaN; // in ms; NaN if the hello has none
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
      // in Node, no close event follows the error of a handshake
      this.close(Object.assign(new Error(code ? `closed with ${code} ${reason}`.trim() : 'the connection broke'), { code }));
    };
  }

  /** Closes the WebSocket soon if a heartbeat is overdue and no frame arrives. */
  check() {
    if (Date.now() - this.#heardAt > HEARTBEATS.overdue * this.#heartbeat) this.#closeAfter(Math.min(CHECK_MS, this.#heartbeat));
  }

  #closeAfter(ms) {
    clearTimeout(this.#timer);
    const why = () => Object.assign(new Error('nothing arrives any more'), { isSilent: true });
    if (ms) this.#timer = setTimeout(() => this.close(why()), ms);
  }
}

/** Resolves after a time, or when the signal is aborted, whichever is first. */
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

/** Parses JSON. Returns other text unchanged: it is neither a frame nor a problem. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Returns a number that orders positions of one log: null is before the start, and the start is before all offsets. */
const offset = (position) => (position ? Number(`${position}`.split('-')[2]?.replace('start', -1)) : -2);

const before = (position) => position.replace(/[0-9]+$/, (offset) => (offset === '0' ? 'start' : offset - 1));
