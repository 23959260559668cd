// Validates values by JSON Schema 2020-12, and strings by their contents.

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createParser } from 'eventsource-parser';

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true, validateSchema: false, multipleOfPrecision: 9 }));
const compiled = new WeakMap();

/**
 * Returns a text for each violation of a schema.
 *
 * @param {object} components the components that contain recursive schemas; all other references are resolved already
 */
export function violations(schema, value, components = {}) {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = ajv.compile({ allOf: [schema], components })));
  if (check(value)) return [];
  return check.errors.map((error) => `${error.instancePath || 'it'} ${error.message}`);
}

export const isValid = (schema, value) => violations(schema, value).length === 0;

/** Returns whether the media type is JSON, or a type that is based on it. */
export const isJson = (type) => /[/+]json$/.test(type);

/**
 * Returns a text for each violation by a text of a media type. JSON is parsed. The contents of other media types are validated if
 * the schema has a `contentSchema`. It describes NDJSON and server-sent events as arrays. Each kind of event can have its own `data`.
 */
export function textViolations(schema, type, text, components) {
  if (isJson(type)) return parsed(text, (value) => violations(schema, value, components));
  return [...violations(schema, text, components), ...contentViolations({ contentMediaType: type, ...schema }, text, components)];
}

function contentViolations(schema, text, components) {
  const { contentMediaType: type, contentSchema: content } = schema;
  if (!content) return [];
  if (isJson(type)) return parsed(text, (value) => violations(content, value, components));
  if (type === 'application/x-ndjson') {
    return parsed(`[${text.trimEnd().replaceAll('\n', ',')}]`, (lines) => violations(content, lines, components));
  }
  if (type === 'text/event-stream') {
    const events = eventsOf(text);
    return [...violations(content, events, components), ...events.flatMap((event, index) => eventViolations(content, event, index, components))];
  }
  throw new Error(`contentSchema of ${type} is not supported`);
}

/** Returns the violations of the data of an event, and of its `id` if the description states which member of the data it repeats. */
function eventViolations({ prefixItems = [], items = {} }, event, index, components) {
  const any = prefixItems[index] ?? items;
  const { properties = {} } = any.oneOf?.find((each) => isValid(each, event)) ?? any;
  if (!('data' in event)) return [];
  const found = contentViolations(properties.data ?? {}, event.data, components);
  const member = memberOf(properties.id);
  const isOther = found.length === 0 && member && JSON.parse(event.data)[member] !== event.id;
  return isOther ? [...found, `id is not the ${member} of the data`] : found;
}

const memberOf = ({ description = '' } = {}) => /The `(\w+)` of `data`/.exec(description)?.[1];

function eventsOf(text) {
  const events = [];
  const parser = createParser({
    onEvent: (event) => events.push(JSON.parse(JSON.stringify(event))),
    onRetry: (retry) => events.push({ retry }),
  });
  parser.feed(text);
  return events;
}

function parsed(text, check) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [`not JSON: ${error.message}`];
  }
  return check(value);
}
