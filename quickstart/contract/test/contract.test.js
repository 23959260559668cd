// The fuzzer finds no failure of a service that conforms to its file, and finds each kind of violation.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { readDocuments } from '../src/documents.js';
import { run } from '../src/run.js';
import { broken } from '../src/values.js';
import { startThings } from './things.js';

const API = new URL('api', import.meta.url).pathname;

async function failuresOf(t, wrongly, options = {}) {
  const service = await startThings(wrongly);
  t.after(service.stop);
  return run(await readDocuments(API), [service.url], { seed: 7, requests: 1000, ...options });
}

const internal = { status: 500, headers: { 'Content-Type': 'application/problem+json', 'Request-Id': '0b9f8a52-3f0e-4c1d-9a77-2f6f2f1d8c34' }, body: '{}' };

/** Returns an answer with another text in its stream; any other answer stays as it is. */
const changedStream = (answer, from, to) => (answer.isEndless ? { ...answer, body: answer.body.replace(from, to) } : answer);

test('a service that conforms to its file has no failures', async (t) => {
  const { failures, counts } = await failuresOf(t);
  assert.deepEqual(failures, []);
  assert.ok(counts.total >= 1000);
});

for (const [what, name, cause, wrongly] of [
  ['an undocumented status', 'getThing: valid', 'status 203 is not documented', (answer) => ({ ...answer, status: answer.status === 200 ? 203 : answer.status })],
  ['another media type', 'createThing: valid', 'media type text/plain of status 201 is not documented', (answer) => (answer.status === 201 ? { ...answer, headers: { ...answer.headers, 'Content-Type': 'text/plain' } } : answer)],
  ['a body that violates the schema', 'createThing: valid', "body: it must have required property 'id'", (answer) => (answer.status === 201 ? { ...answer, body: '{}' } : answer)],
  ['a problem that violates the schema', 'createThing: broken body', "body: it must have required property 'title'", (answer) => (answer.status === 400 ? { ...answer, body: '{}' } : answer)],
  ['a missing header', 'getThing: valid', 'no Request-Id', (answer) => ({ ...answer, headers: { ...answer.headers, 'Request-Id': [] } })],
  ['a malformed header', 'getThing: valid', 'header Request-Id: it must match format "uuid"', (answer) => ({ ...answer, headers: { ...answer.headers, 'Request-Id': '1' } })],
  ['an undocumented header', 'getThing: valid', 'header x-debug is not documented', (answer) => ({ ...answer, headers: { ...answer.headers, 'X-Debug': '1' } })],
  ['a valid request that is refused', 'getThing: valid', 'status 400, but it must be accepted', (answer, { url }) => (url.includes('wide=no') ? { ...answer, status: 400 } : answer)],
  ['a broken parameter that is accepted', 'getThing: broken depth', 'status 200, but it must be refused', (answer, { url }) => (url.includes('depth=6') ? { ...answer, status: 200 } : answer)],
  ['a broken parameter that is accepted after a while', 'getThing: broken wait', 'status 200, but it must be refused', async (answer, { url }) => (url.includes('wait=31') ? setTimeout(400, { ...answer, status: 200 }) : answer)],
  ['a broken fraction that is accepted', 'getThing: broken every', 'status 200, but it must be refused', (answer, { url }) => (url.includes('every=0.199') ? { ...answer, status: 200 } : answer)],
  ['a stream whose first event is another', 'getThing: valid', 'body: /0/event must be equal to constant', (answer) => changedStream(answer, 'event:thing', 'event:gone')],
  ['an event whose data violates its schema', 'getThing: valid', 'body: it must have required property \'id\'', (answer) => changedStream(answer, /data:.*/, 'data:{}')],
  ['an event whose id is not that of its data', 'getThing: valid', 'body: id is not the id of the data', (answer) => changedStream(answer, /id:\S+/, 'id:other')],
  ['a broken member that is accepted', 'createThing: broken body', 'status 201, but it must be refused', (answer, _, body) => (body.includes('"size":11') ? { ...answer, status: 201 } : answer)],
  ['a violated rule that is accepted', 'getThing: wide against "Only with `depth`"', 'status 200, but it must be refused', (answer, { url }) => (url.includes('wide=') && !url.includes('depth=') ? { ...answer, status: 200 } : answer)],
  ['a parameter that is accepted with another', 'getThing: near against "Not with `wide`"', 'status 200, but it must be refused', (answer, { url }) => (url.includes('near=') && url.includes('wide=') ? { ...answer, status: 200 } : answer)],
  ['an internal error', 'createThing: malformed body', 'status 500', (answer, _, body) => (body === '' ? internal : answer)],
  ['another method that is accepted', 'getThing: another method', 'one of 405 was expected', (answer, { method }) => (method === 'DELETE' ? { ...answer, status: 204 } : answer)],
  ['an Allow with other methods', 'createThing: another method', 'Allow is PUT', (answer) => (answer.headers.Allow === 'POST' ? { ...answer, headers: { ...answer.headers, Allow: 'PUT' } } : answer)],
]) {
  test(`${what} is a failure`, async (t) => {
    const { failures } = await failuresOf(t, wrongly);
    const failure = failures.find((each) => each.name === name);
    assert.ok(failure, JSON.stringify(failures));
    assert.ok(failure.cause.includes(cause), failure.cause);
    assert.match(failure.curl, /^curl /);
  });
}

