// The token of an open WebSocket, which the stream replaces before it expires.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorHello, hello, in1, like, open } from './fakes.js';

const HOUR = 3_600;
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (exp, sub = 'alice') => `${base64url({ alg: 'none' })}.${base64url({ sub, exp })}.c2ln`;
const inSeconds = (seconds) => Date.now() / 1000 + seconds;
const TOKEN_WAIT = 15_000; // the limit for an answer of token()
const expires = (seconds) => ({ kind: 'token', expires: new Date(Date.now() + seconds * 1000).toISOString() });

/** Creates a live stream whose tokens are valid for a time in seconds. Returns also the reasons of the calls of token(). */
async function openWithTokens(t, seconds, options) {
  const why = [];
  const token = ({ expired, expiring }) => jwt(inSeconds(seconds), `alice-${why.push(expired ? 'expired' : expiring ? 'expiring' : 'request')}`);
  const seen = await open(t, { token, ...options });
  await seen.sockets[0].receive(options?.authors ? authorHello('alice', in1(10)) : hello(10));
  return { ...seen, why };
}

for (const [random, first, last] of [[0, 30_000, 'half a minute'], [1, 60_000, 'a minute']]) {
  test(`a new token is sent ${last} before the old one expires, without a reconnect`, async (t) => {
    t.mock.method(Math, 'random', () => random);
    const seen = await openWithTokens(t, HOUR);
    await seen.pass(HOUR * 1000 - first - 1);
    assert.deepEqual(seen.sockets[0].sent, []);
    await seen.pass(1);
    assert.deepEqual(seen.why, ['request', 'expiring']);
    assert.deepEqual(seen.sockets[0].sent, [{ kind: 'token', token: jwt(inSeconds(HOUR), 'alice-2') }]);

    await seen.sockets[0].receive(expires(HOUR));
    assert.deepEqual(seen.frames, [hello(10)]);
    await seen.pass(HOUR * 1000 - first);
    assert.equal(seen.sockets[0].sent.length, 2);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [1, 0]);
    assert.deepEqual(seen.names(), ['connecting', 'live']);
  });
}

test('a stream of several authors replaces its token, too', async (t) => {
  const seen = await openWithTokens(t, HOUR, { authors: ['alice'] });
  await seen.pass(HOUR * 1000 - 30_000);
  assert.deepEqual(seen.sockets[0].sent.map(({ kind }) => kind), ['token']);
  assert.deepEqual(seen.stream.authors, ['alice']);
});

test('the time of the next renewal is that of the answer, and not that of the token', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await openWithTokens(t, HOUR);
  await seen.pass((HOUR - 60) * 1000);
  await seen.sockets[0].receive(expires(400));
  await seen.pass(340_000);
  assert.equal(seen.sockets[0].sent.length, 2);
});

test('the token of a short life is replaced in its last quarter', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const seen = await openWithTokens(t, 20);
  await seen.pass(14_999);
  assert.equal(seen.sockets[0].sent.length, 0);
  await seen.pass(1);
  assert.equal(seen.sockets[0].sent.length, 1);
});

test('a token that expires in months sets no timer that is too long', async (t) => {
  const seen = await openWithTokens(t, 90 * 24 * HOUR);
  await seen.pass(0);
  assert.deepEqual(seen.why, ['request']);
  for (let day = 0; day < 89; day++) await seen.pass(24 * HOUR * 1000);
  assert.deepEqual(seen.why, ['request']);
  await seen.pass(24 * HOUR * 1000);
  assert.equal(seen.sockets[0].sent.length, 1);
});

for (const [what, token] of [
  ['a string', jwt(Date.UTC(2026, 10, 24, 1) / 1000)],
  ['a function without a JWT', () => 'opaque'],
  ['a function without a token', () => null],
  ['a JWT without a time', () => `${base64url({})}.${base64url({ sub: 'alice' })}.c2ln`],
  ['a JWT that has expired', () => jwt(1)],
  ['text that is like a JWT', () => 'a.%%%.c'],
]) {
  test(`${what} sets no timer`, async (t) => {
    const seen = await open(t, { token });
    await seen.sockets[0].receive(hello(10));
    assert.equal(await seen.passAll(), 0);
    assert.deepEqual(seen.sockets[0].sent, []);
  });
}

test('a JWT with characters of base64url and of other languages is read', async (t) => {
  const seen = await open(t, { token: () => jwt(inSeconds(HOUR), 'Zoë ≠ ÿÿÿ???>>>') });
  await seen.sockets[0].receive(hello(10));
  assert.ok((await seen.passAll()) > (HOUR - 60) * 1000);
});

