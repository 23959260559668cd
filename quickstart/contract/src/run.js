// A run: collects the values that services issue, checks every property, and counts answers.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { faults } from './answers.js';
import { Client, curl } from './client.js';
import { Links } from './links.js';
import { propertiesOf } from './properties.js';
import { requests } from './requests.js';
import { Tokens } from './tokens.js';

const CONCURRENT = 12;
const ROUNDS = 3;
const SAMPLES = 12;

/** The max time in which a failing request is reduced to a smaller one. Later requests of the property are not sent. */
const SHRINK_MILLIS = 10_000;

/**
 * Sends at least `options.requests` requests and returns the run's result.
 *
 * @param {object[]} documents the documents of OpenAPI
 * @param {string[]} bases the URLs of their services, in the same order
 * @param {{seed: number, requests: number, only?: string, tokens?: string[]}} options `only` is a part of the names of the
 *     properties to check
 */
export async function run(documents, bases, { seed, requests: wanted, only = '', tokens = [] }) {
  const operations = documents.flatMap((document) => document.operations);
  const context = { links: new Links(operations), tokens: new Tokens(tokens) };
  const client = new Client(new Map(documents.map((document, index) => [document, bases[index].replace(/\/$/, '')])), context.tokens);
  const counts = new Counts();
  try {
    const failures = await collect(operations, context, client, counts, seed);
    const properties = operations.flatMap((operation) => propertiesOf(operation, context).map((each) => ({ ...each, operation })));
    const chosen = properties.filter(({ name }) => name.includes(only));
    const weights = chosen.reduce((sum, { weight }) => sum + weight, 0);
    await concurrently(
      chosen.map((property) => async () => {
        const numRuns = Math.max(1, Math.ceil((wanted * property.weight) / weights));
        const failure = await tried(property, { numRuns, seed: seedOf(seed, property.name) }, client, counts);
        if (failure) failures.push(failure);
      }),
    );
    if (!only) failures.push(...uncovered(operations, context, counts));
    return { counts, failures, properties: chosen.length };
  } finally {
    client.close();
  }
}

/** Returns a property's own seed, so that its requests do not change if another property is added. */
const seedOf = (seed, name) => createHash('sha256').update(`${seed} ${name}`).digest().readInt32BE();

/** Sends valid requests, and collects positions, cursors and ids from their answers. Sends no DELETE, which would erase reports. */
async function collect(operations, context, client, counts, seed) {
  const failures = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const operation of operations.filter(({ method }) => method !== 'delete')) {
      if (!context.tokens.open(operation)) continue;
      const arbitrary = requests(operation, context);
      if (!arbitrary) continue;
      const sample = fc.sample(arbitrary, { seed: seedOf(seed, `${operation.id} ${round}`), numRuns: SAMPLES });
      await Promise.all(
        sample.map(async (each) => {
          try {
            const answer = await client.send(each);
            counts.add(operation, answer);
            if (!answer.isWaiting) context.links.collect(operation, each, answer);
          } catch (error) {
            failures.push({ name: `${operation.id}: collected values`, cause: error.message, curl: curl(each, client) });
          }
        }),
      );
    }
  }
  return failures;
}

async function tried({ name, arbitrary, expectation, verify, operation }, { numRuns, seed }, client, counts) {
  let failedAt;
  const property = fc.asyncProperty(arbitrary, async (each) => {
    if (failedAt && Date.now() - failedAt > SHRINK_MILLIS) return;
    const found = await faultsOf(each);
    if (found.length > 0) {
      failedAt ??= Date.now();
      throw new Error(found.join('; '));
    }
  });
  const faultsOf = async (each) => {
    let answer;
    try {
      answer = await client.send(each, { mayWait: expectation.outcome !== 'refused' });
    } catch (error) {
      return [`no answer: ${error.message}`];
    }
    counts.add(operation, answer);
    if (answer.isWaiting) return [];
    const found = faults(each, answer, expectation);
    return found.length > 0 || !verify ? found : await verify(answer, each);
  };
  const result = await fc.check(property, { numRuns, seed });
  if (!result.failed) return undefined;
  const cause = result.errorInstance?.message ?? String(result.error);
  const [failing] = result.counterexample ?? [];
  return { name, cause, curl: failing && curl(failing, client) };
}

/** Returns a failure for each documented success that no answer had. */
function uncovered(operations, context, counts) {
  return operations
    .filter((operation) => context.tokens.open(operation))
    .flatMap((operation) =>
      counts
        .unseen(operation)
        .filter((answer) => /^(101|2)/.test(answer))
        .map((answer) => ({ name: `${operation.id}: coverage`, cause: `no answer was ${answer}` })),
    );
}

async function concurrently(tasks) {
  const waiting = [...tasks];
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
}

/** Counts answers by operation, status and media type. */
class Counts {
  total = 0;
  #statuses = new Map();
  #seen = new Map();

  add(operation, answer) {
    this.total++;
    const status = answer.isWaiting ? 'waits' : String(answer.status);
    const statuses = this.#statuses.get(operation) ?? new Map();
    this.#statuses.set(operation, statuses.set(status, (statuses.get(status) ?? 0) + 1));
    const seen = this.#seen.get(operation) ?? new Set();
    this.#seen.set(operation, seen.add(`${answer.status} ${answer.type}`).add(`${answer.status}`));
  }

  /** Returns the documented answers that did not occur, as a status and, if the answer has a body, its media type. */
  unseen(operation) {
    return Object.entries(operation.responses)
      .flatMap(([status, { content = {} }]) => (Object.keys(content).length > 0 ? Object.keys(content).map((type) => `${status} ${type}`) : [status]))
      .filter((answer) => !this.#seen.get(operation)?.has(answer));
  }

  /** Returns a line for each operation. */
  lines() {
    return [...this.#statuses].map(([operation, statuses]) => {
      const sum = [...statuses.values()].reduce((a, b) => a + b, 0);
      const each = [...statuses].sort().map(([status, count]) => `${status}: ${count}`);
      const unseen = this.unseen(operation).map((answer) => answer.split(' ')[0]);
      const missing = unseen.length > 0 ? `; not seen: ${unseen.join(', ')}` : '';
      return `  ${`${operation.document.name} ${operation.id}`.padEnd(32)} ${String(sum).padStart(6)}  ${each.join(', ')}${missing}`;
    });
  }
}
