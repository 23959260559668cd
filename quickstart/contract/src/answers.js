// Compares an answer with the responses that the OpenAPI file documents.

import { textViolations, violations } from './schemas.js';

const PROBLEM = 'application/problem+json';

/**
 * Headers that no operation documents: each service needs them for HTTP, for the security of browsers, or for the connection.
 * `Allow`, `WWW-Authenticate` and `Accept` belong to their statuses.
 */
const UNDOCUMENTED =
  /^(allow|cache-control|connection|content-(length|security-policy|type)|date|expires|keep-alive|pragma|referrer-policy|transfer-encoding|vary|www-authenticate|x-(content-type-options|frame-options|xss-protection)|access-control-[a-z-]+|accept-ranges|last-modified|strict-transport-security|cross-origin-[a-z-]+|permissions-policy)$/;

/** Statuses that the introduction of each file describes for all operations. An expectation names the statuses that it permits. */
const COMMON = {
  400: {},
  401: { header: 'www-authenticate' },
  403: { header: 'www-authenticate' },
  404: {},
  405: { header: 'allow' },
};

/** The possible outcomes of a request. */
export const EXPECTED = {
  accepted: (status) => status < 400 || status === 429 || status === 503,
  refused: (status) => (status >= 400 && status < 500) || status === 503,
  either: (status) => status < 500 || status === 503,
};

/**
 * Returns the faults of an answer, one text for each.
 *
 * @param {{outcome: keyof EXPECTED, common?: number[], statuses?: number[]}} expectation `common` are statuses that are permitted
 *     although the operation does not document them. The answer must have one of `statuses`
 */
export function faults(request, answer, { outcome, common = [], statuses }) {
  const { operation } = request;
  const found = [];
  if (!EXPECTED[outcome](answer.status) || (statuses && ![...statuses, 429, 503].includes(answer.status))) {
    found.push(`status ${answer.status}, but ${statuses ? `one of ${statuses.join(', ')}` : `it must be ${outcome}`} was expected`);
  }
  if (!answer.headers['request-id']) found.push('no Request-Id');
  const response = operation.responses[answer.status];
  const wrong = response ? documented(request, answer, response) : [`status ${answer.status} is not documented`];
  if (wrong.length === 0 || !common.includes(answer.status)) return [...found, ...wrong];
  const { header } = COMMON[answer.status];
  if (header && answer.headers[header] === undefined) found.push(`no ${header}`);
  if (answer.type !== PROBLEM && request.method !== 'HEAD') found.push(`${answer.type || 'no media type'} instead of ${PROBLEM}`);
  return found;
}

function documented(request, answer, response) {
  const { components } = request.operation.document;
  return [
    ...headerFaults(answer, response, components),
    ...(request.method === 'HEAD' ? headFaults(answer, response) : bodyFaults(answer, response, components)),
    ...(request.lines && answer.status === 200 ? lineFaults(request, answer) : []),
  ];
}

function headerFaults(answer, response, components) {
  const described = Object.entries(response.headers ?? {});
  const missing = described
    .filter(([name, { required }]) => required && answer.headers[name.toLowerCase()] === undefined)
    .map(([name]) => `no header ${name}`);
  const wrong = described
    .filter(([name]) => answer.headers[name.toLowerCase()] !== undefined)
    .flatMap(([name, { schema = {} }]) => {
      const text = answer.headers[name.toLowerCase()];
      const value = schema.type === 'integer' ? Number(text) : text;
      return violations(schema, value, components).map((fault) => `header ${name}: ${fault}`);
    });
  const names = new Set(described.map(([name]) => name.toLowerCase()));
  const more = Object.keys(answer.headers)
    .filter((name) => !names.has(name) && !UNDOCUMENTED.test(name) && !(answer.status === 101 && name === 'upgrade'))
    .map((name) => `header ${name} is not documented`);
  return [...missing, ...wrong, ...more];
}

function headFaults(answer, response) {
  const isDocumented = answer.type === '' || answer.type in (response.content ?? {});
  return [
    ...(answer.body.length > 0 ? ['a HEAD with a body'] : []),
    ...(isDocumented ? [] : [`media type ${answer.type} is not documented`]),
  ];
}

function bodyFaults(answer, response, components) {
  if (!response.content) return answer.body.length > 0 ? ['a body, but no body is documented'] : [];
  const content = response.content[answer.type];
  if (!content) return [`media type ${answer.type || '(none)'} of status ${answer.status} is not documented`];
  return textViolations(content.schema ?? {}, answer.type, answer.text, components).map((fault) => `body: ${fault}`);
}

/** Returns the faults of a stream's results: a line must be refused if, and only if, it is broken. */
function lineFaults({ lines }, answer) {
  const results = answer.text.trimEnd().split('\n').map((line) => JSON.parse(line));
  const refused = new Set(results.filter(({ status }) => status >= 400 && status !== 503).map(({ line }) => line));
  const unknown = new Set(results.filter(({ status }) => status === 503).map(({ line }) => line));
  return lines.flatMap(({ text, isGood }, index) => {
    const number = index + 1;
    if (unknown.has(number) || refused.has(number) === !isGood) return [];
    return [`line ${number} (${text.slice(0, 200)}) was ${isGood ? 'refused' : 'accepted'}`];
  });
}

