// The properties of an operation: kinds of requests, and the expected answers.

import fc from 'fast-check';
import { successTypes } from './documents.js';
import { Queries } from './graphql.js';
import { handshakes } from './handshakes.js';
import { bodies, contentTypes, drafts, isBrokenHeader, request, requests } from './requests.js';
import { beatsAccept, firstCounts, limitOf, readOnlyAs, refusesTwice, rulesOf } from './rules.js';
import { isJson } from './schemas.js';
import { broken, brokenParameter, merged, valid } from './values.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const REFUSED = { outcome: 'refused' };

/**
 * Returns the properties of an operation. A property has a name, an arbitrary of requests, an expectation of each answer, and a
 * weight, which is its part of all requests. `verify` returns further faults of an answer.
 */
export function propertiesOf(operation, context) {
  const kinds = [accepted, brokenParameters, brokenBodies, violations, negotiation, handshakes, graphql];
  const opened = context.tokens.open(operation) ? kinds : [];
  return [...opened, tokens, methods, paths]
    .flatMap((kind) => kind(operation, context))
    .filter(({ arbitrary }) => arbitrary)
    .map((property) => ({ weight: 1, ...property, name: `${operation.id}: ${property.name}` }));
}

function accepted(operation, context) {
  const all = operation.graphql ? undefined : requests(operation, context);
  const issued = context.links.issued(operation);
  const properties = [
    { name: 'valid', arbitrary: all, expectation: { outcome: 'accepted' }, weight: weightOf(operation) },
    {
      name: 'values that no service has issued',
      arbitrary: issued.size > 0 ? requests(operation, context, { invent: true, force: [...issued] }) : undefined,
      expectation: { outcome: 'either' },
    },
  ];
  if (operation.method === 'get') {
    const heads = drafts(operation, context)?.map((draft) => request(draft, { method: 'HEAD' }));
    properties.push({ name: 'HEAD', arbitrary: heads, expectation: { outcome: 'accepted' } });
  }
  if (firstCounts(operation)) {
    const repeatable = operation.parameters.filter(({ in: place, schema }) => place === 'query' && schema.type !== 'array');
    for (const parameter of repeatable) {
      const arbitrary = drafts(operation, context, { force: [parameter.name] });
      const twice = arbitrary && fc.tuple(arbitrary, fc.string()).map(([draft, second]) => {
        const first = draft.values[parameter.name];
        return request(draft, { values: first === undefined ? {} : { [parameter.name]: [first, second] } });
      });
      properties.push({ name: `${parameter.name} twice`, arbitrary: twice, expectation: { outcome: 'accepted' }, weight: 0.5 });
    }
  }
  return properties;
}

/** Returns a weight that grows with the number of parameters. */
const weightOf = ({ parameters, body }) => Math.min(8, 1 + parameters.length + (body ? 5 : 0));

/** Sends each parameter with values that its schema or its description does not permit. The rest of the request is valid. */
function brokenParameters(operation, context) {
  return operation.parameters.map((parameter) => {
    const { name, in: place, schema } = parameter;
    const values = brokenParameter(place === 'header' ? { ...schema, description: parameter.description } : schema);
    const all = drafts(operation, context, { force: operation.parameters.filter((each) => each.required).map((each) => each.name) });
    const type = readOnlyAs(parameter);
    const arbitrary = values && all && fc
      .tuple(all, place === 'header' ? values.filter((text) => isBrokenHeader({ ...schema }, text) || parameter.description?.includes("service's own")) : values, bodies(operation, context))
      .map(([draft, value, body]) => {
        const others = operation.parameters.filter((each) => readOnlyAs(each) && each !== parameter);
        for (const each of others) delete draft.values[each.name];
        draft.values[name] = value;
        if (type) draft.ask(type);
        return request(draft, { body });
      });
    return {
      name: `broken ${name}`,
      arbitrary: place === 'path' ? arbitrary?.filter(({ values: { [name]: text } }) => text !== '') : arbitrary,
      expectation: place === 'path' ? { ...REFUSED, common: [400, 404, 405] } : REFUSED,
    };
  });
}

