// Generates values from JSON Schema: values that a schema permits, and values that it does not permit.

import fc from 'fast-check';
import { wordedValues } from './rules.js';
import { isValid } from './schemas.js';

const LOOKAROUND = /\(\?<?[=!](?:[^()]|\([^()]*\))*\)/g; // fast-check does not support it: values are generated without it, and filtered
const CONSTRAINTS = ['type', 'const', 'enum', 'oneOf', 'anyOf', 'required'];
const CLASSES = /\[[^\]]*\]/g;
const UNBOUNDED = /[+*]|\{\d+,\}/;
const ANY_TEXT = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
const JUNK = fc.oneof(fc.constantFrom(null, true, 0, -1, 1.5, '', 'x', [], {}, [null]), ANY_TEXT, fc.jsonValue({ maxDepth: 2 }));

const MAX_MISSES = 10_000;
const LAST_DATE = new Date('9999-12-31T23:59:59.999Z'); // later years have more digits, which RFC 3339 does not permit

/** Filters values. If no value passes, the run fails, whereas fast-check's own filter would not end. */
function only(values, fits, schema) {
  let misses = 0;
  return values.filter((value) => {
    if (fits(value)) {
      misses = 0;
      return true;
    }
    if (++misses > MAX_MISSES) throw new Error(`no value can be generated for ${JSON.stringify(schema)}`);
    return false;
  });
}

/** Returns the schema merged with the members of its `allOf`. */
export function merged(schema) {
  if (schema === null || typeof schema !== 'object') return {};
  const { allOf = [], ...own } = schema;
  return allOf.map(merged).reduce(both, own);
}

const both = (a, b) => ({
  ...b,
  ...a,
  description: [a.description, b.description].filter(Boolean).join(' '),
  required: [...(a.required ?? []), ...(b.required ?? [])],
  properties: { ...b.properties, ...a.properties },
});

/** Returns an arbitrary of the values that the schema and the rules of its description permit. */
export function valid(schema) {
  const node = merged(schema);
  const worded = wordedValues(node)?.valid;
  if (worded) return nullable(node) ? fc.oneof({ weight: 5, arbitrary: worded }, fc.constant(null)) : worded;
  return only(unworded(node), (value) => isValid(schema, value), schema);
}

const nullable = (node) => Array.isArray(node.type) && node.type.includes('null');

function unworded(node) {
  if ('const' in node) return fc.constant(node.const);
  if (node.enum) return fc.constantFrom(...node.enum);
  const choices = node.oneOf ?? node.anyOf;
  if (choices) return fc.oneof(...choices.map(valid));
  const types = [node.type ?? (node.properties ? 'object' : 'any')].flat();
  return fc.oneof(...types.map((type) => ofType(type, node)));
}

function ofType(type, node) {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: node.minimum, max: node.maximum }); // the bounds are frequent
    case 'number':
      return fraction(node);
    case 'string':
      return text(node);
    case 'array':
      return fc.array(valid(node.items ?? {}), { minLength: node.minItems ?? 0, maxLength: node.maxItems ?? 10 });
    case 'object':
      return object(node);
    default:
      return JUNK;
  }
}

function fraction({ minimum = -1e9, maximum = 1e9, multipleOf }) {
  if (!multipleOf) return fc.double({ min: minimum, max: maximum, noNaN: true });
  const digits = Math.round(-Math.log10(multipleOf));
  const steps = fc.integer({ min: Math.ceil(minimum / multipleOf), max: Math.floor(maximum / multipleOf) });
  return steps.map((step) => Number((step * multipleOf).toFixed(digits)));
}

function text(node) {
  if (node.format === 'date-time') return fc.date({ noInvalidDate: true, min: new Date(0), max: LAST_DATE }).map((date) => date.toISOString());
  if (node.pattern) {
    const pattern = new RegExp(node.pattern.replace(LOOKAROUND, ''));
    const isBounded = /^\^.*\$$/.test(pattern.source) && !UNBOUNDED.test(pattern.source.replace(CLASSES, 'x'));
    return fc.oneof(
      { weight: 4, arbitrary: fc.stringMatching(pattern) },
      { weight: 1, arbitrary: fc.stringMatching(pattern, { size: isBounded ? 'max' : 'medium' }) },
    );
  }
  if (node.format === 'uuid') return fc.uuid();
  return ANY_TEXT.filter((each) => each.length >= (node.minLength ?? 0) && each.length <= (node.maxLength ?? 1e6));
}

function object(node) {
  const properties = Object.fromEntries(Object.entries(node.properties ?? {}).map(([name, schema]) => [name, valid(schema)]));
  const requiredKeys = (node.required ?? []).filter((name) => name in properties);
  const known = fc.record(properties, { requiredKeys, noNullPrototype: true });
  if (node.additionalProperties === false) return known;
  const others = fc.dictionary(
    ANY_TEXT.filter((name) => !(name in properties) && name !== '__proto__'),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 3, noNullPrototype: true },
  );
  return fc
    .tuple(known, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: others }))
    .map(([of, besides]) => ({ ...besides, ...of }));
}