for (const [what, next] of [
  ['the same token', (first) => first],
  ['no token', () => null],
  ['an error', () => { throw new Error('signed out'); }],
]) {
  test(`if token() answers with ${what}, it is asked again a few times, and the stream continues until the gateway ends it`, async (t) => {
    let calls = 0;
    const first = jwt(Date.UTC(2026, 10, 24, 1) / 1000);
    const seen = await open(t, { token: () => (calls++ ? next(first) : first) });
    await seen.sockets[0].receive(hello(10));
    await seen.passAll();
    await seen.pass(HOUR * 1000);
    assert.ok(calls >= 3 && calls < 20, `${calls} calls`);
    assert.deepEqual(seen.sockets[0].sent, []);
    assert.equal(seen.names().at(-1), 'live');
    await seen.sockets[0].receive(like(11));
    assert.deepEqual(seen.frames, [hello(10), like(11)]);
  });
}

test('a token() that does not answer in time is called again', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  let calls = 0;
  const seen = await open(t, { token: () => (calls++ === 1 ? new Promise(() => {}) : jwt(inSeconds(HOUR))) });
  await seen.sockets[0].receive(hello(10));
  await seen.pass((HOUR - 60) * 1000);
  assert.equal(calls, 2);
  await seen.pass(15_000);
  await seen.pass(45_000 * 0.75);
  assert.equal(calls, 3);
  assert.equal(seen.sockets[0].sent.length, 1);
});

test('a refused token changes nothing: the stream reconnects when the gateway ends it', async (t) => {
  const seen = await openWithTokens(t, HOUR);
  await seen.pass((HOUR - 30) * 1000);
  await seen.sockets[0].receive({ kind: 'refused', problem: { status: 403, detail: 'The token is of another subject.' } });
  await seen.pass(TOKEN_WAIT);
  assert.equal(await seen.passAll(), 0);
  assert.equal(seen.names().at(-1), 'live');
  await seen.sockets[0].end(4401, 'the token has expired');
  await seen.passAll();
  assert.deepEqual(seen.why, ['request', 'expiring', 'expired']);
  assert.equal(seen.sockets.length, 2);
});

test('a gateway without tokens does not answer: there is one message, and nothing else', async (t) => {
  const seen = await openWithTokens(t, HOUR);
  await seen.pass((HOUR - 30) * 1000);
  await seen.pass(3 * HOUR * 1000);
  assert.equal(seen.sockets[0].sent.length, 1);
  assert.equal(await seen.passAll(), 0);
});

for (const answer of [{ kind: 'token' }, { kind: 'token', expires: 'soon' }, { kind: 'token', expires: '2020-01-01T00:00:00Z' }]) {
  test(`an answer without a valid time sets no timer: ${JSON.stringify(answer)}`, async (t) => {
    const seen = await openWithTokens(t, HOUR);
    await seen.pass((HOUR - 30) * 1000);
    await seen.sockets[0].receive(answer);
    await seen.pass(TOKEN_WAIT);
    assert.equal(await seen.passAll(), 0);
    assert.equal(seen.sockets[0].sent.length, 1);
  });
}

test('4401 after a renewal: a token() that returns the renewed token again ends the stream as refused', async (t) => {
  let token = jwt(Date.UTC(2026, 10, 24, 1) / 1000, 'first');
  const seen = await open(t, { token: () => token });
  await seen.sockets[0].receive(hello(10));
  token = jwt(Date.UTC(2026, 10, 24, 2) / 1000, 'second');
  await seen.pass(HOUR * 1000 - 30_000);
  await seen.sockets[0].receive(expires(HOUR));
  await seen.sockets[0].end(4401, 'the token has expired');
  await seen.passAll();
  assert.equal(seen.names().at(-1), 'refused');
});

for (const [what, end] of [
  ['close()', ({ stream }) => stream.close()],
  ['the end of the connection', ({ sockets }) => sockets[0].end(1006)],
]) {
  test(`${what} ends the timer of a renewal`, async (t) => {
    const seen = await openWithTokens(t, HOUR);
    await end(seen);
    await seen.pass(HOUR * 1000);
    assert.ok(!seen.why.includes('expiring'));
  });

  test(`a token that arrives after ${what} is not sent`, async (t) => {
    let calls = 0;
    let got;
    const seen = await open(t, { token: () => (calls++ === 1 ? new Promise((done) => (got = done)) : jwt(inSeconds(HOUR))) });
    await seen.sockets[0].receive(hello(10));
    await seen.pass((HOUR - 30) * 1000);
    await end(seen);
    got(jwt(inSeconds(2 * HOUR)));
    await seen.pass(0);
    assert.deepEqual(seen.sockets[0].sent, []);
  });
}
