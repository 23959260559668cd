// The addresses of the services' resources, and the rule for the ids in them.

const FORM = /^[A-Za-z0-9._:@|+~=-]{1,128}$/;

/** The rule in words: the end of a sentence whose subject is the kind of id. */
export const RULE = 'must be 1 to 128 characters of A-Z a-z 0-9 . _ : @ | + ~ = - and not . or ..';

/**
 * Checks an id before a request is sent. Browsers resolve `..` in a path to the parent, even if it is escaped.
 *
 * @param {string} text
 */
export function isIdentifier(text) {
  return FORM.test(text) && text !== '.' && text !== '..';
}

/** @param {string} author */
const path = (author) => `v1/authors/${encodeURIComponent(author)}`;

/** The addresses at the three services. The page's own service is report-batch. */
export class Urls {
  #gateway;
  #producer;

  /** @param {{gatewayUrl: string, producerUrl: string}} settings */
  constructor({ gatewayUrl, producerUrl }) {
    this.#gateway = gatewayUrl;
    this.#producer = producerUrl;
  }

  get gateway() {
    return this.#gateway;
  }

  /** @param {number} tries another name for each attempt, because a browser may cache the failure to load a module */
  client(tries) {
    return new URL(`/heartline.js${tries ? `?${tries}` : ''}`, this.#gateway).href;
  }

  get reportBatch() {
    return own('.');
  }

  get sendLikes() {
    return new URL('/v1/likes', this.#producer).href;
  }

  /**
   * @param {string} author
   * @param {string | null} [after] a position
   */
  likes(author, after = null) {
    const url = new URL(`/${path(author)}/likes`, this.#gateway);
    if (after !== null) url.searchParams.set('after', after);
    return url.href;
  }

  /**
   * @param {string} author
   * @param {Record<string, string>} [query]
   */
  reports(author, query = {}) {
    return own(`${path(author)}/reports`, query);
  }

  /**
   * @param {string} author
   * @param {Record<string, string>} [query]
   */
  currentReport(author, query = {}) {
    return own(`${path(author)}/reports/current`, query);
  }

  /** @param {string} [id] */
  runs(id) {
    return own(id === undefined ? 'v1/runs' : `v1/runs/${encodeURIComponent(id)}`);
  }

  get graphQl() {
    return own('graphql');
  }
}

/**
 * @param {string} resource
 * @param {Record<string, string>} [query]
 */
function own(resource, query = {}) {
  const url = new URL(resource, document.baseURI.replace(/[?#].*/, ''));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
