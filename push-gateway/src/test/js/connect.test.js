// The options of a stream, and the requests that it sends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../main/resources/client/heartline.js';
import { at, hello, open, openLive, polled } from './fakes.js';

for (const [name, options] of [
  ['url', { url: undefined }],
  ['url', { url: 'localhost:8082' }],
  ['url', { url: 'ws://localhost:8082' }],
  ['author', { author: undefined }],
  ['onFrame', { onFrame: undefined }],
]) {
  test(`connect throws an error that names an invalid ${name}: ${JSON.stringify(options)}`, () => {
    const good = { url: 'http://gateway', author: 'alice', onFrame: () => {}, WebSocket: null, fetch: () => {} };
    assert.throws(() => connect({ ...good, ...options }), { name: 'TypeError', message: new RegExp(`^${name} `) });
  });
}

test('WebSocket and poll send the options in the URL', async (t) => {
  const options = { url: 'https://example.com/live', author: 'a|b+c@d', posts: ['p-1', 'p+2'], digest: 5, after: at(7) };
  const seen = await open(t, options);
  await seen.sockets[0].fail();

  const rest = `example.com/live/v1/authors/a%7Cb%2Bc%40d/likes?after=${at(7)}&post=p-1&post=p%2B2&digest=5`;
  assert.equal(seen.sockets[0].url.href, `wss://${rest}`);
  assert.equal(seen.polls[0].url.href, `https://${rest}`);
});

test("fetch is called as a function, because a browser's fetch is no method of another object", async (t) => {
  let self = 'not called';
  await open(t, {
    WebSocket: null,
    fetch() {
      self = this;
      return new Promise(() => {});
    },
  });
  assert.equal(self, undefined);
});

test('onState is called after connect has returned the stream', async (t) => {
  const positions = [];
  const onState = (state, { stream }) => positions.push(stream.position);
  await openLive(t, { after: at(7), onState });
  assert.deepEqual(positions, [at(7), at(7)]);
});

test('an onState that throws is reported, and the stream continues', async (t) => {
  const mistake = new Error('the page is at fault');
  const onState = () => {
    throw mistake;
  };
  const seen = await openLive(t, { onState });
  assert.deepEqual(seen.errors, [[mistake], [mistake]]);
  assert.deepEqual(seen.frames, [hello(10)]);
});

test('onState may be left out', async (t) => {
  const { errors } = await open(t);
  connect({ url: 'http://gateway', author: 'alice', onFrame: () => {}, WebSocket: null, fetch: () => {} }).close();
  assert.deepEqual(errors, []);
});

test('a token is offered as a subprotocol and sent in a header of polls, and is in no URL', async (t) => {
  const seen = await open(t, { token: 'secret.1' });
  await seen.sockets[0].fail();

  assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1', 'bearer.secret.1']);
  assert.deepEqual(seen.polls[0].headers, { Authorization: 'Bearer secret.1' });
  for (const { url } of [...seen.sockets, ...seen.polls]) assert.ok(!url.href.includes('secret'), url.href);
});

test('without a token option, requests have no token', async (t) => {
  const seen = await open(t);
  await seen.sockets[0].fail();

  assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1']);
  assert.deepEqual(seen.polls[0].headers, {});
});

for (const [kind, asked] of [
  ['a function', (count) => `t${count}`],
  ['an async function', async (count) => `t${count}`],
]) {
  test(`${kind} is called for each request`, async (t) => {
    let count = 0;
    const seen = await open(t, { token: () => asked(++count) });
    await seen.sockets[0].fail();
    await seen.polls[0].answer(polled(10));

    assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1', 'bearer.t1']);
    assert.deepEqual(seen.polls.map(({ headers }) => headers.Authorization), ['Bearer t2', 'Bearer t3']);
  });
}

test('after 4401, token() is called with expired, and the stream resumes', async (t) => {
  const why = [];
  const seen = await openLive(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.sockets[0].end(4401, 'the token has expired');
  await seen.passAll();

  assert.deepEqual(why, [false, true]);
  assert.deepEqual(seen.sockets[1].protocols, ['heartline.v1', 'bearer.t2']);
  assert.equal(seen.sockets[1].url.searchParams.get('after'), at(10));
});

test('after another close code, token() is called without expired', async (t) => {
  const why = [];
  const seen = await openLive(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.sockets[0].end(1013);
  await seen.passAll();

  assert.deepEqual(why, [false, false]);
});

/** Refuses the next token of the stream. Returns how long the stream then waits, in ms. */
async function refuseOnce(seen) {
  await seen.sockets.at(-1).fail();
  await seen.polls.at(-1).answer({ detail: 'The token is not valid.' }, 401);
  return seen.passAll();
}

test('refused tokens do not end the stream while token() returns new ones: it waits longer each time', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const why = [];
  const seen = await open(t, { token: ({ expired }) => `t${why.push(expired)}` });
  const waits = [];
  for (let i = 0; i < 8; i++) waits.push(await refuseOnce(seen));

  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assert.deepEqual(why.slice(0, 5), [false, false, true, false, true], 'as expired, once after each refusal');
  await seen.sockets.at(-1).receive(hello(10));
  assert.equal(seen.names().at(-1), 'live');
});

test('4401 right after each hello: the stream continues with new tokens, and waits longer each time', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  let count = 0;
  const seen = await open(t, { token: () => `t${++count}` });
  for (const wait of [3000, 3000, 3000, 4000, 8000]) {
    await seen.sockets.at(-1).receive(hello(10));
    await seen.sockets.at(-1).end(4401, 'the token has expired');
    assert.equal(await seen.passAll(), wait);
  }
  assert.equal(seen.sockets.length, 6);
});

