// Fakes for tests of heartline.js: a gateway and a report-batch whose answers a test sends, and a clock that a test moves.

import { connect } from '../../main/resources/client/heartline.js';

export const at = (offset, log = 'k3f9-3') => `${log}-${offset}`;
/** @param {number} [heartbeat] in seconds; without it, the hello is one of an older gateway, which has no interval */
export const hello = (offset, recovered = false, heartbeat = undefined) => ({
  kind: 'hello',
  position: at(offset),
  recovered,
  ...(heartbeat !== undefined && { heartbeat }),
});
export const like = (offset, id = `e-${offset}`) => ({ kind: 'like', position: at(offset), event: { id, type: 'liked' } });
export const digest = (from, offset) => ({ kind: 'digest', from: at(from), position: at(offset), liked: offset - from });
export const position = (offset) => ({ kind: 'position', position: at(offset) });

export const in1 = (offset) => at(offset, 'k3f9-1');
export const in2 = (offset) => at(offset, 'k3f9-2');
/** Returns a list of positions. */
export const list = (...positions) => positions.join();

// the frames of a stream of several authors
export const authorHello = (author, position, recovered = false) => ({ kind: 'hello', author, position, recovered });
export const authorLike = (authorId, position, id = `e-${position}`) => ({ kind: 'like', position, event: { id, type: 'liked', authorId } });
export const authorDigest = (from, position, likes) => ({
  kind: 'digest',
  from,
  position,
  liked: Object.values(likes).reduce((sum, liked) => sum + liked, 0),
  unliked: 0,
  authors: Object.entries(likes).map(([author, liked]) => ({ author, liked, unliked: 0, posts: [] })),
});

/** Returns a report that includes everything up to a position. */
export const report = (offset, likes = offset) => ({ authorId: 'alice', week: '2026-W48', likes, through: at(offset) });

/** Returns the answer to a poll. */
export const polled = (offset, frames = [], { recovered = true, more = false } = {}) => ({
  frames,
  position: at(offset),
  more,
  recovered,
});

/**
 * Creates a stream that has not begun yet. Returns what a test can observe. The stream began the `sockets`, `polls` and
 * `readers` of live reports. It delivered the `frames`, `reports` and `states`. Its `errors` are on the console.
 *
 * @param {import('node:test').TestContext} t the test, whose clock is mocked
 * @param {object} [options] for `connect`; the callbacks receive the returned object as their last argument. With `report`,
 *   there is a stream of likes only if there is an `onFrame`
 */
export function begin(t, options = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 24) });
  const seen = { sockets: [], polls: [], readers: [], frames: [], reports: [], states: [], errors: [] };
  t.mock.method(console, 'error', (...what) => seen.errors.push(what));
  seen.stream = connect({
    url: 'http://gateway',
    ...(options.authors ? {} : { author: 'alice' }),
    WebSocket: webSockets(seen.sockets),
    fetch: fetches(seen.polls, seen.readers),
    ...options,
    ...((options.onFrame || !options.report) && {
      onFrame(frame) {
        seen.frames.push(frame);
        options.onFrame?.(frame, seen);
      },
    }),
    ...(options.report && {
      reportsUrl: options.reportsUrl ?? 'http://reports',
      onReport(report, state) {
        seen.reports.push({ report, ...state });
        options.onReport?.(report, state, seen);
      },
    }),
    onState(state) {
      seen.states.push(state);
      options.onState?.(state, seen);
    },
  });
  t.after(() => seen.stream.close());
  seen.names = () => seen.states.map(({ state }) => state);
  seen.reportNames = () => seen.states.filter(({ via }) => via === 'report').map(({ state }) => state);
  /** Moves the clock by a time in ms. */
  seen.pass = async (ms) => {
    t.mock.timers.tick(ms);
    await settled();
  };
  /** Moves the clock until no timer is left. Returns the time that has passed, in ms. */
  seen.passAll = async () => {
    const from = Date.now();
    t.mock.timers.runAll();
    await settled();
    return Date.now() - from;
  };
  return seen;
}

/** Creates a stream that has begun. */
export async function open(t, options) {
  const seen = begin(t, options);
  await settled();
  return seen;
}

/** Creates a stream whose first WebSocket has received a hello at position 10. */
export async function openLive(t, { heartbeat, ...options } = {}) {
  const seen = await open(t, options);
  await seen.sockets[0].receive(hello(10, false, heartbeat));
  return seen;
}

