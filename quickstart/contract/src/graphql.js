// Generates GraphQL queries from a schema, and compares answers with the schema and the query.

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  buildSchema,
  execute,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  parse,
  validate,
} from 'graphql';
import { rulesOf } from './rules.js';
import { isValid } from './schemas.js';
import { broken, valid } from './values.js';

/** The JSON Schema of each scalar. A scalar that is missing here fails the run. */
const SCALARS = {
  Long: { type: 'integer' },
  Date: { type: 'string', format: 'date' },
  DateTime: { type: 'string', format: 'date-time' },
};

/** The max number of items of a list without a documented range. The longest list is that of the weeks of a year. */
const LONGEST_LIST = 53;

/** Lower than the documented limit of cost, because this estimate omits a part of the cost. */
const MAX_COST = 9_000;

/** The queries of a schema file, whose arguments are described as parameters of the OpenAPI file. */
export class Queries {
  /** @param {object} operation an operation of OpenAPI, whose document describes the parameters that give arguments their names */
  constructor(operation) {
    this.schema = buildSchema(readFileSync(operation.graphql, 'utf8'));
    this.parameters = operation.document.operations.flatMap(({ parameters }) => parameters);
    for (const type of Object.values(this.schema.getTypeMap())) {
      if (isLeafType(type) && type.astNode?.kind === 'ScalarTypeDefinition') type.serialize = serialize(type.name);
    }
  }

  /** Returns an arbitrary of valid queries as `{body, document}`. */
  valid(author) {
    return this.#operations((argument) => this.#values(argument, author));
  }

  /** Returns an arbitrary of queries with one argument out of its bounds. */
  outOfBounds(author) {
    const faulty = this.#fields().flatMap((field) => field.args.map((argument) => ({ field, argument })));
    return fc.constantFrom(...faulty).chain(({ field, argument }) =>
      this.#operations(
        (each) => (each === argument ? this.#broken(each) : this.#values(each, author)),
        [field],
        argument,
      ),
    );
  }

  /** Returns an arbitrary of texts that are not queries of the schema. */
  invalid() {
    return fc
      .tuple(this.valid(), fc.integer({ min: 0, max: 6 }), fc.string())
      .map(([{ body }, how, text]) => {
        const { query } = body;
        return {
          ...body,
          query: [
            query.slice(0, -1),
            query.replace('{', '{ nothing '),
            query.replace(/\w+: \$?\w+/, 'unknown: 1'),
            `${query} fragment Unused on Query { __typename }`,
            `mutation { __typename }`,
            text,
            query.replace('{', '{ ...Missing '),
          ][how],
        };
      })
      .filter(({ query }) => !this.#isQuery(query));
  }

  #isQuery(text) {
    try {
      return validate(this.schema, parse(text)).length === 0;
    } catch {
      return false;
    }
  }

