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
// It also reads an author's live report. With `url` and `onFrame`, the likes start exactly where the first report ends:
//
// ```
// connect({ report: 'current', reportsUrl: 'http://localhost:8083', author: 'alice', onReport: console.log });
// ```
//
// The services answer only pages of the origins in their setting heartline.security.allowed-origins. The quickstart adds an
// origin by its option --allow-origin=http://localhost:5173.
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
const REPORT_SILENCE_MS = { overdue: 25_000, max: 45_000 }; // report-batch sends an event at least every 20 s
const CHECK_MS = 2_000;
const EXPIRED = 4401;
const EVENTS_REMEMBERED = 1_000;
const POSITION = /^[0-9a-z]+-[0-9]+-(start|[0-9]+)$/;

/**
 * Opens a stream of an author's likes, a live report, or both. Each of the two connections retries until it is closed or
 * refused.
 *
 * @param {object} options
 * @param {string} [options.url] the gateway's base URL; required with `onFrame`
 * @param {string} options.author the author of the posts
 * @param {string} [options.after] the last position that the page received. By default the stream starts after the first
 *   report, or now if there is no report
 * @param {string[]} [options.posts] the posts to include; by default all
 * @param {number} [options.digest] an interval in seconds; the stream delivers sums, at most one frame in each interval
 * @param {string|((why: {expired: boolean}) => string|Promise<string>)} [options.token] a bearer token, or a function that
 *   returns one for each request within 15 s. `expired` is true if the service has refused the last token of the connection,
 *   or has ended the connection because the token expired. If the function then returns the same token or none, the
 *   connection ends as `refused`. If it throws or rejects, the connection calls it again later
 * @param {(frame: object) => void} [options.onFrame] receives each hello, like and digest once and in order; required without
 *   a report
 * @param {string} [options.report] the week of the live report: `current`, `previous`, or an ISO week such as `2026-W47`
 * @param {string} [options.reportsUrl] the base URL of report-batch; required with `report`
 * @param {number} [options.every] the shortest interval between two reports in seconds, 0.2 to 60; by default 1
 * @param {(report: object, state: {through: string, staleSince: string|null}) => void} [options.onReport] receives the latest
 *   report, at least every 20 s. It is required with `report`. The report includes all likes up to `through`. `staleSince` is
 *   the time (RFC 3339) since which the service cannot read new likes, or null
 * @param {(state: object) => void} [options.onState] receives `{state, via, detail}`. The state is `connecting`, `live` (again
 *   when `via` changes), `waiting` (before a retry), and at the end `refused` (retrying cannot help) or `closed`. In all
 *   states of the live report, `via` is `report`
 * @param {typeof WebSocket} [options.WebSocket] an implementation for a platform without one; null to poll only
 * @param {typeof fetch} [options.fetch] an implementation for a platform without one
 * @returns {Subscription} an open subscription
 * @throws {TypeError} if a required option is missing or has the wrong type
 */
export const connect = (options) => new Subscription(options);

/** The stream of an author's likes, the live report, or both. */
class Subscription {
  #options;
  #report = null;
  #stream = null;

  constructor({ WebSocket = globalThis.WebSocket, fetch = globalThis.fetch, posts = [], after = null, ...others }) {
    this.#options = { WebSocket, fetch, posts, after, ...others };
    const { url, author, onFrame, report, reportsUrl, onReport } = others;
    const hasReport = report !== undefined || onReport !== undefined;
    const hasStream = onFrame !== undefined || !hasReport;
    if (hasStream && !isUrl(url)) throw new TypeError('url must be that of a gateway, such as http://localhost:8082');
    if (typeof author !== 'string') throw new TypeError('author must be a string');
    if (hasStream && typeof onFrame !== 'function') throw new TypeError('onFrame must be a function');
    if (hasReport && typeof report !== 'string') throw new TypeError('report must be a week, such as current');
    if (hasReport && !isUrl(reportsUrl)) throw new TypeError('reportsUrl must be that of report-batch');
    if (hasReport && typeof onReport !== 'function') throw new TypeError('onReport must be a function');
    if (hasReport) this.#report = new Report(this.#options, (through) => hasStream && this.#follow(through));
    if (hasStream && (!hasReport || after !== null)) this.#follow(after);
  }

