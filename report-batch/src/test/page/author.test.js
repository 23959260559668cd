import assert from 'node:assert/strict';
import test from 'node:test';
import { AuthorChoice } from '../../main/resources/page/author.js';
import { LiveAlert } from '../../main/resources/page/alert.js';
import { Bus } from '../../main/resources/page/bus.js';
import { Session } from '../../main/resources/page/session.js';
import { SignIn } from '../../main/resources/page/sign-in.js';
import { at, likeFrame, open } from './browser.js';

const notice = () => document.getElementById('notice').textContent;

function page(url) {
  const window = open(url);
  const bus = new Bus();
  const session = new Session(bus);
  const authors = [];
  bus.on('author', ({ author }) => authors.push(author));
  const choice = new AuthorChoice(document.getElementById('choose'), document.getElementById('notice'), bus, session);
  new SignIn(document.getElementById('credentials'), bus, session, () => choice.restart());
  new LiveAlert(document.getElementById('alert'), bus);
  return { authors, bus, choice, session, window };
}

function submit(window, panel, name, value) {
  at(panel, name).value = value;
  document.getElementById(panel).dispatchEvent(new window.Event('submit', { cancelable: true }));
}

test('the author of the address is shown, in the title, too', () => {
  const { authors, choice } = page('http://localhost:8083/?author=carol');
  choice.start();

  assert.deepEqual(authors, ['carol']);
  assert.equal(at('choose', 'author').value, 'carol');
  assert.equal(document.querySelector('#try .author').textContent, 'carol');
  assert.equal(document.title, 'carol – Heartline');
});

test('another author is in the address', () => {
  const { authors, choice, window } = page('http://localhost:8083/');
  choice.start();
  submit(window, 'choose', 'author', ' dave ');

  assert.deepEqual(authors, ['alice', 'dave']);
  assert.equal(location.search, '?author=dave');
});

test('a link’s token is removed from the address, and the author stays in it', () => {
  const { authors, choice, session } = page('http://localhost:8083/#author=erin&token=secret');
  choice.start();

  assert.deepEqual(authors, ['erin']);
  assert.equal(session.token, 'secret');
  assert.equal(location.href, 'http://localhost:8083/?author=erin');
});

test('an invalid author is never followed', () => {
  const { authors, choice, window } = page('http://localhost:8083/#author=..');
  choice.start();
  assert.match(notice(), /^“\.\.” is not a valid author: an author must be 1 to 128 characters/);
  submit(window, 'choose', 'author', '..');

  assert.deepEqual(authors, ['alice']);
  assert.equal(location.href, 'http://localhost:8083/');
});

test('a link to a section does not start again', () => {
  const { authors, choice, window } = page('http://localhost:8083/');
  choice.start();
  location.hash = '#which';
  window.dispatchEvent(new window.Event('popstate'));
  window.dispatchEvent(new window.Event('hashchange'));

  assert.deepEqual(authors, ['alice']);
});

test('a token can be entered when a service asks for one', () => {
  const { authors, choice, session, window } = page('http://localhost:8083/');
  choice.start();
  session.replace();
  assert.equal(document.getElementById('credentials').hidden, false);
  assert.equal(at('credentials', 'reason').textContent, 'Paste the token that the quickstart printed.');

  submit(window, 'credentials', 'token', 'secret');

  assert.equal(session.token, 'secret');
  assert.equal(document.getElementById('credentials').hidden, true);
  assert.deepEqual(authors, ['alice', 'alice'], 'the panels start again');
});

test('a hidden tab counts unseen likes in its title', () => {
  const { bus, choice } = page('http://localhost:8083/');
  choice.start();
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  bus.emit('frame', { frame: likeFrame(), at: 0, bytes: 0, measured: true });
  bus.emit('frame', { frame: { kind: 'digest', liked: 5, unliked: 0 }, at: 0, bytes: 0, measured: true });

  assert.equal(document.title, '(6) alice – Heartline');
});

test('a like of the visitor appears as an alert on the author’s phone', () => {
  const { bus, choice } = page('http://localhost:8083/');
  choice.start();
  bus.emit('arrived', { likerId: 'bob', postId: 'p-1', type: 'liked' });

  assert.equal(document.getElementById('alert').hidden, false);
  assert.equal(at('alert', 'text').textContent, 'bob liked p-1');
});