test('an operation that never succeeds is not covered', async (t) => {
  const { failures } = await failuresOf(t, (answer, { method }) => (method === 'POST' ? { ...answer, status: 429 } : answer));
  assert.deepEqual(
    failures.filter(({ name }) => name.endsWith('coverage')).map(({ name }) => name),
    ['createThing: coverage', 'getThing: coverage', 'getThing: coverage'],
  );
});

test('a service that does not answer is a failure, not a crash', async (t) => {
  const { failures } = await failuresOf(t, ({ status }) => ({ status: status === 200 ? 1000 : status }));
  assert.ok(failures.length > 0);
});

test('the same seed sends the same requests, and a failing request is minimal', async (t) => {
  const seen = [[], []];
  for (const urls of seen) {
    await failuresOf(t, (answer, { url }) => {
      urls.push(url.replace(/[0-9a-f-]{36}/, 'id'));
      return answer;
    });
  }
  assert.deepEqual(seen[0].sort(), seen[1].sort());
  const { failures } = await failuresOf(t, (answer, { url }) => (/depth=[3-5]/.test(url) ? internal : answer), { only: 'getThing: valid' });
  assert.match(failures[0].curl, /depth=3\S*$/);
});

test('the command exits with 0, 1 or 2', async (t) => {
  const good = await startThings();
  const bad = await startThings(() => internal);
  t.after(good.stop);
  t.after(bad.stop);
  const exit = async (...options) => {
    const [code] = await once(spawn(process.execPath, ['contract.js', '--api', API, '--requests', '60', ...options], { cwd: new URL('..', import.meta.url), stdio: 'ignore' }), 'exit');
    return code;
  };
  assert.deepEqual([await exit(good.url), await exit(bad.url), await exit(), await exit('--requests', 'x', good.url)], [0, 1, 2, 2]);
});

test('a broken text has no half of a surrogate pair', () => {
  const texts = fc.sample(broken({ type: 'string', minLength: 2, maxLength: 8 }), { numRuns: 20_000, seed: 1 });
  assert.deepEqual(texts.filter((text) => typeof text === 'string' && !text.isWellFormed()), []);
});

test('broken values of alternatives include nearly valid values of each one', () => {
  const like = { type: 'object', required: ['author'], properties: { author: { type: 'string', pattern: '^[a-z]{1,8}$' } } };
  const values = fc.sample(broken({ oneOf: [like, { type: 'array', maxItems: 2 }] }), { numRuns: 500, seed: 1 });
  assert.ok(values.some((value) => value !== null && typeof value === 'object' && !Array.isArray(value) && 'author' in value));
  assert.ok(values.some((value) => Array.isArray(value) && value.length > 2));
  assert.ok(!values.some((value) => Array.isArray(value) && value.length <= 2));
});