for (const [what, next] of [
  ['the same token again', 't'],
  ['null', null],
  ['undefined', undefined],
  ['an empty string', ''],
]) {
  test(`a refused token ends the stream as refused if token() returns ${what}`, async (t) => {
    const seen = await open(t, { token: ({ expired }) => (expired ? next : 't') });
    await refuseOnce(seen);

    const states = ['connecting', 'connecting', 'waiting', 'connecting', 'refused'];
    assert.deepEqual(seen.names(), states);
    assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'long poll', detail: '401 The token is not valid.' });
    assert.equal(await seen.passAll(), 0);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [1, 1]);
  });

  test(`4401 ends the stream as refused if token() returns ${what}`, async (t) => {
    const seen = await openLive(t, { token: ({ expired }) => (expired ? next : 't') });
    await seen.sockets[0].end(4401, 'the token has expired');
    await seen.passAll();

    const detail = 'closed with 4401 the token has expired';
    assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'websocket', detail });
    assert.equal(await seen.passAll(), 0);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [1, 0]);
  });
}

test('a refused token ends a polling stream if token() returns it again', async (t) => {
  const seen = await open(t, { WebSocket: null, token: () => 't' });
  await seen.polls[0].answer(polled(10));
  await seen.polls[1].answer({ detail: 'The token is not valid.' }, 401);
  await seen.passAll();
  assert.equal(seen.names().at(-1), 'refused');
  assert.equal(seen.polls.length, 2);
});

test('503 because keys cannot be fetched: the stream waits and keeps its token', async (t) => {
  const why = [];
  const token = ({ expired }) => {
    why.push(expired);
    return 't';
  };
  const seen = await open(t, { token });
  await seen.sockets[0].fail();
  await seen.polls[0].answer({ detail: 'The key of the token is not known yet. Retry.' }, 503, { 'Retry-After': '1' });
  const wait = await seen.passAll();

  assert.ok(wait >= 1000 && wait <= 3000, `${wait} ms`);
  await seen.sockets[1].receive(hello(10));
  assert.equal(seen.names().at(-1), 'live');
  assert.deepEqual(why, [false, false, false]);
});

test('if token() fails, it is called again later, still with expired', async (t) => {
  const why = [];
  const seen = await openLive(t, {
    token({ expired }) {
      if (why.push(expired) === 2) throw new Error('signed out');
      return `t${why.length}`;
    },
  });
  await seen.sockets[0].end(4401);
  await seen.passAll();
  await seen.passAll();

  assert.deepEqual(why, [false, true, true]);
});

test('a new token that was accepted for a while can be renewed again', async (t) => {
  const why = [];
  const seen = await openLive(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.sockets[0].end(4401);
  await seen.passAll();
  await seen.sockets[1].receive(hello(10, true));
  await seen.sockets[1].end(1006);
  await seen.passAll();
  await seen.sockets[2].fail();
  await seen.polls[0].answer({ detail: 'The token is not valid.' }, 401);
  await seen.passAll();

  assert.deepEqual(why, [false, true, false, false, true]);
  assert.equal(seen.names().at(-1), 'connecting');
});

for (const [how, fail] of [
  ['throws', () => { throw new Error('signed out'); }],
  ['rejects', () => Promise.reject(new Error('signed out'))],
]) {
  test(`a token function that ${how} is called again later; no request is sent without a token`, async (t) => {
    let works = false;
    const seen = await open(t, { token: () => (works ? 't' : fail()) });
    assert.match(seen.states.at(-1).detail, /^signed out; again in \d+ ms$/);
    assert.deepEqual(seen.names(), ['connecting', 'waiting']);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [0, 0]);

    works = true;
    await seen.passAll();
    assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1', 'bearer.t']);
  });
}

test('a token function that never answers fails after 15 s, and is called again', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const answers = [];
  const seen = await open(t, { token: () => new Promise((done) => answers.push(done)) });
  await seen.pass(14_999);
  assert.deepEqual(seen.names(), ['connecting']);
  await seen.pass(1);
  assert.equal(seen.states.at(-1).detail, 'token() did not answer; again in 500 ms');
  await seen.pass(500);
  assert.equal(answers.length, 2);

  answers[0]('late');
  await seen.pass(0);
  assert.equal(seen.sockets.length, 0);
  answers[1]('t2');
  await seen.pass(0);
  assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1', 'bearer.t2']);
});

test('a token function that never answers for a poll is called again, still with expired', async (t) => {
  const why = [];
  const token = ({ expired }) => (why.push(expired) === 2 ? new Promise(() => {}) : `t${why.length}`);
  const seen = await open(t, { WebSocket: null, token });
  await seen.polls[0].answer({ detail: 'The token is not valid.' }, 401);
  await seen.passAll();
  await seen.pass(15_000);
  assert.match(seen.states.at(-1).detail, /^token\(\) did not answer; /);
  await seen.passAll();
  assert.deepEqual(why, [false, true, true]);
  assert.equal(seen.polls.length, 2);
});

test('a token that arrives in time leaves no timer that ends the stream later', async (t) => {
  const seen = await openLive(t, { token: async () => 't' });
  assert.equal(await seen.passAll(), 0);
  assert.equal(seen.names().at(-1), 'live');
});

test('a token that is invalid in a subprotocol is sent with polls, and is not passed to onState', async (t) => {
  class Strict {
    constructor(url, [, protocol]) {
      throw new SyntaxError(`The subprotocol '${protocol}' is invalid`);
    }
  }
  const seen = await open(t, { token: 'a/b=', WebSocket: Strict });
  assert.deepEqual(seen.polls[0].headers, { Authorization: 'Bearer a/b=' });
  assert.ok(!JSON.stringify(seen.states).includes('a/b='));
});
