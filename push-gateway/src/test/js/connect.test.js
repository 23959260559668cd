// What a stream is given, and what it asks with.

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
  test(`${name} is named when it is none: ${JSON.stringify(options)}`, () => {
    const good = { url: 'http://gateway', author: 'alice', onFrame: () => {}, WebSocket: null, fetch: () => {} };
    assert.throws(() => connect({ ...good, ...options }), { name: 'TypeError', message: new RegExp(`^${name} `) });
  });
}

test('both ways ask with what the stream was given', async (t) => {
  const options = { url: 'https://example.com/live', author: 'a|b+c@d', posts: ['p-1', 'p+2'], digest: 5, after: at(7) };
  const seen = await open(t, options);
  await seen.sockets[0].fail();

  const rest = `example.com/live/v1/authors/a%7Cb%2Bc%40d/likes?after=${at(7)}&post=p-1&post=p%2B2&digest=5`;
  assert.equal(seen.sockets[0].url.href, `wss://${rest}`);
  assert.equal(seen.polls[0].url.href, `https://${rest}`);
});

test("fetch is called as a function, since in a browser it is no other object's method", async (t) => {
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

test('whoever is told of a state has the stream', async (t) => {
  const positions = [];
  const onState = (state, { stream }) => positions.push(stream.position);
  await openLive(t, { after: at(7), onState });
  assert.deepEqual(positions, [at(7), at(7)]);
});

test('an onState that throws is reported, and the stream goes on', async (t) => {
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

test('a token is offered as a subprotocol and sent with polls, and stands in no URL', async (t) => {
  const seen = await open(t, { token: 'secret.1' });
  await seen.sockets[0].fail();

  assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1', 'bearer.secret.1']);
  assert.deepEqual(seen.polls[0].headers, { Authorization: 'Bearer secret.1' });
  for (const { url } of [...seen.sockets, ...seen.polls]) assert.ok(!url.href.includes('secret'), url.href);
});

test('without a token none is sent', async (t) => {
  const seen = await open(t);
  await seen.sockets[0].fail();

  assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1']);
  assert.deepEqual(seen.polls[0].headers, {});
});

for (const [kind, asked] of [
  ['a function', (count) => `t${count}`],
  ['an async function', async (count) => `t${count}`],
]) {
  test(`${kind} is asked for a token for each request`, async (t) => {
    let count = 0;
    const seen = await open(t, { token: () => asked(++count) });
    await seen.sockets[0].fail();
    await seen.polls[0].answer(polled(10));

    assert.deepEqual(seen.sockets[0].protocols, ['heartline.v1', 'bearer.t1']);
    assert.deepEqual(seen.polls.map(({ headers }) => headers.Authorization), ['Bearer t2', 'Bearer t3']);
  });
}

test('closed with 4401, its token having expired, it asks for another, says why, and resumes', async (t) => {
  const why = [];
  const seen = await openLive(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.sockets[0].end(4401, 'the token has expired');
  await seen.passAll();

  assert.deepEqual(why, [false, true]);
  assert.deepEqual(seen.sockets[1].protocols, ['heartline.v1', 'bearer.t2']);
  assert.equal(seen.sockets[1].url.searchParams.get('after'), at(10));
});

test('closed for any other reason, the token is not called expired', async (t) => {
  const why = [];
  const seen = await openLive(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.sockets[0].end(1013);
  await seen.passAll();

  assert.deepEqual(why, [false, false]);
});

/** Has the gateway refuse whatever token the stream brings next; returns how long the stream waits then. */
async function refuseOnce(seen) {
  await seen.sockets.at(-1).fail();
  await seen.polls.at(-1).answer({ detail: 'The token is not valid.' }, 401);
  return seen.passAll();
}

test('as long as token() returns another one, refused tokens do not end the stream: it waits longer each time', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const why = [];
  const seen = await open(t, { token: ({ expired }) => `t${why.push(expired)}` });
  const waits = [];
  for (let i = 0; i < 8; i++) waits.push(await refuseOnce(seen));

  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assert.deepEqual(why.slice(0, 5), [false, false, true, false, true], 'as expired, once after each refusal');
  await seen.sockets.at(-1).tell(hello(10));
  assert.equal(seen.names().at(-1), 'live');
});

test('closed with 4401 right after each hello, it goes on with fresh tokens, and waits longer each time', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  let count = 0;
  const seen = await open(t, { token: () => `t${++count}` });
  for (const wait of [3000, 3000, 3000, 4000, 8000]) {
    await seen.sockets.at(-1).tell(hello(10));
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
  test(`a refused token is the end if token() returns ${what}: refused, and nothing more is sent`, async (t) => {
    const seen = await open(t, { token: ({ expired }) => (expired ? next : 't') });
    await refuseOnce(seen);

    const states = ['connecting', 'connecting', 'waiting', 'connecting', 'refused'];
    assert.deepEqual(seen.names(), states);
    assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'long poll', detail: '401 The token is not valid.' });
    assert.equal(await seen.passAll(), 0);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [1, 1]);
  });

  test(`4401 is the end if token() returns ${what}: refused, and nothing more is sent`, async (t) => {
    const seen = await openLive(t, { token: ({ expired }) => (expired ? next : 't') });
    await seen.sockets[0].end(4401, 'the token has expired');
    await seen.passAll();

    const detail = 'closed with 4401 the token has expired';
    assert.deepEqual(seen.states.at(-1), { state: 'refused', via: 'websocket', detail });
    assert.equal(await seen.passAll(), 0);
    assert.deepEqual([seen.sockets.length, seen.polls.length], [1, 0]);
  });
}

test('while polling, a refused token is the end, too, if token() returns it again', async (t) => {
  const seen = await open(t, { WebSocket: null, token: () => 't' });
  await seen.polls[0].answer(polled(10));
  await seen.polls[1].answer({ detail: 'The token is not valid.' }, 401);
  await seen.passAll();
  assert.equal(seen.names().at(-1), 'refused');
  assert.equal(seen.polls.length, 2);
});

test('keys that cannot be fetched are 503: the stream waits and keeps its token', async (t) => {
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
  await seen.sockets[1].tell(hello(10));
  assert.equal(seen.names().at(-1), 'live');
  assert.deepEqual(why, [false, false, false]);
});

test('a page that cannot get a fresh token is asked again, and still told that the last one expired', async (t) => {
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

test('a fresh token that was good for a while may be renewed in its turn', async (t) => {
  const why = [];
  const seen = await openLive(t, { token: ({ expired }) => `t${why.push(expired)}` });
  await seen.sockets[0].end(4401);
  await seen.passAll();
  await seen.sockets[1].tell(hello(10, true));
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
  test(`a token function that ${how} is asked again later; nothing is sent without a token`, async (t) => {
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

test('a token function that never answers is an error after 15 s, and asked again', async (t) => {
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

test('a token function that never answers for a poll is asked again, and still told that the last one expired', async (t) => {
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

test('a token that was there in time leaves no timer that breaks the stream later', async (t) => {
  const seen = await openLive(t, { token: async () => 't' });
  assert.equal(await seen.passAll(), 0);
  assert.equal(seen.names().at(-1), 'live');
});

test('a token that no subprotocol can carry is sent with polls, and not told to onState', async (t) => {
  class Strict {
    constructor(url, [, protocol]) {
      throw new SyntaxError(`The subprotocol '${protocol}' is invalid`);
    }
  }
  const seen = await open(t, { token: 'a/b=', WebSocket: Strict });
  assert.deepEqual(seen.polls[0].headers, { Authorization: 'Bearer a/b=' });
  assert.ok(!JSON.stringify(seen.states).includes('a/b='));
});
