// Validates values by JSON Schema 2020-12, and strings by their contents.

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createParser } from 'eventsource-parser';

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true, validateSchema: false }));
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
 * the schema has a `contentSchema`; it describes NDJSON and server-sent events as arrays.
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
    const data = content.items?.properties?.data ?? {};
    return [
      ...violations(content, events, components),
      ...events.filter((event) => 'data' in event).flatMap((event) => contentViolations(data, event.data, components)),
    ];
  }
  throw new Error(`contentSchema of ${type} is not supported`);
}

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