  #fields() {
    return Object.values(this.schema.getQueryType().getFields());
  }

  #operations(values, fields = this.#fields(), always) {
    const query = this.schema.getQueryType();
    return fc
      .tuple(
        fc.array(fc.oneof(...fields.map((field) => this.#selected(field, values, always))), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', 'Anything', undefined),
        fc.boolean(),
      )
      .map(([selections, name, isFragment]) => written(affordable(selections), query, name, isFragment))
      .filter(({ body }) => this.#isQuery(body.query));
  }

  /** Generates a field with its arguments. A field that is an object has some of its own fields. */
  #selected(field, values, always) {
    const type = getNamedType(field.type);
    const args = field.args.map((argument) => {
      const isRequired = isNonNullType(argument.type) || argument === always;
      const value = fc.record({ argument: fc.constant(argument), value: values(argument), isVariable: fc.boolean() });
      return isRequired ? value : fc.option(value, { nil: undefined });
    });
    const fields = isLeafType(type)
      ? fc.constant([])
      : fc.subarray(Object.values(type.getFields()), { minLength: 1 }).chain((some) => fc.tuple(...some.map((each) => this.#selected(each, values))));
    return fc
      .record({ args: fc.tuple(...args), fields, isInline: fc.boolean(), isAliased: fc.boolean() })
      .map(({ args: given, ...rest }) => ({ field, type, args: always ? given.filter(Boolean) : this.#obeying(given.filter(Boolean)), ...rest }));
  }

  /** Changes arguments so that they obey the rules in the descriptions of the parameters with the same names. */
  #obeying(args) {
    const given = args.filter(({ value }) => value !== null);
    const draft = { values: Object.fromEntries(given.map(({ argument, value }) => [argument.name, value])) };
    for (const rule of rulesOf({ parameters: this.parameters })) if (rule.name in draft.values) rule.obey(draft);
    return args.map((each) => (each.value === null ? each : { ...each, value: draft.values[each.argument.name] ?? each.value }));
  }

  #parameter({ name }) {
    return this.parameters.find((each) => each.name === name) ?? this.parameters.find((each) => each.name === `${name}Id`);
  }

  #values(argument, author) {
    if (author && argument.name === 'author') return fc.constant(author);
    if (/^The `next` of/.test(argument.description)) return fc.constant(null); // only the service can issue one
    const values = valid(this.#schemaOf(argument));
    return isNonNullType(argument.type) ? values : fc.oneof({ weight: 4, arbitrary: values }, fc.constant(null));
  }

  #broken(argument) {
    const isText = getNamedType(argument.type).name !== 'Int';
    return broken(this.#schemaOf(argument)).filter((value) => (isText ? typeof value === 'string' : Number.isInteger(value) && Math.abs(value) < 2 ** 31));
  }

  /** Returns the range of the argument's description, such as "1 to 1000", or the schema of the parameter with the argument's name. */
  #schemaOf(argument) {
    const range = /(\d+) to (\d+)/.exec(argument.description ?? '');
    if (range) return { type: 'integer', minimum: Number(range[1]), maximum: Number(range[2]) };
    const parameter = this.#parameter(argument);
    if (!parameter) throw new Error(`argument ${argument.name}: describe its range, or name it after a parameter`);
    return parameter.schema;
  }

  /** Returns the faults of the answer to a valid query: errors other than UNAVAILABLE, and data that does not fit the query. */
  async faults({ body, document }, { data, errors = [] }) {
    const unexpected = errors.filter(({ extensions }) => extensions?.classification !== 'UNAVAILABLE');
    if (unexpected.length > 0) return unexpected.map(({ message, extensions }) => `${extensions?.classification}: ${message}`);
    if (errors.length > 0) return [];
    // the schema resolves the service's data: a value of another type, or a null of a non-null type, is an error
    const again = await execute({
      schema: this.schema,
      document,
      variableValues: body.variables,
      operationName: body.operationName,
      rootValue: data,
      fieldResolver: (source, _, __, { path }) => source?.[path.key],
      typeResolver: ({ __typename }) => __typename,
    });
    const wrong = (again.errors ?? []).map(({ message, path }) => `${path?.join('.')}: ${message}`);
    if (wrong.length === 0 && !isDeepStrictEqual(JSON.parse(JSON.stringify(again.data)), data)) wrong.push('data has other fields than the query');
    return wrong;
  }
}

function serialize(name) {
  const schema = SCALARS[name];
  if (!schema) throw new Error(`scalar ${name}: add its JSON Schema to SCALARS`);
  return (value) => {
    if (!isValid(schema, value)) throw new Error(`${JSON.stringify(value)} is not a ${name}`);
    return value;
  };
}

/** Drops fields with which the query would exceed the permitted cost. */
function affordable(selections) {
  let cost = 0;
  return selections.filter((each, index) => {
    const own = costOf(each);
    if (index > 0 && cost + own > MAX_COST) return false;
    cost += own;
    return true;
  }).map((each) => (costOf(each) > MAX_COST ? cheaper(each) : each));
}

/** Estimates the cost of a field: it is counted for each item of the longest list, and comparisons of two weeks as documented. */
function costOf({ field, args, fields }) {
  const first = args.find(({ argument }) => /^\d+ to \d+/.test(argument.description ?? ''))?.value;
  const times = isListType(getNullableType(field.type)) ? (first ?? LONGEST_LIST) : 1;
  const dear = /^likersReturning/.test(field.name) ? 50 : 0;
  return (args.length > 0 ? 100 : 1) + dear + times * (25 + fields.reduce((sum, each) => sum + costOf(each), 0));
}

const cheaper = (selection) => ({ ...selection, fields: selection.fields.slice(0, 1).map((each) => (each.fields.length > 0 ? cheaper(each) : each)) });

/** Writes a query with its variables. A field that is selected twice has aliases. */
function written(selections, query, name, isFragment) {
  const variables = {};
  const declared = [];
  const print = ({ field, type, args, fields, isInline, isAliased }, number) => {
    const given = args.map(({ argument, value, isVariable }) => {
      if (!isVariable) return `${argument.name}: ${JSON.stringify(value)}`;
      const variable = `v${declared.length}`;
      declared.push(`$${variable}: ${argument.type}`);
      variables[variable] = value;
      return `${argument.name}: $${variable}`;
    });
    const inner = fields.map(print).join(' ');
    const nested = inner && (isInline ? ` { ... on ${type.name} { ${inner} } }` : ` { ${inner} }`);
    const alias = isAliased || args.length > 0 ? `f${number}: ` : '';
    return `${alias}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${nested}`;
  };
  const inner = selections.map(print).join(' ');
  const head = declared.length > 0 ? `query ${name || 'Anything'}(${declared.join(', ')}) ` : name ? `query ${name} ` : '';
  const operationName = declared.length > 0 || name ? 'Anything' : undefined;
  const text = isFragment && head ? `${head}{ ...All } fragment All on ${query.name} { ${inner} }` : `${head}{ ${inner} }`;
  const body = { query: text };
  if (operationName && name !== undefined) body.operationName = operationName;
  if (declared.length > 0) body.variables = variables;
  return { body, get document() { return parse(text); } };
}
