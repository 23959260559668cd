// Streams the likes of authors in a browser or in Node, without a gap and without duplicates. The stream reconnects with
// jitter and resumes after the last position. If no WebSocket gets through, it polls. It has no dependencies.
//
// ```
// import { connect } from 'http://localhost:8082/heartline.js';
// const stream = connect({ url: 'http://localhost:8082', author: 'alice', onFrame: console.log, onState: console.log });
// stream.position; // the last position, or null; pass it as "after" to resume later
// stream.close();
// ```
//
// Up to 100 authors share one connection. The page can change them at any time:
//
// ```
// const stream = connect({ url: 'http://localhost:8082', authors: ['alice', 'bob'], onFrame: console.log });
// stream.follow('carol'); // or stream.follow('carol', { after: position }), or { since: '2026-11-26T17:00:00Z' }
// stream.unfollow('bob'); // no further frame of bob; returns the position from which bob can be followed again
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
//
// If `token` is a function, the stream replaces the token of an open WebSocket before it expires, without a reconnect.

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
const MAX_AUTHORS = 100;
const DAY_MS = 86_400_000; // less than the longest delay of setTimeout, about 24 days
const RENEWAL_MS = { min: 2_000, max: 60_000 }; // before a token expires
const CHANGED = new Error('the authors have changed'); // ends a poll that is repeated immediately
const EMPTY = new Error('no author is followed'); // ends a WebSocket
const POSITION = /^[0-9a-z]+-[0-9]+-(start|[0-9]+)$/;

/**
 * Opens a stream of likes, an author's live report, or both. Each of the two connections retries until it is closed or
 * refused.
 *
 * @param {object} options
 * @param {string} [options.url] the gateway's base URL; required with `onFrame`
 * @param {string} [options.author] the author of the posts; required without `authors`
 * @param {readonly string[]} [options.authors] the authors of one connection, at most 100, instead of `author`. `follow` and
 *   `unfollow` of the stream change them. If the gateway refuses one of these authors, it refuses the stream
 * @param {string} [options.after] the `position` of an earlier stream, after which this one starts. By default the stream
 *   starts after the first report, or now if there is no report
 * @param {string|Date} [options.since] a time instead of `after`: the stream starts at the first record logged at or after it
 * @param {readonly string[]} [options.posts] the posts to include; by default all
 * @param {number} [options.digest] an interval in seconds; the stream delivers sums, at most one frame in each interval
 * @param {string|((why: {expired: boolean, expiring: boolean}) => string|Promise<string>)} [options.token] a bearer token, or a
 *   function that returns one for each request within 15 s. `expired` is true if the service has refused the last token of the
 *   connection, or has ended the connection because the token expired. If the function then returns the same token or none,
 *   the connection ends as `refused`. `expiring` is true if the token of an open WebSocket expires within a minute. If the
 *   function then returns another one, the stream needs no reconnect. If it throws or rejects, the connection calls it again
 *   later
 * @param {(frame: object) => void} [options.onFrame] receives each hello, like and digest once and in order; required without
 *   a report. With `authors`, there is a hello for each author, with `author`. A digest then has the sums of each in `authors`
 * @param {(author: string, problem: object) => void} [options.onRefused] the gateway has refused an author of `follow`, with
 *   the `status` and `detail` of the problem. The stream retries after 429 and 503, and after 401 if `token` is a function.
 *   After another status, the author is no longer in `authors`. By default, the console has the refusal as an error
 * @param {string} [options.report] the week of the live report: `current`, `previous`, or an ISO week such as `2026-W47`
 * @param {string} [options.reportsUrl] the base URL of report-batch; required with `report`
 * @param {number} [options.every] the shortest interval between two reports in seconds, 0.2 to 60; by default 1
 * @param {(report: object, state: {through: string, staleSince: string|null}) => void} [options.onReport] receives the latest
 *   report, at least every 20 s. It is required with `report`. The report includes all likes up to `through`. `staleSince` is
 *   the time (RFC 3339) since which the service cannot read new likes, or null
 * @param {(state: object) => void} [options.onState] receives `{state, via, detail}`. The state is `connecting`, `live` (again
 *   when `via` changes), or `waiting` (before a retry, or until an author is followed). At the end it is `refused` (retrying
 *   cannot help) or `closed`. In all states of the live report, `via` is `report`
 * @param {typeof WebSocket} [options.WebSocket] an implementation for a platform without one; null to poll only
 * @param {typeof fetch} [options.fetch] an implementation for a platform without one
 * @returns {Subscription} an open subscription
 * @throws {TypeError} if a required option is missing or has the wrong type
 */
