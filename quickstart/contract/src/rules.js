// Rules that OpenAPI cannot express and that the descriptions state in a fixed wording. The generator reads this wording, obeys the
// rule in valid requests and violates it in broken ones.

import fc from 'fast-check';
import { isLong, mondayOf, plusWeeks, weekOf } from './weeks.js';

const NOW = Date.now();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A placeholder for the origin of the service that receives the request. */
export const OWN_ORIGIN = '{origin}';

/** Rules on one value: the wording, and values that it permits and does not permit. */
const VALUES = [
  {
    words: /at most (\d+) days back and (\d+) minutes ahead/,
    values: ([days, minutes]) => ({ valid: time(-days * DAY + 60 * MINUTE, minutes * MINUTE - MINUTE), broken: noTime(days, minutes) }),
  },
  { words: /ISO week.* not in the future/s, values: () => ({ valid: WEEKS, broken: NO_WEEKS }) },
  {
    words: /URI reference \(RFC 3986\)/,
    values: () => ({
      valid: fc.oneof(fc.webUrl({ validSchemes: ['http', 'https'] }), fc.stringMatching(/^(\/[A-Za-z0-9._~-]{1,12}){1,4}$/), fc.constantFrom('urn:example:shop', 'a', '?', '#x')),
      broken: fc.constantFrom('', ' ', 'a b', 'http://[', '%zz', '\u0000', 'a\nb', 'ä'),
    }),
  },
  {
    words: /media type of JSON/,
    values: () => ({
      valid: fc.constantFrom('application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/vnd.like+json'),
      broken: fc.constantFrom('', 'json', 'text/plain', 'application/xml', 'application/'),
    }),
  },
  {
    words: /service's own/,
    values: () => ({ valid: fc.constant(OWN_ORIGIN), broken: fc.constantFrom('https://elsewhere.example', 'null', 'http://localhost') }),
  },
];

/** Returns the values of parameters. A key is left out if the body is a CloudEvent, or a like with an `id`. */
export function withoutExcluded(values, operation, body) {
  const isExcluding = /cloudevents/i.test(body?.contentType) || typeof body?.json?.id === 'string';
  if (!isExcluding) return values;
  const excluded = operation.parameters.filter(({ description = '' }) => /Not with a CloudEvent/.test(description)).map(({ name }) => name);
  return Object.fromEntries(Object.entries(values).filter(([name]) => !excluded.includes(name)));
}

/** Returns `{valid, broken}` of the rule that a schema's or parameter's description states, or undefined. */
export function wordedValues({ description = '' }) {
  for (const { words, values } of VALUES) {
    const match = words.exec(description);
    if (match) return values(match.slice(1));
  }
  return undefined;
}

/** Generates RFC 3339 times with any offset and precision. `from` and `to` are in milliseconds from now. */
function time(from, to) {
  return fc
    .tuple(
      fc.integer({ min: NOW + from, max: NOW + to }),
      fc.oneof(fc.constantFrom(0, 60, -18 * 60, 18 * 60), fc.integer({ min: -18 * 60, max: 18 * 60 })),
      fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,9}$/)),
      fc.boolean(),
    )
    .map(([millis, offset, fraction, isLower]) => {
      const text = written(millis, offset, fraction);
      return isLower ? text.toLowerCase() : text;
    });
}

function written(millis, offset, fraction) {
  const local = new Date(millis + offset * MINUTE).toISOString().slice(0, 19) + fraction;
  return local + (offset === 0 ? 'Z' : zone(offset));
}

