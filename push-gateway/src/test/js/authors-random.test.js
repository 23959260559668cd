// Random follows, unfollows, likes and cuts against a fake log: the page receives each like of each author exactly once.
// The environment variables FIRST and SEEDS choose other seeds, and more of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, Log } from './fake-log.js';
import { open } from './fakes.js';

const AUTHORS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const STEPS = 150;
const FIRST = Number(process.env.FIRST ?? 0);
const SEEDS = Number(process.env.SEEDS ?? 8);

/** Returns a function that draws numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Compares frames with the log: `last` is the offset up to which the page has received an author's likes. */
class Reader {
  last = new Map();
  #log;

  constructor(log) {
    this.#log = log;
  }

  read(frame) {
    const offset = Number(frame.position.split('-')[2].replace('start', -1));
    if (frame.kind === 'hello') {
      // an author without a position may start after that of another author of its partition
      if (!frame.recovered || !this.last.has(frame.author)) this.last.set(frame.author, offset);
    } else if (frame.kind === 'like') {
      this.#expect(frame.event.authorId, offset, 1, frame);
    } else {
      assert.equal(frame.liked, frame.authors.reduce((sum, { liked }) => sum + liked, 0));
      for (const { author, liked } of frame.authors) this.#expect(author, offset, liked, frame);
    }
  }

  #expect(author, offset, count, frame) {
    assert.ok(this.last.has(author), `not followed: ${JSON.stringify(frame)}`);
    const missed = this.#log.offsets(author, this.last.get(author), offset);
    assert.equal(missed.length, count, `after ${this.last.get(author)}: ${JSON.stringify(frame)}`);
    this.last.set(author, offset);
  }
}

for (const [name, options] of [['WebSockets', {}], ['polls', { WebSocket: null }], ['both', {}], ['digests', { digest: 5 }], ['another log', { digest: 5, isCreated: true }]]) {
  test(`the page receives each like exactly once: ${name}`, async (t) => {
    for (let seed = FIRST + 1; seed <= FIRST + SEEDS; seed++) {
      await t.test(`seed ${seed}`, (t) => follow(t, generator(seed), options, name === 'WebSockets' ? 0 : 0.3));
    }
  });
}

async function follow(t, random, options, failing) {
  t.mock.method(Math, 'random', random);
  const log = new Log(3);
  const reader = new Reader(log);
  const connections = new Map();
  const followed = new Map(); // the position at the end of each author that was unfollowed
  for (let i = 0; i < 20; i++) log.append(AUTHORS[Math.floor(random() * AUTHORS.length)]);
  const seen = await open(t, { authors: ['a', 'b', 'd'], ...options, onFrame: (frame) => reader.read(frame), onRefused: () => {} });
  const pick = (authors) => authors[Math.floor(random() * authors.length)];

  async function connect() {
    const socket = seen.sockets.at(-1);
    if (socket && !socket.isOver && !connections.has(socket)) {
      if (random() < failing) return socket.fail();
      const connection = new Connection(log, socket, random);
      connections.set(socket, connection);
      const hellos = random() < 0.1 ? 1 : Infinity;
      await connection.accept(hellos);
      if (hellos === 1) await socket.end(1006);
    }
    const poll = seen.polls.at(-1);
    if (poll && !poll.signal.aborted && !poll.isAnswered) {
      poll.isAnswered = true;
      if (random() < 0.1) await poll.fail();
      else await poll.answer(log.poll(poll.url, random));
    }
  }

  const actions = {
    like: () => log.append(pick(AUTHORS)),
    follow() {
      const others = AUTHORS.filter((author) => !seen.stream.authors.includes(author));
      if (!others.length) return;
      const author = pick(others);
      const after = followed.get(author);
      const resumes = after && random() < 0.6;
      if (!resumes) reader.last.delete(author);
      seen.stream.follow(author, resumes ? { after } : {});
    },
    unfollow() {
      const author = pick(seen.stream.authors);
      if (!author) return;
      const position = seen.stream.unfollow(author);
      followed.set(author, position);
      if (!position) return;
      const offset = Number(position.split('-')[2].replace('start', -1));
      if (!position.startsWith(log.epoch)) return;
      assert.deepEqual(log.offsets(author, reader.last.get(author), offset), [], `not received before ${position}`);
      reader.last.set(author, offset);
    },
    cut: () => seen.sockets.at(-1)?.isOver === false && connections.has(seen.sockets.at(-1)) && seen.sockets.at(-1).end(1006),
    answer: () => connections.get(seen.sockets.at(-1))?.answer(),
    advance: () => connections.get(seen.sockets.at(-1))?.advance(),
    heartbeat: () => connections.get(seen.sockets.at(-1))?.heartbeat(),
    connect,
    pass: () => seen.pass(1_000 * random()),
    wait: () => seen.pass(5_000),
    async create() {
      if (random() < 0.7) return;
      log.create();
      const socket = seen.sockets.at(-1);
      if (socket?.isOver === false) await socket.end(1011);
      if (seen.polls.length && !seen.polls.at(-1).isAnswered) await seen.polls.at(-1).fail();
    },
    batch: () => (actions.unfollow(), actions.follow()),
  };
  const names = ['like', 'like', 'follow', 'unfollow', 'cut', 'answer', 'answer', 'advance', 'advance', 'advance', 'heartbeat', 'connect', 'connect', 'pass', 'wait', 'batch', ...(options.isCreated ? ['create'] : [])];
  for (let step = 0; step < STEPS; step++) {
    await actions[pick(names)]();
    await seen.pass(0);
  }

  // without further faults, everything arrives
  const isComplete = () => seen.stream.authors.every((author) => reader.last.has(author) && !log.offsets(author, reader.last.get(author), Infinity).length);
  failing = 0;
  for (let i = 0; i < 200 && !(i > 20 && isComplete()); i++) {
    await connect();
    await connections.get(seen.sockets.at(-1))?.settle();
    await seen.pass(4_000);
  }
  assert.deepEqual(seen.errors.filter(([what]) => !`${what}`.includes('ExperimentalWarning')), []);
  assert.ok(isComplete(), `not received: ${seen.stream.authors.filter((a) => !reader.last.has(a) || log.offsets(a, reader.last.get(a), Infinity).length)} of ${seen.stream.authors}, ${seen.states.at(-1).state}`);
}