export const connect = (options) => new Subscription(options);

/** The stream of likes, the live report, or both. */
class Subscription {
  #options;
  #report = null;
  #stream = null;

  constructor({ WebSocket = globalThis.WebSocket, fetch = globalThis.fetch, posts = [], after, since, ...others }) {
    const start = checkStart({ after, since });
    this.#options = { WebSocket, fetch, posts, ...start, ...others };
    const { url, author, authors, onFrame, report, reportsUrl, onReport } = others;
    const hasReport = report !== undefined || onReport !== undefined;
    const hasStream = onFrame !== undefined || !hasReport;
    if (hasStream && !isUrl(url)) throw new TypeError('url must be that of a gateway, such as http://localhost:8082');
    if (authors === undefined && typeof author !== 'string') throw new TypeError('author must be a string');
    if (authors !== undefined) checkAuthors(authors, { author, hasReport });
    if (hasStream && typeof onFrame !== 'function') throw new TypeError('onFrame must be a function');
    if (hasReport && typeof report !== 'string') throw new TypeError('report must be a week, such as current');
    if (hasReport && !isUrl(reportsUrl)) throw new TypeError('reportsUrl must be that of report-batch');
    if (hasReport && typeof onReport !== 'function') throw new TypeError('onReport must be a function');
    const isReportFirst = hasReport && start.after === null && start.since === null;
    if (hasReport) this.#report = new Report(this.#options, (through) => hasStream && this.#start(through));
    if (hasStream && !isReportFirst) this.#start(start.after);
  }

  /**
   * The position of the last frame; without frames, the last position that the report includes. It is null before the first.
   * With `authors` it is a list with a position for each partition. Pass it as `after` with the same authors. While an author
   * of `follow` catches up, it includes only what the page has received of all authors, and a resumed stream may repeat likes.
   */
  get position() {
    return this.#stream ? this.#stream.position : this.#report.through;
  }

  /** The authors that the stream follows now. */
  get authors() {
    return this.#stream ? this.#stream.authors : [this.#options.author];
  }

  /**
   * Follows another author on the same connection. The author's first frame is a hello. Refusals are reported to `onRefused`. It
   * changes nothing if the author is followed already, or if the stream has ended.
   *
   * @param {string} author the author of the posts
   * @param {{after?: string, since?: string|Date}} [start] a position or a time, as for `connect`; by default now
   * @throws {TypeError} if 100 authors are followed already, if `connect` was called without `authors`, or if `start` is invalid
   */
  follow(author, start = {}) {
    this.#checkChange(author);
    const { after, since } = checkStart(start);
    if (after !== null && !POSITION.test(after)) throw new TypeError('after must be one position');
    this.#stream.follow(author, { after, since });
  }

  /**
   * Ends an author's frames immediately. The connection closes while no author is followed, and `follow` opens it again.
   *
   * @param {string} author an author that is followed; otherwise nothing changes
   * @returns {string|null} the position up to which the page has received the author's frames. It is null if none is known
   * @throws {TypeError} if `connect` was called without `authors`
   */
  unfollow(author) {
    this.#checkChange(author);
    return this.#stream.unfollow(author);
  }

  /** Ends the connections. For each of them that was not refused, the page receives the state `closed`. */
  close() {
    this.#report?.close();
    this.#stream?.close();
  }

