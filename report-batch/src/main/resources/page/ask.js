// Questions over HTTP: an answer, or an Error whose message can be shown to whoever is at the page.

const ANSWER_MS = 15_000;

/** There was an answer, and it was no. `retryAfter` is in seconds. */
export class Refusal extends Error {
  constructor(status, detail, retryAfter) {
    super(`${status}: ${detail}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * @param {string} whom the service's name, for the message
 * @param {string|URL} url
 * @param {object} [options] as `fetch` has them, and `within`: how long to wait, in ms
 * @returns {Promise<{body: any, headers: Headers, bytes: number}>} the body read as JSON, and how long it was
 * @throws {Refusal} for any status that is no success
 * @throws {Error} if there was no answer in time, or none that could be read
 */
export async function ask(whom, url, { within = ANSWER_MS, signal, ...options } = {}) {
  const late = AbortSignal.timeout(within);
  let answer, text;
  try {
    answer = await fetch(url, { cache: 'no-store', ...options, signal: signal ? AbortSignal.any([signal, late]) : late });
    text = await answer.text();
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new Error(`${whom} at ${new URL(url, document.baseURI).origin} does not answer`);
  }
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    if (answer.ok) throw new Error(`${whom} answered with what is no JSON`);
  }
  if (!answer.ok) throw new Refusal(answer.status, reason(body) ?? `${whom} said no more`, Number(answer.headers.get('Retry-After')) || 0);
  return { body, headers: answer.headers, bytes: new TextEncoder().encode(text).length };
}

/** What a problem of RFC 9457 says of itself; its parts, if it names some. */
function reason(problem) {
  const parts = problem?.errors?.map((part) => `${part.parameter ?? part.pointer} ${part.detail}`);
  return parts?.join('; ') || problem?.detail || problem?.title;
}
