// Requests over HTTP. The result is a response, or an Error whose message the page can show to the visitor.

const ANSWER_MS = 15_000;

/** A response with a status that is no success. `retryAfter` is in seconds. */
export class Refusal extends Error {
  constructor(status, detail, retryAfter) {
    super(`${status}: ${detail}`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * Sends a request.
 *
 * @param {string} whom the service's name, for the message
 * @param {string|URL} url
 * @param {object} [options] the options of `fetch`, and `within`: the timeout in ms
 * @returns {Promise<{body: any, headers: Headers, bytes: number}>} the body as JSON, and its length
 * @throws {Refusal} if the status is no success
 * @throws {Error} if the service did not answer in time, or its answer could not be read
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

/** Returns the text of a problem of RFC 9457: the invalid parts that it names, or else its detail or title. */
function reason(problem) {
  const parts = problem?.errors?.map((part) => `${part.parameter ?? part.pointer} ${part.detail}`);
  return parts?.join('; ') || problem?.detail || problem?.title;
}
