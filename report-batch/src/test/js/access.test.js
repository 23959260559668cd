import assert from 'node:assert/strict';
import test from 'node:test';

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

const element = { addEventListener() {}, hidden: true, textContent: '', value: '' };
globalThis.document = { getElementById: () => element };
globalThis.sessionStorage = new Storage();
Promise.withResolvers ??= () => {
  const resolvers = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
}; // browsers have it, and Node from 22 on
const { Access } = await import('../../main/resources/page/access.js');

function tab() {
  globalThis.sessionStorage = new Storage();
  return new Access(() => {}, () => {});
}

test('a tab without a token accepts the token of a link and keeps it', () => {
  const access = tab();

  assert.equal(access.offer('alice'), true);

  assert.equal(access.token, 'alice');
  assert.equal(new Access(() => {}, () => {}).token, 'alice', 'after a reload');
});

test('a link never replaces the token of a tab, even if that token was refused', () => {
  const access = tab();
  access.use('alice');
  access.another();

  assert.equal(access.offer('mallory'), false);

  assert.equal(access.token, 'alice');
  assert.equal(sessionStorage.getItem('token'), 'alice');
});

test('a link with the token of the tab is accepted', () => {
  const access = tab();
  access.use('alice');

  assert.equal(access.offer('alice'), true);
});

test('the visitor can replace the token', () => {
  const access = tab();
  access.use('alice');

  access.use('bob');

  assert.equal(access.token, 'bob');
});