  /** The position of the last frame; without frames, the last position that the report includes. It is null before the first. */
  get position() {
    return this.#stream ? this.#stream.position : this.#report.through;
  }

  /** Ends the connections. For each of them that was not refused, the page receives the state `closed`. */
  close() {
    this.#report?.close();
    this.#stream?.close();
  }

  #follow(after) {
    this.#stream ??= new Stream({ ...this.#options, after });
  }
}

/**
 * A connection that is retried: its token, its pauses and its states. A subclass makes an attempt with `attempt()`, which
 * throws the reason for the next attempt.
 */
class Connection {
  options;
  failures = 0; // attempts in a row
  state = {};
  closed = false;
  refused = null; // the last token and the reason, if the service refused it or ended the connection because it expired
  controller = new AbortController(); // ends the timers and the requests of the current attempt
  #page = new AbortController();
  #wake = () => {};

  constructor(options, via) {
    this.options = options;
    this.via = via; // in the states `waiting` and `closed`
    this.#watchPage();
    queueMicrotask(() => this.#run()); // the caller receives the subscription before the first onState
  }

  /** Ends the connection. The page receives the state `closed`. */
  close() {
    this.end('closed', this.via);
  }

  async #run() {
    while (!this.closed) {
      try {
        await this.attempt();
      } catch (e) {
        await this.#pause(e);
      }
    }
  }

  /** Ends a silent connection soon if an event or a heartbeat is overdue. */
  check() {}

  /** Called when the network is back. */
  online() {}

  /** Ends what continues after an attempt. */
  disconnect() {}

  /** Ends the timers and requests of the current attempt, such as a handshake during polls. */
  endAttempt() {
    this.controller.abort();
    this.controller = new AbortController();
  }

  /** Ends the connection if a request was refused and retrying cannot help; otherwise throws. */
  fail({ status, headers }, problem, token, via) {
    const detail = `${status} ${problem?.detail ?? ''}`.trim();
    if (status === 401 && typeof this.options.token === 'function') {
      this.refused = { token, via, detail };
      throw new Error(detail);
    }
    if (status < 500 && status !== 429 && status !== 408) return this.end('refused', via, detail);
    throw Object.assign(new Error(detail), { retryAfter: headers.get('Retry-After') });
  }

  async token(signal) {
    const { token } = this.options;
    if (typeof token !== 'function') return token;
    const refused = this.refused;
    const answer = token({ expired: refused !== null });
    const late = elapsed(ANSWER_MS, signal).then(() => Promise.reject(new Error('token() did not answer')));
    const fresh = await Promise.race([answer, late]);
    if (refused && (!fresh || fresh === refused.token)) this.end('refused', refused.via, refused.detail);
    if (this.refused === refused) this.refused = null;
    return fresh;
  }

  /** Waits with full jitter, because all clients of an instance lose it at the same moment and must not all reconnect then. */
  async #pause(why) {
    if (this.closed) return;
    this.endAttempt();
    const first = why?.isSilent ? WAKE_PAUSE_MS : this.state.state === 'live' ? LOST_PAUSE_MS : 0;
    const cap = Math.min(BACKOFF_MS.max, Math.max(first, BACKOFF_MS.base * 2 ** this.failures));
    const retryAfter = Math.min(HOUR_MS, Math.max(0, Number(why?.retryAfter) * 1000 || 0));
    const ms = retryAfter + Math.random() * Math.max(cap, 2 * retryAfter);
    if (!isOffline()) this.failures++;
    this.setState('waiting', this.via, `${why?.message ?? why}; again in ${Math.round(ms)} ms`);
    await this.sleep(ms, retryAfter);
    // an attempt without a network fails; one is made occasionally, because a browser can be wrong about the network
    if (isOffline()) await this.sleep(BACKOFF_MS.max * (1 + Math.random()));
  }

  /** Waits. After #wake it waits only for `min` and some jitter. It also ends with the attempt. */
  async sleep(ms, min = 0) {
    const { signal } = this.controller;
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
      this.check();
      if (type === 'online') this.online();
      if (type === 'online' || this.state.state === 'waiting') this.#wake();
    };
    for (const [target, type] of [[globalThis, 'online'], [globalThis, 'pageshow'], [document, 'visibilitychange']]) {
      target?.addEventListener?.(type, wake, { signal: this.#page.signal });
    }
  }

  end(state, via, detail) {
    if (this.closed) return;
    this.closed = true;
    this.controller.abort();
    this.#page.abort();
    this.disconnect();
    this.call('onState', { state, via, detail });
  }

  setState(state, via, detail) {
    if (this.closed || (state === 'live' && this.state.state === 'live' && this.state.via === via)) return;
    this.state = { state, via, detail };
    this.call('onState', this.state);
  }

  /** Calls a callback. An exception of the page does not end the connection. */
  call(callback, ...values) {
    try {
      this.options[callback]?.(...values);
    } catch (e) {
      console.error(e);
    }
  }
}

