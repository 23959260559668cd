// Requests over HTTP. The result is an answer, or an Error whose message the page can show to the visitor.

const ANSWER_MS = 15_000;
const PAUSE_MS = 2_000;

/** A response with a status that is no success. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {Headers} headers
   */
  constructor(status, detail, headers = new Headers()) {
    super(`${status}: ${detail}`);
    this.status = status;
    /** The scope that the token lacks; null if the status is not about one. */
    this.scope = /\bscope="([^"]+)"/.exec(headers.get('WWW-Authenticate') ?? '')?.[1] ?? null;
    this.retryAfterMs = (Number(headers.get('Retry-After')) || 0) * 1_000;
  }

  /** Whether the same request would be refused again. */
  get isFinal() {
    return this.status < 500 && this.status !== 408 && this.status !== 412 && this.status !== 429;
  }
}

/**
 * Sends a request.
 *
 * @typedef {{body: any, headers: Headers, bytes: number}} Answer the body as JSON, and its length
 * @typedef {RequestInit & {within?: number, parse?: (text: string) => any}} AskOptions the options of `fetch`. `within` is the timeout
 *   in ms. `parse` reads the body, by default as JSON
 * @param {string} service the service's name, for the message
 * @param {string | URL} url
 * @param {AskOptions} [options]
 * @returns {Promise<Answer>}
 * @throws {Refusal} if the status is no success
 * @throws {Error} if the service did not answer in time, or its answer could not be read
 */
export async function ask(service, url, { within = ANSWER_MS, parse = JSON.parse, signal, ...options } = {}) {
  const late = AbortSignal.timeout(within);
  let answer, text;
  try {
    answer = await fetch(url, { cache: 'no-store', ...options, signal: signal ? AbortSignal.any([signal, late]) : late });
    text = await answer.text();
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Error(`${service} at ${new URL(url, document.baseURI).origin} does not answer`);
  }
  if (!answer.ok) throw new Refusal(answer.status, reason(text) ?? `${service} gave no reason`, answer.headers);
  try {
    return { body: parse(text), headers: answer.headers, bytes: byteLength(text) };
  } catch {
    throw new Error(`${service} did not answer with JSON`);
  }
}

/**
 * Returns the text of a problem of RFC 9457: the invalid parts that it names, or else its detail or title.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
function reason(text) {
  try {
    const problem = JSON.parse(text);
    const parts = problem.errors?.map((/** @type {any} */ part) => `${part.parameter ?? part.pointer} ${part.detail}`);
    return parts?.join('; ') || problem.detail || problem.title;
  } catch {
    return undefined;
  }
}

/**
 * Repeats an attempt until it succeeds.
 *
 * @template T
 * @param {(tries: number) => Promise<T>} attempt
 * @param {object} [options]
 * @param {(e: Error) => void} [options.onError] called after each failure that is not final
 * @param {() => number} [options.pauseMs] the pause between two attempts
 * @param {AbortSignal} [options.signal] ends the attempts
 * @returns {Promise<T>}
 * @throws {Error} the last failure, if it is final or the signal is aborted
 */
export async function untilAnswered(attempt, { onError = () => {}, pauseMs = () => PAUSE_MS, signal } = {}) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt(tries);
    } catch (e) {
      if (signal?.aborted || (e instanceof Refusal && e.isFinal)) throw e;
      onError(/** @type {Error} */ (e));
      await wait(Math.max(pauseMs(), e instanceof Refusal ? e.retryAfterMs : 0), signal);
      if (signal?.aborted) throw e;
    }
  }
}

/**
 * Waits, at most until the signal is aborted.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function wait(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}

const UTF_8 = new TextEncoder();

/** @param {string} text */
export const byteLength = (text) => UTF_8.encode(text).length;

/** Returns a random id. It also works without HTTPS, where browsers lack `crypto.randomUUID`. */
export function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
