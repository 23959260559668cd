// Generates requests from operations: valid requests, and requests with a single fault.

import fc from 'fast-check';
import { successTypes } from './documents.js';
import { OWN_ORIGIN, beatsAccept, rulesOf, withoutExcluded, wordedValues } from './rules.js';
import { isValid, isJson } from './schemas.js';
import { isAnyText, merged, valid } from './values.js';

/** Visible ASCII with blanks inside, which every HTTP implementation permits in a header. */
const HEADER_TEXT = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
const UNKNOWN_PARAMETER = fc.tuple(fc.stringMatching(/^unknown[A-Za-z0-9._~-]{0,8}$/), fc.string());

/** A request before it is written. It has the values of parameters by name, and the media type of the answer that it asks for. */
class Draft {
  constructor(operation, values, accept) {
    this.operation = operation;
    this.values = { ...values };
    this.accept = accept;
  }

  get type() {
    const format = this.operation.parameters.find(beatsAccept);
    const asked = format && this.values[format.name];
    if (asked) return successTypes(this.operation).find((type) => new RegExp(`[/+-]${asked}$`).test(type));
    return this.accept?.type ?? successTypes(this.operation)[0];
  }

  ask(type) {
    const format = this.operation.parameters.find(beatsAccept);
    if (format) delete this.values[format.name];
    this.accept = { text: type, type };
  }
}

/**
 * Returns an arbitrary of drafts that obey all rules; undefined if the operation needs a value that no service has issued.
 *
 * @param {{links: Links, tokens: Tokens}} context
 * @param {string[]} force the names of parameters that every draft has
 * @param {boolean} invent whether to make up values that only a service can issue
 */
export function drafts(operation, context, { force = [], invent = false } = {}) {
  const issued = invent ? new Set() : context.links.issued(operation);
  const author = context.tokens.authorOf(operation);
  const bindings = context.links.bindings(operation).filter((binding) => !author || authorsOf(binding).every((each) => each === author));
  const own = operation.parameters.filter(({ name }) => !issued.has(name));
  const needed = operation.parameters.filter(({ name, required }) => issued.has(name) && (required || force.includes(name)));
  const fitting = bindings.filter((binding) => needed.every(({ name }) => name in binding));
  if (needed.length > 0 && fitting.length === 0) return undefined;
  const values = fc.record(Object.fromEntries(own.map((each) => [each.name, valueOf(each, author)])), {
    requiredKeys: own.filter(({ name, required }) => required || force.includes(name)).map(({ name }) => name),
    noNullPrototype: true,
  });
  const some = fitting.length > 0 ? fc.constantFrom(...fitting) : fc.constant({});
  const binding = needed.length > 0 || fitting.length === 0 ? some : fc.oneof(fc.constant({}), some);
  return fc
    .tuple(values, invent ? fc.constant({}) : binding, accepts(operation))
    .map(([generated, bound, accept]) => obeying(new Draft(operation, { ...generated, ...bound }, accept)));
}

function obeying(draft) {
  for (const rule of rulesOf(draft.operation)) rule.obey(draft);
  return draft;
}

const authorsOf = ({ authorId = [], author = [] }) => [authorId, author].flat();

function valueOf(parameter, author) {
  if (parameter.name === 'authorId' && author) return fc.constant(author);
  if (parameter.name === 'author' && author) return fc.constant([author]);
  const worded = wordedValues(parameter)?.valid;
  if (worded) return worded;
  if (parameter.in === 'header' && isAnyText(merged(parameter.schema))) return HEADER_TEXT;
  return parameter.in === 'path' ? valid(parameter.schema).filter((text) => text !== '') : valid(parameter.schema);
}

/** Returns an arbitrary of `Accept` headers that a success satisfies, each with the media type that it asks for. */
function accepts(operation) {
  const types = successTypes(operation);
  const all = types.flatMap((type) => [
    { text: type, type },
    { text: `${type};q=0.9, */*;q=0.1`, type },
    { text: `image/png, ${type}`, type },
  ]);
  return fc.constantFrom(undefined, { text: '*/*' }, ...all);
}