/** Creates a stream of several authors whose first WebSocket has received the hello of each. `positions` has them by author. */
export async function openAuthors(t, positions, options) {
  const seen = await open(t, { authors: Object.keys(positions), ...options });
  for (const [author, position] of Object.entries(positions)) await seen.sockets[0].receive(authorHello(author, position));
  return seen;
}

/** Creates a live report that has received its first event, with position 10. */
export async function openReport(t, options = {}) {
  const seen = await open(t, { report: 'current', ...options });
  await seen.readers[0].accept();
  await seen.readers[0].event('report', report(10));
  return seen;
}

/** Creates a stream whose first handshake has failed, and which is live by long polls at position 10. */
export async function openPolling(t, options) {
  const seen = await open(t, options);
  await seen.sockets[0].fail();
  await seen.polls[0].answer(polled(10, [], { recovered: false }));
  return seen;
}

/** Creates the window and the document of a page. Called before a stream is created. */
export function page(t) {
  const [window, document, navigator] = [new EventTarget(), new EventTarget(), { onLine: true }];
  document.visibilityState = 'visible';
  const listening = [];
  const listen = (target) => (type, listener, options) => {
    target.constructor.prototype.addEventListener.call(target, type, listener, options);
    listening.push(type);
    options.signal.addEventListener('abort', () => listening.splice(listening.indexOf(type), 1));
  };
  document.addEventListener = listen(document);
  for (const [name, value] of Object.entries({ addEventListener: listen(window), document, navigator })) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  const happens = (target, event) => {
    target.dispatchEvent(event);
    return settled();
  };
  return {
    listening,
    offline() {
      navigator.onLine = false;
      return happens(window, new Event('offline'));
    },
    online() {
      navigator.onLine = true;
      return happens(window, new Event('online'));
    },
    hide() {
      document.visibilityState = 'hidden';
      return happens(document, new Event('visibilitychange'));
    },
    show() {
      document.visibilityState = 'visible';
      return happens(document, new Event('visibilitychange'));
    },
    /** The page is opened, or restored from the back-forward cache. */
    showPage: (persisted) => happens(window, Object.assign(new Event('pageshow'), { persisted })),
  };
}

/** Resolves after all pending callbacks have run. */
function settled() {
  return new Promise(setImmediate);
}

function webSockets(sockets) {
  return class FakeWebSocket {
    isOver = false;

    constructor(url, protocols) {
      this.url = new URL(url);
      this.protocols = protocols;
      this.sent = [];
      sockets.push(this);
    }

    /** Keeps a message of the stream. */
    send(message) {
      if (!this.isOver) this.sent.push(JSON.parse(message));
    }

    receive(frame) {
      this.onmessage({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
      return settled();
    }

    end(code, reason = '') {
      this.isOver = true;
      this.onclose({ code, reason });
      return settled();
    }

    /** Sends the events of a browser for a failed handshake or a broken connection. */
    fail() {
      this.isOver = true;
      this.onerror({});
      return this.end(1006);
    }

    close(code) {
      if (this.isOver) return;
      this.isOver = true;
      this.closedWith = code;
      setImmediate(() => this.onclose({ code, reason: '' }));
    }
  };
}

function fetches(polls, readers) {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const request = { url: new URL(url), ...init };
      init.signal.addEventListener('abort', () => reject(init.signal.reason));
      const answer = (body, status = 200, headers = {}) => {
        resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }));
        return settled();
      };
      const fail = () => {
        reject(new TypeError('fetch failed'));
        return settled();
      };
      if (init.headers.Accept === 'text/event-stream') readers.push({ ...request, answer, fail, ...eventStream(resolve, init.signal) });
      else polls.push({ ...request, answer, fail });
    });
}

/** Returns the methods by which a test sends server-sent events. */
function eventStream(resolve, signal) {
  let body;
  const stream = new ReadableStream({ start: (controller) => (body = controller) });
  const response = new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
  const encoder = new TextEncoder();
  signal.addEventListener('abort', () => body.error(signal.reason));
  return {
    accept() {
      resolve(response);
      return settled();
    },
    /** Sends a chunk: text, or bytes. */
    send(chunk) {
      if (!signal.aborted) body.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      return settled();
    },
    event(name, data) {
      return this.send(`${data.through ? `id:${data.through}\n` : ''}event:${name}\ndata:${JSON.stringify(data)}\n\n`);
    },
    end() {
      if (!signal.aborted) body.close();
      return settled();
    },
    /** Breaks the connection. */
    cut() {
      body.error(new TypeError('terminated'));
      return settled();
    },
  };
}