/** Returns an arbitrary of values that the schema or a rule of its description does not permit; undefined if all are permitted. */
export function broken(schema) {
  const node = merged(schema);
  const worded = wordedValues(node)?.broken;
  if (!CONSTRAINTS.some((key) => key in node && node[key].length !== 0)) return worded;
  const invalid = [JUNK, ...mutated(node)].map((values) => only(values, (value) => !isValid(schema, value), schema));
  return fc.oneof(...invalid, ...(worded ? [worded] : []));
}

function mutated(node) {
  if (node.oneOf) return node.oneOf.flatMap((choice) => mutated(merged(choice)));
  const types = [node.type ?? (node.properties ? 'object' : 'any')].flat();
  return types.flatMap((type) => {
    if (type === 'object') return mutatedObject(node);
    if (type === 'array') return mutatedArray(node);
    if (type === 'integer') return [brokenNumber(node)];
    return (type === 'string' || node.enum) && !isAnyText(node) ? [brokenText(node)] : [];
  });
}

function mutatedObject(node) {
  const properties = Object.entries(node.properties ?? {});
  const whole = object(node);
  const required = (node.required ?? []).filter((name) => properties.some(([known]) => known === name));
  const missing = required.map((name) => whole.map(({ [name]: _, ...rest }) => rest));
  const wrong = properties.flatMap(([name, schema]) => {
    const values = broken(schema);
    return values ? [fc.tuple(whole, values).map(([value, bad]) => ({ ...value, [name]: bad }))] : [];
  });
  return [...missing, ...wrong];
}

function mutatedArray(node) {
  const items = valid(node.items ?? {});
  const bad = broken(node.items ?? {});
  const arbitraries = [];
  if (node.maxItems < 10_000) {
    arbitraries.push(fc.array(items, { minLength: node.maxItems + 1, maxLength: node.maxItems + 3 }));
  }
  if (bad) arbitraries.push(fc.tuple(fc.array(items, { maxLength: 3 }), bad).map(([good, one]) => [...good, one]));
  return arbitraries;
}

function brokenNumber({ minimum, maximum }) {
  const values = [1.5, -1.5];
  if (minimum !== undefined) values.push(minimum - 1, -(2 ** 40));
  if (maximum !== undefined) values.push(maximum + 1, 2 ** 40, Number.MAX_SAFE_INTEGER);
  return fc.constantFrom(...values);
}

/** Returns whether the schema permits every text, so that no text is broken. */
export const isAnyText = (node) =>
  [node.type].flat().includes('string') && !['pattern', 'enum', 'const', 'minLength', 'maxLength', 'format'].some((key) => key in node);

/** Returns an arbitrary of texts that are nearly valid. The caller removes the valid texts. */
function brokenText(node) {
  const nearly = unworded({ ...node, type: 'string' }).map(String);
  return fc
    .tuple(nearly, ANY_TEXT, fc.integer({ min: 0, max: 9 }))
    .map(([right, other, how]) => {
      switch (how) {
        case 0:
          return other;
        case 1:
          return '';
        case 2:
          return `${right} `;
        case 3:
          return ` ${right}`;
        case 4:
          return `${right}\n`;
        case 5:
          return `${right}ä`;
        case 6:
          return right.toUpperCase();
        case 7:
          return `${right}/${right}`;
        case 8:
          return right.repeat(1 + Math.ceil(256 / (right.length + 1)));
        default:
          return [...right].slice(0, -1).join(''); // half of a surrogate pair could not be sent
      }
    });
}

/**
 * Returns an arbitrary of texts that a parameter's schema does not permit; undefined if it permits every text. For a parameter that
 * is an array, it generates arrays of texts.
 */
export function brokenParameter(schema) {
  const node = merged(schema);
  const worded = wordedValues(node)?.broken;
  const all = [];
  if (node.type === 'array') {
    const items = valid(node.items).map(String);
    const bad = brokenParameter(node.items);
    // a service may count a repeated item only once
    if (node.maxItems) all.push(fc.uniqueArray(items, { minLength: node.maxItems + 1, maxLength: node.maxItems + 3 }));
    if (bad) all.push(fc.tuple(fc.array(items, { maxLength: 3 }), bad).map(([good, one]) => [...good, one]));
  } else if (node.type === 'integer') {
    const outside = brokenNumber(node).map(String);
    all.push(outside, fc.constantFrom('', ' 1', '1 ', '+1', '01', '1e1', '0x1', '1_0', '٣', '１', 'null', '9'.repeat(40)));
  } else if (node.type === 'number') {
    const { minimum, maximum } = node;
    all.push(fc.constantFrom(minimum - 0.001, minimum + (node.multipleOf ?? 0) / 10, -minimum, -1, maximum + 0.001, 9e99).filter((value) => !isValid(schema, value)).map(String));
    all.push(fc.constantFrom('', ' 1', '1 ', '1d', '0x1p0', '1,5', '1_0', '٣', 'NaN', 'Infinity', 'null', '9'.repeat(400)));
  } else if (!isAnyText(node)) {
    all.push(only(brokenText(node), (text) => !isValid(schema, text), schema));
  }
  if (worded) all.push(worded.filter((value) => typeof value === 'string'));
  return all.length > 0 ? fc.oneof(...all) : undefined;
}