function brokenBodies(operation, context) {
  const all = drafts(operation, context);
  if (!operation.body || !all) return [];
  const contents = Object.entries(operation.body.content);
  const json = contents.filter(([type]) => isJson(type));
  const send = (arbitrary) => fc.tuple(all, arbitrary).map(([draft, body]) => request(draft, { body }));
  const properties = json.flatMap(([type, { schema }]) =>
    brokenJson(type, schema).map((property) => ({
      ...property,
      name: json.length > 1 ? `${property.name}, ${type}` : property.name,
      arbitrary: send(property.arbitrary),
    })),
  );
  const limit = limitOf(operation.responses['413']);
  if (limit) {
    for (const [type, { schema }] of json.filter(([, { schema }]) => objectOf(schema))) {
      const large = fc.tuple(valid(objectOf(schema)), fc.integer({ min: 1, max: 2000 })).map(([value, more]) => ({
        contentType: type,
        content: JSON.stringify(value) + ' '.repeat(limit + more),
      }));
      properties.push({ name: json.length > 1 ? `too large a body, ${type}` : 'too large a body', arbitrary: send(large), expectation: { ...REFUSED, statuses: [413] }, weight: 0.3 });
    }
  }
  const types = contents.map(([type]) => type);
  const others = fc
    .constantFrom(undefined, 'text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/graphql', 'json', '*/*', 'application/json-patch+json', '')
    .filter((type) => !types.includes(type));
  const wrong = fc.tuple(bodies(operation, context), others).map(([body, contentType]) => ({ ...body, contentType, lines: undefined }));
  properties.push({ name: 'another media type', arbitrary: send(wrong), expectation: { ...REFUSED, statuses: [400, 415] } });
  return properties;
}

/** Returns the schema, or its choice that permits objects; undefined if it permits none. */
const objectOf = (schema) => (merged(schema).oneOf ?? [schema]).find((choice) => merged(choice).properties);

function brokenJson(type, schema) {
  const texts = valid(schema)
    .map((value) => JSON.stringify(value))
    .filter((text) => text.includes('"')); // an empty array has no quotes to be replaced
  const malformed = fc.tuple(texts, fc.integer({ min: 0, max: 7 }), fc.nat()).map(([text, how, where]) => {
    switch (how) {
      case 0:
        return '';
      case 1:
        return `${text}}`;
      case 2:
        return `[${text}`;
      case 3:
        return Buffer.from(text, 'utf16le');
      case 4:
        return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe])]);
      case 5:
        return text.replaceAll('"', "'");
      case 6:
        return `${text} ${text}`;
      default:
        return text.slice(0, where % text.length);
    }
  });
  const properties = [
    {
      name: 'broken body',
      arbitrary: fc.tuple(broken(schema), contentTypes(type)).map(([json, contentType]) => ({ contentType, content: JSON.stringify(json) })),
      expectation: REFUSED,
      weight: 4,
    },
    { name: 'malformed body', arbitrary: malformed.map((content) => ({ contentType: type, content })), expectation: REFUSED, weight: 2 },
  ];
  const object = objectOf(schema);
  const known = Object.keys(merged(object).properties ?? {});
  if (object && refusesTwice(object)) {
    const twice = fc.tuple(valid(object), fc.constantFrom(...known)).filter(([value, name]) => name in value).map(([value, name]) => ({
      contentType: type,
      content: `{${JSON.stringify(name)}:${JSON.stringify(value[name])},${JSON.stringify(value).slice(1)}`,
    }));
    properties.push({ name: 'a member twice', arbitrary: twice, expectation: REFUSED });
  }
  return properties;
}

/** Violates each rule that a description states. */
function violations(operation, context) {
  return rulesOf(operation).map((rule) => {
    const all = drafts(operation, context);
    const parameter = operation.parameters.find(({ name }) => name === rule.name);
    const arbitrary = all && fc.tuple(all, valid(parameter.schema)).map(([draft, value]) => {
      for (const each of operation.parameters) if (readOnlyAs(each) && each !== parameter) delete draft.values[each.name];
      draft.values[rule.name] = value;
      rule.violate(draft, successTypes(operation));
      return request(draft);
    });
    return { name: `${rule.name} against "${rule.text}"`, arbitrary, expectation: REFUSED, weight: 0.5 };
  });
}

function negotiation(operation, context) {
  const all = drafts(operation, context);
  if (!operation.responses['406'] || !all) return [];
  const others = fc.constantFrom('image/png', 'text/html', 'application/xml, text/plain', 'nonsense', '/', 'text/');
  const arbitrary = fc.tuple(all, others, bodies(operation, context)).map(([draft, text, body]) => {
    draft.accept = { text };
    for (const parameter of operation.parameters.filter(beatsAccept)) delete draft.values[parameter.name];
    return request(draft, { body });
  });
  return [{ name: 'nothing that can be accepted', arbitrary, expectation: { ...REFUSED, statuses: [400, 406] } }];
}