/** Returns an arbitrary of bodies that an operation accepts: media type, content and, for JSON, the value of the content. */
export function bodies(operation, context) {
  if (!operation.body) return fc.constant(undefined);
  return fc.oneof(
    ...Object.entries(operation.body.content).map(([type, { schema }]) => {
      if (!isJson(type)) return streams(type, schema);
      return fc
        .tuple(forAuthor(valid(schema), context), contentTypes(type), fc.constantFrom(undefined, 2))
        .map(([json, contentType, indent]) => ({ contentType, content: JSON.stringify(json, null, indent), json }));
    }),
  );
}

/** Returns likes of which, if there are tokens, a part is of the tokens' authors. */
function forAuthor(values, { tokens }) {
  if (tokens.subjects.length === 0) return values;
  return fc.tuple(values, fc.constantFrom(undefined, ...tokens.subjects)).map(([value, subject]) => {
    return subject && 'authorId' in value ? { ...value, authorId: subject } : value;
  });
}

/** Returns an arbitrary of the spellings of a media type. */
export const contentTypes = (type) => fc.constantFrom(type, `${type};charset=utf-8`, `${type}; charset=UTF-8`, type.toUpperCase());

/** Generates NDJSON with valid and broken lines. A stream is accepted even if lines are broken. */
function streams(type, schema) {
  const item = schema.contentSchema.items;
  const good = valid(item).map((value) => JSON.stringify(value));
  const bad = fc.oneof(
    fc.constantFrom('', '{', 'null', '[]', '{}', '"a like"', '\u0000', '{"postId":"p"'),
    valid(item).map((value) => JSON.stringify(value).slice(0, -1)),
  );
  const line = fc.oneof(
    { weight: 3, arbitrary: good.map((text) => ({ text, isGood: true })) },
    { weight: 1, arbitrary: bad.map((text) => ({ text, isGood: false })) },
  );
  return fc
    .tuple(fc.array(line, { maxLength: 12 }), contentTypes(type), fc.constantFrom('\n', '\r\n'))
    .map(([lines, contentType, end]) => ({ contentType, content: lines.map(({ text }) => text + end).join(''), lines }));
}

/** Returns an arbitrary of valid requests; undefined if the operation needs a value that no service has issued. */
export function requests(operation, context, options) {
  const all = drafts(operation, context, options);
  if (!all) return undefined;
  return fc
    .tuple(all, bodies(operation, context), fc.option(UNKNOWN_PARAMETER, { nil: undefined, freq: 8 }))
    .map(([draft, body, unknown]) => {
      draft.values = withoutExcluded(draft.values, operation, body);
      return request(draft, { body, unknown });
    });
}

/**
 * Writes a request.
 *
 * @param {object} parts
 * @param {object} [parts.values] texts of parameters, which replace the draft's values
 * @param {[string, string]} [parts.unknown] a query parameter that no operation has
 * @param {object} [parts.headers] further headers
 */
export function request(draft, { body, unknown, values = {}, headers = {}, method = draft.operation.method } = {}) {
  const { operation } = draft;
  const all = { ...draft.values, ...values };
  const query = [];
  const written = {};
  let path = operation.path;
  for (const { name, in: place } of operation.parameters) {
    if (!(name in all)) continue;
    const texts = [all[name]].flat().map(String);
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(texts[0]));
    if (place === 'query') query.push(...texts.map((text) => [name, text]));
    if (place === 'header') written[name] = texts[0];
  }
  if (unknown) query.push(unknown);
  if (draft.accept) written.Accept = draft.accept.text;
  if (body?.contentType !== undefined) written['Content-Type'] = body.contentType;
  return {
    operation,
    method: method.toUpperCase(),
    path: path + (query.length > 0 ? `?${query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')}` : ''),
    headers: { ...written, ...headers },
    body: body?.content,
    values: all,
    json: body?.json,
    lines: body?.lines,
  };
}

/** Returns the headers with the service's own origin in place of the placeholder. */
export const headersFor = (headers, base) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value === OWN_ORIGIN ? new URL(base).origin : value]));

/** Returns whether a text can be a header's value, and is not valid after the blanks around it are removed. */
export const isBrokenHeader = (schema, text) => /^[\t -~\x80-\xff]*$/.test(text) && !isValid(schema, text.trim());
