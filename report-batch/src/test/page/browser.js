// A small DOM with the page's document, a service that answers as a test chooses, and a connection without a network.

import { readFileSync } from 'node:fs';
import { Window } from 'happy-dom';

const PAGE = new URL('../../main/resources/page/', import.meta.url);
const GLOBALS = [
  'document', 'location', 'history', 'sessionStorage', 'navigator', 'Element', 'HTMLElement', 'HTMLButtonElement', 'HTMLInputElement',
  'HTMLSelectElement', 'HTMLFormElement', 'HTMLProgressElement', 'SVGElement', 'getSelection',
];

const { setTimeout: wait } = globalThis;
for (const name of ['setTimeout', 'setInterval']) {
  const start = globalThis[name];
  globalThis[name] = (...args) => start(...args).unref(); // panels have timers, which must not keep the process from ending
}

/** Opens the page's document, without its scripts. The globals of a browser are those of the new window. */
export function open(url = 'http://localhost:8083/') {
  const window = new Window({ url, settings: { disableJavaScriptFileLoading: true, disableCSSFileLoading: true, handleDisabledFileLoadingAsSuccess: true } });
  window.document.write(readFileSync(new URL('index.html', PAGE), 'utf8').replace(/<script.*?<\/script>/g, '').replace(/<link.*?>/g, ''));
  for (const name of GLOBALS) Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
  globalThis.addEventListener = window.addEventListener.bind(window);
  globalThis.requestAnimationFrame = (draw) => wait(draw, 0);
  return window;
}

/** A service: the answer to each request, by a function of method and URL. An answer is `[status, body, headers]`. */
export class Service {
  requests = [];

  /** @param {(request: {method: string, url: URL, body: string}) => unknown} answer */
  constructor(answer) {
    this.answer = answer;
    globalThis.fetch = async (url, { method = 'GET', body, headers = {}, signal } = {}) => {
      const request = { method, url: new URL(url), body, headers, signal };
      this.requests.push(request);
      const [status, content, answerHeaders] = await this.answer(request);
      signal?.throwIfAborted();
      return new Response(typeof content === 'string' ? content : JSON.stringify(content), { status, headers: answerHeaders });
    };
  }
}

/** Returns the element of a panel. */
export const at = (panel, name) => document.querySelector(`#${panel} [data-target="${name}"]`);

/** Waits until a function returns a true value, for at most 5 s. */
export async function until(condition) {
  const end = Date.now() + 5_000;
  for (;;) {
    if (condition()) return;
    if (Date.now() > end) throw new Error(`this did not become true: ${condition}`);
    await new Promise((done) => wait(done, 5));
  }
}

/** Waits for the given time. */
export const pause = (ms) => new Promise((done) => wait(done, ms));

const WEEK_MS = 7 * 86_400_000;

/** Returns the reports of the twelve weeks up to 2026-W48, each with the same figures. */
export function reports({ likes = 12, likers = 9, likersReturning = 4, liked = 14, asOf = '2026-11-25T10:00:00Z', through = 'k3f9-0-6', topPosts = [{ postId: 'p-1', likes }] } = {}) {
  const monday = (i) => Date.UTC(2026, 10, 23) - (11 - i) * WEEK_MS;
  const date = (time) => new Date(time).toISOString().slice(0, 10);
  const items = Array.from({ length: 12 }, (_, i) => ({
    week: `2026-W${37 + i}`,
    from: date(monday(i)),
    to: date(monday(i) + 6 * 86_400_000),
    zone: 'UTC',
    status: i < 11 ? 'sealed' : 'open',
    revision: 1,
    likes,
    likers,
    likersReturning,
    events: { liked, unliked: 0 },
    precision: { exact: true, relativeError: 0 },
    byDay: Array.from({ length: 7 }, (_, day) => ({ date: date(monday(i) + day * 86_400_000), likes: day })),
    topPosts,
    previous: { week: `2026-W${36 + i}`, likes: 3 },
    asOf,
    through,
  }));
  return { items };
}

/** Returns a frame of a like. */
export function likeFrame({ id = 'e-1', likerId = 'bob', postId = 'p-1', type = 'liked', loggedAt = Date.now(), position = 'k3f9-0-7' } = {}) {
  return { kind: 'like', position, loggedAt: new Date(loggedAt).toISOString(), event: { id, type, postId, authorId: 'alice', likerId, at: new Date(loggedAt).toISOString() } };
}