  #start(after) {
    this.#stream ??= new Stream({ ...this.#options, after });
  }

  #checkChange(author) {
    if (!this.#options.authors) throw new TypeError('authors must be an option of connect, so that the stream can change them');
    if (!isId(author)) throw new TypeError('author must be a string');
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
    if (this.isFinal(status)) return this.end('refused', via, detail);
    throw Object.assign(new Error(detail), { retryAfter: headers.get('Retry-After') });
  }

  /** Returns whether retrying cannot help after a response with this status. */
  isFinal(status) {
    if (status === 401) return typeof this.options.token !== 'function';
    return status < 500 && status !== 429 && status !== 408;
  }

  async token(signal) {
    if (typeof this.options.token !== 'function') return this.options.token;
    const refused = this.refused;
    const fresh = await this.requestToken({ expired: refused !== null, expiring: false }, signal);
    if (refused && (!fresh || fresh === refused.token)) this.end('refused', refused.via, refused.detail);
    if (this.refused === refused) this.refused = null;
    return fresh;
  }

  /** Calls the page's function. Rejects if it does not answer in time. */
  async requestToken(why, signal) {
    const { token } = this.options;
    const answer = token(why);
    const late = elapsed(ANSWER_MS, signal).then(() => Promise.reject(new Error('token() did not answer')));
    return Promise.race([answer, late]);
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

/** An author of a stream. */
class Author {
  partition = null; // as in a position; null before the first hello
  isPaused = false; // the next attempt is later
  refusals = 0;

  /**
   * @param {boolean} isApart the author was added, and the gateway does not yet read it together with the others of its
   *   partition. Until then, its frames move only its own position
   */
  constructor(id, { after = null, since = null, isApart = false } = {}) {
    this.id = id;
    this.position = after; // its own, while it is apart; null before its start is known
    this.since = since;
    this.isApart = isApart;
    this.isAdded = isApart;
  }
}

/** The authors of a stream, and the positions up to which the page has received their frames. */
class Authors {
  #followed = new Map(); // by id
  #removed = new Set(); // authors that are still requested, because `after` may have a position of their unknown partition
  #positions = new Map(); // by partition, of the authors that are not apart
  #isTurn = true; // of an author that is apart, and not of the others, in the next poll
  #overlaps = new Set(); // the partitions of which the WebSocket repeats frames that polls have delivered

  constructor(ids, { after, since }) {
    for (const id of ids) this.#followed.set(id, new Author(id, { since }));
    if (after === null) return;
    for (const position of `${after}`.split(',')) this.#positions.set(partition(position), position); // the gateway checks them
  }

  get ids() {
    return [...this.#followed.keys()];
  }

  get isEmpty() {
    return this.#followed.size === 0;
  }

  /** Returns the author with this id if it is followed. */
  get(id) {
    return this.#followed.get(id);
  }

  /** Returns the last position of each partition as a list, or null. No author's missed frames are before these positions. */
  get position() {
    const lowest = new Map(this.#positions);
    for (const { position } of this.#apart()) {
      if (position === null) continue;
      const shared = lowest.get(partition(position));
      if (!shared || offset(position) < offset(shared)) lowest.set(partition(position), position);
    }
    return lowest.size ? [...lowest.values()].join() : null;
  }

  add(id, start) {
    this.#followed.set(id, new Author(id, { ...start, isApart: true }));
  }

  /** Removes an author that is followed. Returns the position of its last frame, or null. */
  remove(id) {
    const author = this.#followed.get(id);
    this.#followed.delete(id);
    const position = author.isApart ? author.position : (this.#positions.get(author.partition) ?? null);
    if (!author.isApart) this.#removed.add(author);
    this.#forget();
    return position;
  }

  /** Returns the authors of the next handshake, and where they start. The others are added on the open WebSocket. */
  request() {
    for (const author of this.#joined()) {
      // the connection ended after the hello of another author: the time is this author's only start
      if (author.since !== null && author.partition === null && this.#positions.size) author.isApart = true;
    }
    if (this.#joined().length === 0) this.#joinFirst();
    const joined = this.#joined();
    const after = this.#positions.size ? [...this.#positions.values()].join() : null;
    // an author that was removed and added again is requested as the latter
    return { authors: byId([...this.#removed, ...joined]), after, since: after === null ? joined[0].since : null };
  }

  /**
   * Returns the authors of the next poll, and where they start. An author that is apart is polled alone, until it is not
   * before the others of its partition. Then it joins in a poll of all, which repeats likes: these authors are `joining`.
   */
  nextPoll() {
    for (const author of this.#apart()) {
      const isAlone = author.partition !== null && !this.#positions.has(author.partition);
      if (isAlone && this.#isOfThisLog(author.position)) this.join(author, author.position);
    }
    const request = this.request();
    const alone = this.#apart().find((author) => !author.isPaused && !this.#canJoin(author));
    this.#isTurn = !(alone && this.#isTurn); // the others do not wait until it has caught up
    if (alone && !this.#isTurn) {
      const { position: after } = alone;
      const since = after === null ? alone.since : null;
      return { authors: byId([alone]), after, since, alone, joining: [], isShort: true };
    }
    const joining = this.#apart().filter((author) => this.#canJoin(author));
    const authors = byId([...request.authors.values(), ...joining]);
    return { ...request, authors, joining, isShort: alone !== undefined || joining.length > 0 };
  }

  /** Moves positions by a hello. Returns the hello for the page. */
  greet(author, hello) {
    const { position, recovered } = hello;
    author.partition = partition(position);
    const last = author.isApart ? author.position : this.#positions.get(author.partition);
    const isRepeated = recovered && offset(position) < offset(last);
    if (author.isApart) author.position = isRepeated ? last : position;
    else {
      this.#overlaps[isRepeated ? 'add' : 'delete'](author.partition);
      if (!isRepeated && (this.#followed.get(author.id) === author || this.#removed.has(author))) this.#startAt(position);
    }
    this.#forget();
    return isRepeated ? { ...hello, position: last } : hello;
  }

  /** Returns whether a frame is new to the page. */
  isNew(author, position) {
    return offset(position) > offset(author?.isApart ? author.position : this.#positions.get(partition(position)));
  }

  /** Returns whether a digest includes likes that polls have delivered. */
  isOverlapping(author, { from, position }) {
    const key = partition(position);
    return !author?.isApart && this.#overlaps.has(key) && offset(from) < offset(this.#positions.get(key));
  }

  /** Moves a position by a frame. */
  move(author, position) {
    if (author?.isApart) author.position = position;
    else if (this.#positions.has(partition(position))) this.#positions.set(partition(position), position);
  }

  /** Moves positions by a list. Returns whether one of them is new. */
  moveAll(list) {
    const moved = list.split(',').filter((position) => this.isNew(null, position));
    moved.forEach((position) => this.move(null, position));
    return moved.length > 0;
  }

  /** Called when the gateway reads an author together with the others of its partition, from this position on. */
  join(author, position) {
    author.isApart = false;
    if (!this.#positions.has(partition(position))) this.#startAt(position);
    else this.moveAll(position);
    this.#forget(); // the author may have been removed meanwhile
  }

  /** Called after a poll of an author alone. Returns whether the others of its partition are still after it. */
  reach(author, position) {
    author.partition ??= partition(position);
    if (this.isNew(author, position)) author.position = position;
    return this.#positions.has(author.partition) && !this.#canJoin(author);
  }

  /** Called after a poll of all. The authors whose likes it has repeated join unless the others are before them. */
  joinAll(joining) {
    for (const author of joining) {
      const shared = this.#positions.get(author.partition);
      if (shared && offset(shared) >= offset(author.position)) this.join(author, shared);
    }
  }

  /** Separates an author that the open WebSocket does not have yet. */
  separate(author) {
    if (author.isApart) return;
    author.isApart = true;
    author.position = this.#positions.get(author.partition) ?? null;
    this.#forget();
  }

  #canJoin({ partition, position }) {
    return partition !== null && this.#positions.has(partition) && offset(position) >= offset(this.#positions.get(partition));
  }

  /** Returns false if the log was created again: the next poll at a position of the log before it has a hello. */
  #isOfThisLog(position) {
    return [...this.#positions.values()].every((other) => epoch(other) === epoch(position));
  }

  /** If all authors are apart, the first one starts the connection, together with all others that start now. */
  #joinFirst() {
    const isNow = ({ position, since }) => position === null && since === null;
    const [first] = this.#apart();
    for (const author of this.#apart().filter((author) => author === first || (isNow(first) && isNow(author)))) {
      if (author.position === null) author.isApart = false;
      else this.join(author, author.position);
    }
  }

  /** A log that was created again has another epoch: positions in the log before it are worthless. */
  #startAt(position) {
    for (const other of this.#positions.values()) {
      if (epoch(other) !== epoch(position)) this.#positions.delete(partition(other));
    }
    this.#positions.set(partition(position), position);
  }

  /** Forgets partitions without an author, because the gateway refuses their positions. */
  #forget() {
    const known = new Set(this.#joined().map((author) => author.partition));
    if (known.has(null)) return;
    this.#removed.clear();
    for (const key of this.#positions.keys()) if (!known.has(key)) this.#positions.delete(key);
  }

  #joined() {
    return [...this.#followed.values()].filter(({ isApart }) => !isApart);
  }

  #apart() {
    return [...this.#followed.values()].filter(({ isApart }) => isApart);
  }
}

/** A stream of likes, by a WebSocket or by polls of the gateway. */
class Stream extends Connection {
  #authors;
  #delivered = new Map(); // the authors of the last events by the events' ids
  #failedHandshakes = 0; // in a row, while polls worked
  #handshakeAt = 0;
  #socket = null; // the WebSocket whose hello has arrived
  #poller; // ends the current poll
  #onFollow = () => {};

  constructor(options) {
    super(options);
    this.#authors = new Authors(options.authors ?? [options.author], options);
  }

  get position() {
    return this.#authors.position;
  }

  get authors() {
    return this.#authors.ids;
  }

  follow(id, start) {
    if (this.closed || this.#authors.get(id)) return;
    if (this.#authors.ids.length >= MAX_AUTHORS) throw new TypeError(`authors must be at most ${MAX_AUTHORS}`);
    this.#authors.add(id, start);
    this.#change();
  }

  unfollow(id) {
    if (!this.#authors.get(id)) return null;
    const position = this.#authors.remove(id);
    this.#change();
    return position;
  }

  async attempt() {
    if (this.#authors.isEmpty) return this.#idle();
    if (this.options.WebSocket && !this.#failedHandshakes) await this.#connect();
    else await this.#pollAndRetryWebSocket();
    this.endAttempt();
    if (!this.#socket) return;
    const why = await this.#lost();
    if (why !== EMPTY) throw why;
  }

  /** Waits until an author is followed. */
  async #idle() {
    this.setState('waiting', this.via, EMPTY.message);
    await new Promise((done) => (this.#onFollow = done));
  }

  /** Waits until the WebSocket ends. Returns the reason. */
  async #lost() {
    const socket = this.#socket;
    const why = await socket.over;
    this.refused = why?.code === EXPIRED ? { token: socket.token, via: 'websocket', detail: why.message } : null;
    if (Date.now() - socket.greetedAt > BACKOFF_MS.max) this.failures = 0;
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
    if ((await this.#handshake()) || this.closed || this.#authors.isEmpty) return;
    await this.#poll(); // a browser hides the reason of a failed handshake: a poll finds it, and finds whether polls work
    this.#countFailedHandshake();
  }

  /** Polls, and retries the WebSocket concurrently, so that a handshake that hangs delays no like. */
  async #pollAndRetryWebSocket() {
    if (this.options.WebSocket) this.#retryWebSocket(this.controller.signal);
    while (!this.closed && !this.#socket && !this.#authors.isEmpty) await this.#poll();
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
    if (signal.aborted || this.#authors.isEmpty) return false;
    const request = this.#authors.request();
    const url = this.#address(request);
    url.protocol = url.protocol.replace('http', 'ws');
    const protocols = ['heartline.v1', ...(token ? [`bearer.${token}`] : [])];
    const greeted = new Promise((done) => {
      const webSocket = new this.options.WebSocket(url, protocols);
      const socket = new Socket(webSocket, signal, token, request.authors, (frame, isFirst) => {
        this.#socket = socket;
        this.#poller?.abort(); // the WebSocket starts at or before the position of the next poll
        this.#failedHandshakes = 0;
        this.setState('live', 'websocket');
        if (isFirst) this.#renewToken(socket, expiry(token));
        this.#receive(frame, socket);
        done(true);
      });
      socket.over.then(() => done(false));
    });
    // it fails, for example, for a token that is valid in a header but not in a subprotocol: a poll finds the reason
    return greeted.catch(() => false);
  }

  /** Replaces the token of an open WebSocket before it expires. If that fails, the gateway ends the WebSocket, and not before. */
  async #renewToken(socket, expires) {
    if (typeof this.options.token !== 'function') return;
    const { signal } = socket;
    for (let left; (left = expires - Date.now()) > RENEWAL_MS.min; ) {
      const due = expires - Math.min(RENEWAL_MS.max, left / 4) * (0.5 + Math.random() / 2);
      while (Date.now() < due && !signal.aborted) await elapsed(Math.min(due - Date.now(), DAY_MS), signal);
      if (signal.aborted) return;
      const fresh = await this.requestToken({ expired: false, expiring: true }, signal).catch(() => null);
      if (signal.aborted) return;
      if (fresh && fresh !== socket.token) {
        socket.renewal = fresh;
        return socket.send({ kind: 'token', token: fresh });
      }
    }
  }

  /** Polls one time. The first poll is short, to find whether polls work, and later ones are long. Throws without an answer. */
  async #poll() {
    const poller = (this.#poller = new AbortController());
    const request = this.#authors.nextPoll();
    const wait = this.state.state !== 'live' || request.isShort ? 0 : LONG_POLL_SECONDS;
    if (this.state.state !== 'live') this.setState('connecting', 'long poll');
    const { signal } = poller;
    try {
      const token = await this.token(signal);
      if (signal.aborted) return;
      const url = this.#address(request);
      if (wait) url.searchParams.set('wait', wait);
      const headers = authorization(token);
      const { fetch } = this.options; // must not be called as a method of the options
      const asked = Date.now();
      elapsed(wait * 1000 + ANSWER_MS, signal).then(() => poller.abort(new Error('no answer to a poll')));
      const answer = await fetch(url, { headers, signal });
      const body = parse(await answer.text());
      if (signal.aborted) return;
      if (answer.ok) this.#read(body, request, wait, Date.now() - asked);
      else if (!this.#refuseOne(request, answer.status, body)) this.fail(answer, body, token, 'long poll');
    } catch (e) {
      if (!this.#socket && signal.reason !== CHANGED) throw e;
    } finally {
      poller.abort();
    }
  }

  #read(body, request, wait, ms) {
    if (!isList(body?.position)) throw new Error('the answer to a poll has no position');
    const first = body.frames.find((frame) => frame?.kind !== 'hello' && POSITION.test(frame?.position));
    const isEarly = wait && !first && ms < 1000;
    if (!isEarly && (wait || first)) this.failures = 0;
    this.setState('live', 'long poll');
    if (!this.options.authors && (!body.recovered || this.position === null)) {
      const start = first ? (first.from ?? before(first.position)) : body.position;
      this.#deliver({ kind: 'hello', position: start, recovered: body.recovered }, request.authors);
    }
    for (const frame of body.frames) {
      const author = frame?.kind === 'hello' && frame.recovered ? request.authors.get(frame.author) : null;
      if (author?.partition) this.#authors.greet(author, frame); // it repeats the hello of an earlier poll
      else this.#deliver(frame, request.authors);
    }
    if (this.closed) return;
    const { alone, joining } = request;
    if (!alone) {
      this.#authors.moveAll(body.position);
      this.#authors.joinAll(joining);
    } else if (this.#authors.reach(alone, body.position) && !body.more) {
      this.#retryLater(alone, WAKE_PAUSE_MS, this.controller.signal); // the answer came from another instance, which lags
    }
    if (isEarly) throw new Error('the answer to a long poll came empty and immediately');
  }

  /** Reads a message of the WebSocket: the answer to a message of the stream, or a frame. */
  #receive(frame, socket) {
    const { kind, problem, expires } = frame ?? {};
    // a refusal does not repeat an invalid id; the gateway answers messages in their order
    const isUnnamed = kind === 'refused' && problem?.errors?.some(({ parameter }) => parameter === 'author');
    const id = frame?.author ?? (isUnnamed ? socket.unanswered.values().next().value : undefined);
    const author = socket.authors.get(id);
    if (kind === 'token') {
      socket.token = socket.renewal;
      this.#renewToken(socket, Date.parse(expires));
    } else if (kind === 'unfollowed' || (kind === 'refused' && author)) {
      socket.authors.delete(id);
      if (kind === 'refused') this.#refuse(author, problem ?? {}, socket.signal);
    } else if (kind === 'position' && author && POSITION.test(frame.position)) {
      this.#authors.join(author, frame.position);
    } else if (kind !== 'refused') {
      this.#deliver(frame, socket.authors);
    }
    if (kind === 'hello' || kind === 'unfollowed' || kind === 'refused') {
      socket.unanswered.delete(id);
      this.#change();
    }
  }

  /** Reports the refusal of an author to the page. The author is removed, or retried later. */
  #refuse(author, problem, signal) {
    if (this.#authors.get(author.id) !== author) return;
    if (this.isFinal(problem.status)) this.#authors.remove(author.id);
    else {
      const max = Math.min(BACKOFF_MS.max, LOST_PAUSE_MS * 2 ** author.refusals++);
      this.#retryLater(author, max * (0.5 + Math.random() / 2), signal);
    }
    if (this.options.onRefused) this.call('onRefused', author.id, problem);
    else console.error(`heartline: the gateway refused ${author.id}:`, problem);
  }

  /** Retries an author after a time, or when the connection has ended. */
  async #retryLater(author, ms, signal) {
    author.isPaused = true;
    await elapsed(ms, signal);
    author.isPaused = false;
    this.#change();
  }

  /** Returns whether a poll was refused because of one author, which `follow` has added, and not because of the stream. */
  #refuseOne({ authors, alone }, status, problem) {
    const [author] = authors.values();
    const isOfAuthor = alone ? status < 500 || status === 503 : author.isAdded && authors.size === 1 && this.isFinal(status);
    if (status === 401 || !isOfAuthor) return false;
    this.#refuse(author, { status, ...(typeof problem === 'object' && problem) }, this.controller.signal);
    return true;
  }

  /** Called when the authors have changed. Several changes in a row have the effect of one. */
  #change() {
    if (!this.options.authors) return;
    queueMicrotask(() => {
      if (this.closed) return;
      if (this.#socket) this.#update(this.#socket);
      else this.#poller?.abort(CHANGED);
      if (!this.#authors.isEmpty) this.#onFollow();
    });
  }

  /** Sends messages until the open WebSocket has the stream's authors. An author has at most one message without an answer. */
  #update(socket) {
    if (this.#authors.isEmpty) return socket.close(EMPTY);
    for (const id of this.#authors.ids) {
      const author = this.#authors.get(id);
      if (socket.authors.size >= MAX_AUTHORS || socket.authors.has(id) || author.isPaused) continue;
      this.#authors.separate(author);
      const { position, since } = author;
      const start = position !== null ? { after: position } : since !== null ? { since } : {};
      socket.authors.set(id, author);
      socket.unanswered.add(id);
      socket.send({ kind: 'follow', author: id, ...start });
    }
    for (const [id, author] of socket.authors) {
      if (author === this.#authors.get(id) || socket.unanswered.has(id)) continue;
      socket.unanswered.add(id);
      socket.send({ kind: 'unfollow', author: id });
    }
  }

  /**
   * Delivers a frame. Positions only increase, except for a hello that is not recovered: it may start in another log.
   *
   * @param {Map<string, Author>} authors the authors of the connection
   */
  #deliver(frame, authors) {
    if (this.closed) return;
    const { kind, position, event } = frame ?? {};
    const isValid = kind === 'position' ? isList(position) : POSITION.test(position);
    if (!isValid || (kind === 'like' && !event?.id)) {
      return console.error('heartline: skipped an invalid frame:', frame);
    }
    const author = this.#authorOf(frame, authors);
    if (kind === 'hello') {
      if (!author) return;
      frame = this.#authors.greet(author, frame);
    } else if (kind === 'position') {
      if (this.#authors.moveAll(position)) this.failures = 0;
      return;
    } else {
      if (!this.#authors.isNew(author, position)) return;
      if (kind === 'digest' && this.#authors.isOverlapping(author, frame)) {
        // the digest after a reconnect begins at the last position
        return this.#socket?.close(new Error('a digest begins before the last position'));
      }
      this.failures = 0; // not for a hello: a stream may end right after it
      this.#authors.move(author, position);
    }
    const isFollowed = (id) => authors.has(id) && authors.get(id) === this.#authors.get(id);
    if (kind === 'digest' && frame.authors) frame = onlyOf(frame, isFollowed);
    else if (!author || !isFollowed(author.id)) return;
    const isDelivered = kind === 'like' ? this.#isNew(event.id, author) : kind === 'hello' || kind === 'digest';
    if (frame && isDelivered) this.call('onFrame', frame);
  }

  /** Returns the author of a frame, or undefined if it belongs to several. A digest of an author that is apart has one entry. */
  #authorOf({ author, event, authors: sums }, authors) {
    if (!this.options.authors) return authors.values().next().value;
    return authors.get(author ?? event?.authorId ?? (sums?.length === 1 ? sums[0].author : undefined));
  }

  /**
   * Returns false for an event that the producer's retry has logged a second time.
   *
   * @param {Author} author another object if the author was unfollowed and followed again, perhaps to repeat its likes
   */
  #isNew(id, author) {
    if (this.#delivered.get(id) === author) return false;
    this.#delivered.set(id, author);
    if (this.#delivered.size > EVENTS_REMEMBERED) this.#delivered.delete(this.#delivered.keys().next().value);
    return true;
  }

  #address({ authors, after, since }) {
    const { url, author, posts, digest } = this.options;
    const address = resource(url, this.options.authors ? 'likes' : `authors/${encodeURIComponent(author)}/likes`);
    if (this.options.authors) authors.forEach((_, id) => address.searchParams.append('author', id));
    if (after !== null) address.searchParams.set('after', after);
    if (since !== null) address.searchParams.set('since', since);
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
    const address = resource(reportsUrl, `authors/${encodeURIComponent(author)}/reports/${encodeURIComponent(report)}`);
    if (every !== undefined) address.searchParams.set('every', every);
    return address;
  }
}

/** A WebSocket from its handshake to its end. It closes itself if the gateway does not answer or sends nothing for too long. */
class Socket {
  greetedAt = 0;
  renewal = null; // the token that the gateway has to confirm
  unanswered; // the ids of the authors whose hello, or whose answer to a message, has not arrived
  #ended = new AbortController();
  #limits = {}; // without a maximum if the hello has no heartbeat
  #silence = new Timeout((why) => this.close(why));
  #socket;

  /** @param {Map<string, Author>} authors the authors of the URL; the stream keeps them as the gateway has them */
  constructor(socket, signal, token, authors, onFrame) {
    this.#socket = socket;
    this.token = token;
    this.authors = authors;
    this.unanswered = new Set(authors.keys());
    this.over = new Promise((done) => {
      this.close = (why) => {
        this.#silence.end();
        this.#ended.abort();
        socket.onmessage = socket.onclose = socket.onerror = () => {};
        socket.close(1000);
        done(why);
      };
    });
    signal.addEventListener('abort', () => this.greetedAt || this.close());
    this.#silence.restart({ max: ANSWER_MS });
    socket.onmessage = ({ data }) => {
      const frame = parse(data);
      const isFirst = !this.greetedAt;
      this.greetedAt ||= Date.now();
      if (frame?.kind === 'hello' && frame.heartbeat !== undefined) this.#limits = silence(frame.heartbeat);
      this.#silence.restart(this.#limits);
      onFrame(frame, isFirst);
    };
    socket.onclose = socket.onerror = ({ code, reason } = {}) => {
      // in Node, no close event follows the error of a handshake
      this.close(Object.assign(new Error(code ? `closed with ${code} ${reason}`.trim() : 'the connection broke'), { code }));
    };
  }

  /** Ends the timers of this WebSocket. */
  get signal() {
    return this.#ended.signal;
  }

  send(message) {
    this.#socket.send(JSON.stringify(message));
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

const resource = (url, path) => new URL(`v1/${path}`, url.replace(/\/?$/, '/'));

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

/** Returns the time in ms at which a JWT expires, or NaN for another token. */
function expiry(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).exp * 1000;
  } catch {
    return NaN;
  }
}

const isId = (author) => typeof author === 'string' && author !== '';

function checkAuthors(authors, { author, hasReport }) {
  if (!Array.isArray(authors) || !authors.every(isId)) throw new TypeError('authors must be an array of strings');
  if (new Set(authors).size > MAX_AUTHORS) throw new TypeError(`authors must be at most ${MAX_AUTHORS}`);
  if (author !== undefined) throw new TypeError('authors and author exclude each other');
  if (hasReport) throw new TypeError('authors and report exclude each other: a live report is that of one author');
}

/** Returns a start whose time is text. */
function checkStart({ after = null, since = null }) {
  if (after !== null && since !== null) throw new TypeError('since and after exclude each other');
  if (since !== null && Number.isNaN(Date.parse(since))) throw new TypeError('since must be a time, such as 2026-11-26T17:00:00Z');
  return { after, since: since instanceof Date ? since.toISOString() : since };
}

/** Returns a digest with the sums of some of its authors, or null if it has none of them. */
function onlyOf(digest, isWanted) {
  const authors = digest.authors.filter(({ author }) => isWanted(author));
  const sum = (name) => authors.reduce((total, author) => total + author[name], 0);
  if (authors.length === digest.authors.length) return digest;
  return authors.length ? { ...digest, liked: sum('liked'), unliked: sum('unliked'), authors } : null;
}

const byId = (authors) => new Map(authors.map((author) => [author.id, author]));

/** Returns a number that orders positions of one partition: null is before the start, and the start is before all offsets. */
const offset = (position) => (position ? Number(`${position}`.split('-')[2]?.replace('start', -1)) : -2);

/** Returns a position without its offset. */
const partition = (position) => position.slice(0, position.lastIndexOf('-'));

const epoch = (position) => position.split('-')[0];

/** Returns whether a text is a list with at least one position. */
const isList = (text) => typeof text === 'string' && text.split(',').every((position) => POSITION.test(position));

const before = (position) => position.replace(/[0-9]+$/, (offset) => (offset === '0' ? 'start' : offset - 1));