function zone(minutes) {
  const absolute = Math.abs(minutes);
  const two = (number) => String(number).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

function noTime(days, minutes) {
  const today = new Date(NOW).toISOString().slice(0, 10);
  return fc.oneof(
    fc.integer({ min: NOW + minutes * MINUTE + 60 * MINUTE, max: NOW + 365 * DAY }).map((millis) => written(millis, 0, '')),
    fc.integer({ min: Date.UTC(1, 0, 1), max: NOW - days * DAY - MINUTE }).map((millis) => written(millis, -60, '.1')),
    fc.constantFrom(
      `${today}`,
      `${today}T00:00:00`,
      `${today}T00:00Z`,
      `${today} 00:00:00Z`,
      `${today}T00:00:00+01`,
      `${today}T00:00:00+0100`,
      `${today}T00:00:00-22:51`,
      `${today}T00:00:00+18:01`,
      `${today}T24:00:00Z`,
      `${today}T00:00:60Z`,
      `${today}T00:00:00.0000000000Z`,
      `${today}T00:00:00.Z`,
      `+${today}T00:00:00Z`,
      '0649-05-06T07:08:09-22:51',
      '2026-02-30T00:00:00Z',
      'now',
      '',
    ),
  );
}

const FIRST = Date.UTC(1000, 0, 10);
const WEEKS = fc.oneof(
  fc.constantFrom('current', 'previous', '1000-W01', weekOf(NOW)),
  fc.integer({ min: NOW - 400 * DAY, max: NOW }).map(weekOf),
  fc.integer({ min: FIRST, max: NOW }).map(weekOf),
);
const NO_WEEKS = fc.oneof(
  fc.integer({ min: 1, max: 5000 }).map((weeks) => plusWeeks('current', weeks, NOW)),
  fc
    .integer({ min: 1001, max: 2025 })
    .filter((year) => !isLong(year))
    .map((year) => `${year}-W53`),
  fc.constantFrom('2020-W00', '2020-W54', '2020-W1', '0999-W52', '12020-W01', '2020W01', '2020-w01', 'Current', ''),
);

/**
 * Rules on one parameter and the rest of its request. A draft has `values` by parameter, and `type`, the media type of the answer.
 * `obey` changes a draft that violates the rule. `violate` changes a draft that obeys the rule and has the parameter.
 */
const REQUESTS = [
  {
    words: /Only with `(\w+)`/,
    obey: (draft, name, [other]) => other in draft.values || delete draft.values[name],
    violate: (draft, name, [other]) => delete draft.values[other],
  },
  {
    words: /Not with `(\w+)`/,
    obey: (draft, name, [other]) => other in draft.values && delete draft.values[name],
    violate: (draft, name, [other]) => {
      draft.values[other] ??= draft.operation.parameters.find((each) => each.name === other).example;
    },
  },
  {
    words: /Only as `([\w/-]+)`/,
    obey: (draft, name, [type]) => draft.type === type || delete draft.values[name],
    violate: (draft, name, [type], types) => draft.ask(types.find((each) => each !== type)),
  },
  {
    words: /Not after `(\w+)`, and at most (\d+) weeks before it/,
    obey: (draft, name, [last, weeks]) => {
      if (!(name in draft.values)) return;
      const to = draft.values[last] ?? 'current';
      const apart = (mondayOf(to, NOW) - mondayOf(draft.values[name], NOW)) / (7 * DAY);
      const within = Math.abs(Math.round(apart)) % (Number(weeks) + 1);
      const from = plusWeeks(to, -within, NOW);
      draft.values[name] = from < '1000-W01' ? to : from;
    },
    violate: (draft, name, [last, weeks]) => {
      draft.values[last] = '2026-W02';
      draft.values[name] = draft.values[name] > '2026-W02' ? '2026-W03' : plusWeeks('2026-W02', -weeks - 1, NOW);
    },
  },
];

/** Returns the rules that the descriptions of an operation's parameters state, each with the parameter's name. */
export function rulesOf(operation) {
  return operation.parameters.flatMap(({ name, description = '' }) =>
    REQUESTS.flatMap(({ words, obey, violate }) => {
      const match = words.exec(description);
      return match ? [{ name, text: match[0], obey: (draft) => obey(draft, name, match.slice(1)), violate: (draft, types) => violate(draft, name, match.slice(1), types) }] : [];
    }),
  );
}

/** Returns whether the parameter decides the media type of the answer, even if `Accept` names another type. */
export const beatsAccept = ({ description = '' }) => /Beats `Accept`/.test(description);

/** Returns the only media type for which the parameter is read, or undefined. For others it is ignored, even if it is broken. */
export const readOnlyAs = ({ description = '' }) => /Read only as `([\w/-]+)`/.exec(description)?.[1];

/** Returns whether the operation uses the first value of a repeated parameter, as its description states. */
export const firstCounts = (operation) => /given more than once,? the first counts/.test(operation.description);

/** Returns whether an object must not have a member twice, as the schema's description states. */
export const refusesTwice = ({ description = '' }) => /given twice is refused/.test(description);

/** Returns how many bytes the description of a 413 or 414 permits; undefined if it has no limit. */
export function limitOf(response) {
  const match = /over (\d+) KiB/.exec(response?.description ?? '');
  return match ? Number(match[1]) * 1024 : undefined;
}
