import assert from 'node:assert/strict';
import test from 'node:test';
import { Bus } from '../../main/resources/page/bus.js';
import { Session } from '../../main/resources/page/session.js';

/** A session storage in memory, whose items exist until the tab is closed. */
class Storage {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, value);
  }
}

function tab() {
  globalThis.sessionStorage = new Storage();
  return new Session(new Bus());
}

const jwt = (claims) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

test('a tab without a token accepts the token of a link and keeps it', () => {
  const session = tab();

  assert.equal(session.offer('alice'), true);

  assert.equal(session.token, 'alice');
  assert.equal(new Session(new Bus()).token, 'alice', 'after a reload');
});

test('a link never replaces the token of a tab, even if that token was refused', () => {
  const session = tab();
  session.use('alice');
  session.replace();

  assert.equal(session.offer('mallory'), false);

  assert.equal(session.token, 'alice');
  assert.equal(sessionStorage.getItem('token'), 'alice');
});

test('a link with the token of the tab is accepted', () => {
  const session = tab();
  session.use('alice');

  assert.equal(session.offer('alice'), true);
});

test('the visitor can replace the token, and waiting requests receive it', async () => {
  const session = tab();
  session.use('alice');
  const replacement = session.replace();

  session.use('bob');

  assert.equal(session.token, 'bob');
  assert.equal(await replacement, 'bob');
});

test('the scopes of a JWT state what it permits', () => {
  const session = tab();
  session.use(jwt({ sub: 'alice', scope: 'likes:read reports:read' }));
  assert.deepEqual(['likes:read', 'likes:write'].map((scope) => session.permits(scope)), [true, false]);
  assert.equal(session.subject, 'alice');

  session.use(jwt({ scp: ['likes:write'] }));
  assert.equal(session.permits('likes:write'), true);
});

test('without a token, or with an opaque one, a service decides', () => {
  const session = tab();
  assert.equal(session.permits('likes:write'), true);
  session.use('opaque');
  assert.equal(session.permits('likes:write'), true);
});