function graphql(operation, context) {
  if (!operation.graphql) return [];
  const queries = new Queries(operation);
  const author = context.tokens.authorOf(operation);
  const [type] = Object.keys(operation.body.content);
  const documents = new WeakMap();
  const send = (arbitrary) => fc.tuple(drafts(operation, context), arbitrary, contentTypes(type)).map(([draft, query, contentType]) => {
    const made = request(draft, { body: { contentType, content: JSON.stringify(query.body), json: query.body } });
    documents.set(made, query);
    return made;
  });
  const errorsOf = (answer) => (answer.status === 200 ? answer.json().errors : [answer.json()]);
  const refused = (answer) => {
    const errors = errorsOf(answer);
    if (!errors) return ['accepted without an error'];
    return errors.filter(({ extensions }) => extensions?.classification === 'INTERNAL_ERROR').map(({ message }) => `INTERNAL_ERROR: ${message}`);
  };
  return [
    {
      name: 'valid query',
      arbitrary: send(queries.valid(author)),
      expectation: { outcome: 'accepted' },
      verify: async (answer, made) => (answer.status === 200 ? queries.faults(documents.get(made), answer.json()) : []),
      weight: 8,
    },
    { name: 'argument out of bounds', arbitrary: send(queries.outOfBounds(author)), expectation: { outcome: 'either' }, verify: refused, weight: 2 },
    {
      name: 'invalid query',
      arbitrary: send(queries.invalid().map((body) => ({ body }))),
      expectation: { outcome: 'either' },
      verify: refused,
      weight: 2,
    },
  ];
}

/** Without a token, and with one of other rights. */
function tokens(operation, context) {
  if (!context.tokens.areNeeded || operation.security.length === 0) return [];
  const all = drafts(operation, context, { invent: true });
  const send = (authorization) => fc.tuple(all, bodies(operation, context)).map(([draft, body]) => request(draft, { body, headers: { Authorization: authorization } }));
  const foreign = context.tokens.foreignTo(operation);
  return [
    { name: 'no token', arbitrary: send(null), expectation: { ...REFUSED, common: [401], statuses: [401] }, weight: 0.3 },
    { name: 'a malformed token', arbitrary: send('Bearer e.y.e'), expectation: { ...REFUSED, common: [401], statuses: [401] }, weight: 0.3 },
    {
      name: 'a token without the scope',
      arbitrary: foreign && send(`Bearer ${foreign}`),
      expectation: { ...REFUSED, common: [403], statuses: [403] },
      weight: 0.3,
    },
  ];
}

/** Uses methods that the path does not have. Only the path's first operation has this property. */
function methods(operation, context) {
  if (operation.methods[0] !== operation.method) return [];
  const known = operation.methods.map((each) => each.toUpperCase());
  const all = drafts(operation, context, { invent: true });
  const others = fc.constantFrom(...METHODS.filter((each) => !known.includes(each)), 'TRACE');
  const common = context.tokens.areNeeded ? [401, 403, 405] : [405];
  return [
    {
      name: 'another method',
      arbitrary: fc.tuple(all, others).map(([draft, method]) => request(draft, { method })),
      expectation: { ...REFUSED, common, statuses: common },
      verify: (answer) => {
        const allowed = (answer.headers.allow ?? '').split(/\s*,\s*/).filter((each) => each && !['HEAD', 'OPTIONS'].includes(each));
        return answer.status === 405 && allowed.sort().join() !== known.sort().join() ? [`Allow is ${allowed}, and the path has ${known}`] : [];
      },
      weight: 0.5,
    },
  ];
}

/** Requests paths that no file contains, and URLs that are too long. */
function paths(operation, context) {
  const properties = [];
  if (operation === operation.document.operations[0]) {
    const unknown = fc.stringMatching(/^\/v1\/unknown[a-z/]{0,9}$/).map((path) => ({ operation, method: 'GET', path, headers: {}, values: {} }));
    const common = context.tokens.areNeeded ? [400, 401, 403, 404] : [404];
    properties.push({ name: 'a path that no file names', arbitrary: unknown, expectation: { ...REFUSED, common, statuses: common }, weight: 0.3 });
  }
  const limit = limitOf(operation.responses['414']);
  const all = limit && context.tokens.open(operation) && drafts(operation, context);
  if (all) {
    const long = all.map((draft) => request(draft, { unknown: ['unknown', 'x'.repeat(limit)] }));
    properties.push({ name: 'too long a URL', arbitrary: long, expectation: { ...REFUSED, statuses: [414] }, weight: 0.3 });
  }
  return properties;
}
