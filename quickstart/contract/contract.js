#!/usr/bin/env node
// Fuzzes a running Heartline with requests that are generated from docs/api, and compares every answer with these files.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readDocuments } from './src/documents.js';
import { run } from './src/run.js';

const HELP = `usage: contract.js [OPTION...] URL...

Sends valid and broken requests, generated from the OpenAPI files, to the services at the URLs. There is one URL for each file, in
the order of the ports that the files name. Prints a count by operation and status, and a curl command for each failure.

  --requests N     send at least N requests (default 10000)
  --seed N         repeat the requests of a run; values that a service has issued, such as positions, differ
  --only TEXT      try only the properties whose names contain TEXT, for example "getReport: broken week"
  --token TOKEN    a bearer token; repeat the option for more. A request has a token with the scope of its operation
  --api FOLDER     the folder with the OpenAPI files (default docs/api of this checkout)
  --help

Exit status: 0 if no answer violates a file, 1 if an answer does or an operation is not covered. It is 2 if the arguments are wrong.`;

const { values, positionals } = arguments_();
if (values.help) {
  console.log(HELP);
  process.exit();
}
const documents = await readDocuments(values.api);
if (positionals.length !== documents.length) usage(`give ${documents.length} URLs: ${documents.map(({ name }) => name).join(', ')}`);

const seed = values.seed === undefined ? randomInt(2 ** 31) : whole('seed');
console.log(`seed ${seed}`);
const from = Date.now();
const { counts, failures, properties } = await run(documents, positionals, {
  seed,
  requests: whole('requests'),
  only: values.only,
  tokens: values.token,
});
const seconds = Math.round((Date.now() - from) / 1000);

console.log(counts.lines().join('\n'));
for (const { name, cause, curl } of failures) {
  console.log(`\nFAILED ${name}\n  ${cause}`);
  if (curl) console.log(`  ${curl}`);
}
if (failures.length > 0) console.log(`\nRepeat the run with --seed ${seed}, or one property with --only.`);
console.log(`\n${properties} properties, ${counts.total.toLocaleString('en')} requests in ${seconds} s: ${failures.length} failures`);
process.exitCode = failures.length > 0 ? 1 : 0;

function arguments_() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        requests: { type: 'string', default: '10000' },
        seed: { type: 'string' },
        only: { type: 'string' },
        token: { type: 'string', multiple: true },
        api: { type: 'string', default: new URL('../../docs/api', import.meta.url).pathname },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return usage(error.message);
  }
}

function whole(name) {
  const number = Number(values[name]);
  return Number.isSafeInteger(number) && number >= 0 ? number : usage(`--${name} must be a whole number`);
}

function usage(why) {
  console.error(`${why}\n\n${HELP}`);
  process.exit(2);
}