/** A stream of an author's likes, by a WebSocket or by polls of the gateway. */
class Stream extends Connection {
  #position;
  #overlaps = false; // the WebSocket starts before frames that polls have delivered
  #deliveredIds = new Set();
  #failedHandshakes = 0; // in a row, while polls worked
  #handshakeAt = 0;
  #socket = null; // the WebSocket whose hello has arrived
  #poller; // ends the current poll

  constructor(options) {
    super(options);
    this.#position = options.after;
  }

  get position() {
    return this.#position;
  }

  async attempt() {
    if (this.options.WebSocket && !this.#failedHandshakes) await this.#connect();
    else await this.#pollAndRetryWebSocket();
    this.endAttempt();
    if (this.#socket) throw await this.#lost();
  }

  /** Waits until the WebSocket ends. Returns the reason. */
  async #lost() {
    const { over, token, greetedAt } = this.#socket;
    const why = await over;
    this.refused = why?.code === EXPIRED ? { token, via: 'websocket', detail: why.message } : null;
    if (Date.now() - greetedAt > BACKOFF_MS.max) this.failures = 0;
    this.#socket = null;
    return why;
  }

  check() {
    this.#socket?.check();
  }

  online() {
    this.#handshakeAt = 0; // another network may let WebSockets through
  }

  disconnect() {
    this.#poller?.abort();
    this.#socket?.close();
  }

  async #connect() {
    this.setState('connecting', 'websocket');
    if ((await this.#handshake()) || this.closed) return;
    await this.#poll(); // a browser hides the reason of a failed handshake: a poll finds it, and finds whether polls work
    this.#countFailedHandshake();
  }

  /** Polls, and retries the WebSocket concurrently, so that a handshake that hangs delays no like. */
  async #pollAndRetryWebSocket() {
    if (this.options.WebSocket) this.#retryWebSocket(this.controller.signal);
    while (!this.closed && !this.#socket) await this.#poll();
  }

  async #retryWebSocket(signal) {
    for (;;) {
      await this.sleep(this.#handshakeAt - Date.now());
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
    const { signal } = this.controller;
    const token = await this.token(signal);
    if (signal.aborted) return false;
    const url = this.#address();
    url.protocol = url.protocol.replace('http', 'ws');
    const protocols = ['heartline.v1', ...(token ? [`bearer.${token}`] : [])];
    const greeted = new Promise((done) => {
      const socket = new Socket(new this.options.WebSocket(url, protocols), signal, token, (frame) => {
        this.#socket = socket;
        this.#poller?.abort(); // the WebSocket starts at or before the position of the next poll
        this.#failedHandshakes = 0;
        this.setState('live', 'websocket');
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
    const wait = this.state.state === 'live' ? LONG_POLL_SECONDS : 0;
    if (!wait) this.setState('connecting', 'long poll');
    const { signal } = poller;
    try {
      const token = await this.token(signal);
      if (signal.aborted) return;
      const url = this.#address();
      if (wait) url.searchParams.set('wait', wait);
      const headers = authorization(token);
      const { fetch } = this.options; // must not be called as a method of the options
      const asked = Date.now();
      elapsed(wait * 1000 + ANSWER_MS, signal).then(() => poller.abort(new Error('no answer to a poll')));
      const answer = await fetch(url, { headers, signal });
      const body = parse(await answer.text());
      if (signal.aborted) return;
      if (answer.ok) this.#read(body, wait, Date.now() - asked);
      else this.fail(answer, body, token, 'long poll');
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
    if (!isEarly && (wait || first)) this.failures = 0;
    this.setState('live', 'long poll');
    if (!body.recovered) {
      const start = first ? (first.from ?? before(first.position)) : body.position;
      this.#deliver({ kind: 'hello', position: start, recovered: false });
    }
    body.frames.forEach((frame) => this.#deliver(frame));
    if (!this.closed && offset(body.position) > offset(this.#position)) this.#position = body.position;
    if (isEarly) throw new Error('the answer to a long poll came empty and immediately');
  }

  /** Delivers a frame. Positions only increase, except for a hello that is not recovered: it may start in another log. */
  #deliver(frame) {
    if (this.closed) return;
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
      this.failures = 0; // not for a hello: a stream may end right after it
    }
    this.#position = frame.position;
    if (kind === 'hello' || kind === 'digest' || (kind === 'like' && this.#isNew(event.id))) this.call('onFrame', frame);
  }

  /** Returns false for an event that the producer's retry has logged a second time. */
  #isNew(id) {
    if (this.#deliveredIds.has(id)) return false;
    this.#deliveredIds.add(id);
    if (this.#deliveredIds.size > EVENTS_REMEMBERED) this.#deliveredIds.delete(this.#deliveredIds.values().next().value);
    return true;
  }

  #address() {
    const { url, author, posts, digest } = this.options;
    const address = resource(url, author, 'likes');
    if (this.#position !== null) address.searchParams.set('after', this.#position);
    posts.forEach((post) => address.searchParams.append('post', post));
    if (digest !== undefined) address.searchParams.set('digest', digest);
    return address;
  }
}

/** A live report: an author's figures of a week, read from report-batch as server-sent events. */
class Report extends Connection {
  through = null;
  #report = null;
  #staleSince = null;
  #onThrough;
  #silence;

  /** @param {(through: string) => void} onThrough called after `onReport` */
  constructor(options, onThrough) {
    super(options, 'report');
    this.#onThrough = onThrough;
  }

  async attempt() {
    const { controller } = this;
    const { signal } = controller;
    this.setState('connecting', this.via);
    const token = await this.token(signal);
    if (signal.aborted) return;
    const silence = (this.#silence = new Timeout((why) => controller.abort(why)));
    signal.addEventListener('abort', () => silence.end());
    try {
      silence.restart(REPORT_SILENCE_MS);
      const headers = { Accept: 'text/event-stream', ...authorization(token) };
      const { fetch } = this.options; // must not be called as a method of the options

      // without no-store, a browser's cache lets a second tab wait for the end of this answer
      const answer = await fetch(this.#address(), { headers, signal, cache: 'no-store' });
      if (!answer.ok) return this.fail(answer, parse(await answer.text()), token, this.via);
      await this.#read(answer.body.getReader(), token);
    } catch (e) {
      throw signal.reason ?? e; // not every browser rejects with the reason
    }
  }

  /** Reads events until the stream ends, and throws then. */
  async #read(reader, token) {
    const parser = new EventParser((event, data) => this.#receive(event, parse(data), token));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error('the live report ended');
      this.#silence.restart(REPORT_SILENCE_MS);
      parser.add(value);
    }
  }

  #receive(event, data, token) {
    if (this.closed || !['report', 'through', 'stale', 'expired'].includes(event)) return;
    if (event === 'expired') {
      this.refused = { token, via: this.via, detail: 'the token has expired' };
      throw new Error(this.refused.detail);
    }
    const isStale = event === 'stale';
    if (isStale ? !data?.since : !POSITION.test(data?.through)) {
      return console.error('heartline: skipped an invalid event:', event, data);
    }
    this.#staleSince = isStale ? data.since : null;
    if (!isStale) this.through = data.through;
    if (event === 'report') this.#report = data;
    if (this.state.state === 'live') this.failures = 0; // not for the first event: a stream may end right after it
    this.setState('live', this.via);
    if (this.closed || !this.#report) return;
    this.call('onReport', this.#report, { through: this.through, staleSince: this.#staleSince });
    if (!this.closed) this.#onThrough(this.through);
  }

  check() {
    this.#silence?.check();
  }

  #address() {
    const { reportsUrl, author, report, every } = this.options;
    const address = resource(reportsUrl, author, `reports/${encodeURIComponent(report)}`);
    if (every !== undefined) address.searchParams.set('every', every);
    return address;
  }
}

/** A WebSocket from its handshake to its end. It closes itself if the gateway does not answer or sends nothing for too long. */
class Socket {
  greetedAt = 0;
  #limits = {}; // without a maximum if the hello has no heartbeat
  #silence = new Timeout((why) => this.close(why));

  constructor(socket, signal, token, onFrame) {
    this.token = token;
    this.over = new Promise((done) => {
      this.close = (why) => {
        this.#silence.end();
        socket.onmessage = socket.onclose = socket.onerror = () => {};
        socket.close(1000);
        done(why);
      };
    });
    signal.addEventListener('abort', () => this.greetedAt || this.close());
    this.#silence.restart({ max: ANSWER_MS });
    socket.onmessage = ({ data }) => {
      const frame = parse(data);
      this.greetedAt ||= Date.now();
      if (frame?.kind === 'hello') this.#limits = silence(frame.heartbeat);
      this.#silence.restart(this.#limits);
      onFrame(frame);
    };
    socket.onclose = socket.onerror = ({ code, reason } = {}) => {
      // in Node, no close event follows the error of a handshake
      this.close(Object.assign(new Error(code ? `closed with ${code} ${reason}`.trim() : 'the connection broke'), { code }));
    };
  }

  /** Closes the WebSocket soon if a heartbeat is overdue and no frame arrives. */
  check() {
    this.#silence.check();
  }
}

/** Ends a connection on which nothing arrives for too long. */
class Timeout {
  #onTimeout;
  #restartedAt;
  #limits = {};
  #timer;

  /** @param {(why: Error) => void} onTimeout ends the connection */
  constructor(onTimeout) {
    this.#onTimeout = onTimeout;
  }

  /** Called when something has arrived. The limits are times in ms; without `max` there is no timeout. */
  restart({ overdue, max }) {
    this.#limits = { overdue, max };
    this.#restartedAt = Date.now();
    this.#endAfter(max);
  }

  /** Ends the connection soon if something is overdue and does not arrive. */
  check() {
    const { overdue, max } = this.#limits;
    const ms = Date.now() - this.#restartedAt;
    if (ms > overdue) this.#endAfter(Math.min(CHECK_MS, max - ms));
  }

  /** Ends the timeout, and not the connection. */
  end() {
    this.#limits = {};
    clearTimeout(this.#timer);
  }

  #endAfter(ms) {
    clearTimeout(this.#timer);
    const why = () => Object.assign(new Error('nothing arrives any more'), { isSilent: true });
    if (ms !== undefined) this.#timer = setTimeout(() => this.#onTimeout(why()), ms);
  }
}

/** Parses chunks of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
class EventParser {
  #onEvent;
  #decoder = new TextDecoder();
  #rest = ''; // the last line, which is incomplete
  #event = '';
  #data = [];

  /** @param {(event: string, data: string) => void} onEvent */
  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  add(bytes) {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?!$)/); // after a carriage return at the end, a line feed may arrive
    this.#rest = lines.pop();
    lines.forEach((line) => this.#addLine(line));
  }

  #addLine(line) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line); // a comment has no name
    if (name === 'event') this.#event = value;
    if (name === 'data') this.#data.push(value);
    if (line) return;
    const [event, data] = [this.#event, this.#data];
    [this.#event, this.#data] = ['', []];
    if (data.length) this.#onEvent(event, data.join('\n'));
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

/** Returns the limits for silence on a WebSocket. They are empty without a valid heartbeat. */
function silence(heartbeat) {
  if (!(heartbeat > 0)) return {};
  const ms = Math.min(HOUR_MS, heartbeat * 1000);
  return { overdue: HEARTBEATS.overdue * ms, max: HEARTBEATS.max * ms };
}

const isUrl = (text) => /^https?:\/\/./.test(text);

const resource = (url, author, path) => new URL(`v1/authors/${encodeURIComponent(author)}/${path}`, url.replace(/\/?$/, '/'));

const authorization = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

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
