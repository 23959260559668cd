import assert from 'node:assert/strict';
import test from 'node:test';
import { Bus } from '../../main/resources/page/bus.js';
import { LikePanel } from '../../main/resources/page/like.js';
import { Session } from '../../main/resources/page/session.js';
import { Urls } from '../../main/resources/page/urls.js';
import { at, likeFrame, open, Service, until } from './browser.js';

const settings = { gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081' };
const never = new Promise(() => {});
const jwt = (claims) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

function panel(answer, token) {
  open();
  const service = new Service(answer);
  const bus = new Bus();
  const session = new Session(bus);
  if (token) session.use(token);
  new LikePanel(document.getElementById('try'), bus, session, new Urls(settings));
  bus.emit('author', { author: 'alice' });
  return { bus, service, sent: () => service.requests.filter(({ method }) => method === 'POST') };
}

const accepted = ({ url }) => (url.port === '8081' ? [202, { eventId: 'e-1', position: 'k3f9-0-7' }] : never);
const click = (name) => at('try', name).click();
const state = () => at('try', 'state').textContent;

test('each of several quick clicks sends a like, and none is aborted', async () => {
  const answers = [];
  const { sent } = panel(({ url }) => (url.port === '8081' ? new Promise((done) => answers.push(done)) : never));

  for (let i = 0; i < 6; i++) click('like');

  assert.equal(sent().length, 6);
  assert.deepEqual(sent().map(({ signal }) => signal.aborted), Array(6).fill(false));
  assert.equal(new Set(sent().map(({ headers }) => headers['Idempotency-Key'])).size, 6, 'each like has its own key');
  answers.forEach((done, i) => done([202, { eventId: `e-${i}`, position: 'k3f9-0-7' }]));
  await until(() => state().startsWith('Saved.'));
});

test('an earlier like that is refused is reported', async () => {
  const answers = [];
  panel(({ url }) => (url.port === '8081' ? new Promise((done) => answers.push(done)) : never));
  click('like');
  click('like');

  answers[1]([202, { eventId: 'e-2', position: 'k3f9-0-7' }]);
  await until(() => state().startsWith('Saved.'));
  answers[0]([400, { detail: 'too old' }]);

  await until(() => state() === 'An earlier like was not sent: 400: too old.');
});

test('a like is followed to the live screen, to the polling screen, and into the report', async () => {
  let report = () => {};
  const { bus } = panel(({ url }) => (url.port === '8081' ? [202, { eventId: 'e-1', position: 'k3f9-0-7' }] : new Promise((done) => (report = () => done([200, {}])))));
  const alerts = [];
  bus.on('arrived', (like) => alerts.push(like));
  click('like');
  await until(() => at('try', 'confirmed').dataset.state === 'done');
  assert.equal(at('try', 'push').dataset.state, 'waiting');

  bus.emit('frame', { frame: likeFrame({ id: 'e-1' }), at: Date.now(), bytes: 0, measured: true });
  assert.equal(at('try', 'push').dataset.state, 'done');
  assert.match(state(), /^Pushed to alice’s live screen after \d+ ms\./);
  assert.deepEqual(alerts.map(({ postId, likerId, type }) => [postId, likerId, type]), [['p-1', 'bob', 'liked']]);

  bus.emit('polled', { eventIds: ['e-1'] });
  assert.equal(at('try', 'poll').dataset.state, 'done');

  report();
  await until(() => at('try', 'report').dataset.state === 'done');
  assert.match(state(), /^Done\. Now like the same post again/);
});

test('a like is followed to the live report that includes its position', async () => {
  const { bus } = panel(accepted);
  const report = (through) => bus.emit('liveReport', { report: through && { through }, at: 0, why: '', measured: true });
  report(null);
  click('like');
  await until(() => at('try', 'confirmed').dataset.state === 'done');

  report('k3f9-0-6');
  assert.equal(at('try', 'live-report').dataset.state, 'waiting');
  report('k3f9-0-7');

  assert.equal(at('try', 'live-report').dataset.state, 'done');
  assert.match(at('try', 'live-report').lastElementChild.textContent, /^after \d+ ms$/);
  assert.equal(at('try', 'report').dataset.state, 'waiting', 'no run has included it');
});

test('a like whose answer is unknown is sent again under its key', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let tries = 0;
  const { sent } = panel(({ url }) => (url.port !== '8081' ? never : ++tries === 1 ? [503, { detail: 'Kafka did not acknowledge' }] : [202, { eventId: 'e-1', position: 'k3f9-0-7' }]));
  click('like');
  while (sent().length < 2) {
    await new Promise((done) => setImmediate(done));
    t.mock.timers.tick(2_000);
  }
  await new Promise((done) => setImmediate(done));

  assert.equal(new Set(sent().map(({ headers }) => headers['Idempotency-Key'])).size, 1);
  assert.equal(sent()[0].body, sent()[1].body);
});

test('a like that is refused is not sent again', async () => {
  const { sent } = panel(() => [400, { errors: [{ pointer: '/at', detail: 'is too old' }] }]);
  click('like');
  await until(() => state() === 'Not sent: 400: /at is too old.');

  assert.equal(sent().length, 1);
  assert.equal(at('try', 'push').lastElementChild.textContent, 'not sent');
});

test('only a like can be taken back', async () => {
  const { sent } = panel(accepted);
  assert.equal(at('try', 'unlike').getAttribute('aria-disabled'), 'true');
  click('unlike');
  assert.equal(sent().length, 0);

  click('like');
  await until(() => at('try', 'unlike').getAttribute('aria-disabled') === 'false');
  click('unlike');
  await until(() => sent().length === 2);

  assert.equal(JSON.parse(sent()[1].body).type, 'unliked');
});

test('a token that cannot like disables the button, and the page names the scope', () => {
  const { sent } = panel(accepted, jwt({ scope: 'likes:read' }));

  click('like');
  click('burst');

  assert.equal(sent().length, 0);
  assert.equal(state(), 'This token can read, but not like: it lacks likes:write.');
});

test('a burst is one request with 1,000 likes', async () => {
  const { sent } = panel(() => [200, '{"done":true,"accepted":1000,"refused":0}\n']);
  click('burst');
  await until(() => state().startsWith('1,000 of 1,000 likes saved'));

  const [{ body, headers }] = sent();
  assert.equal(body.trim().split('\n').length, 1_000);
  assert.equal(headers['Content-Type'], 'application/x-ndjson');
});

test('the second of two quick clicks repeats the first', async () => {
  const { bus } = panel(accepted);
  const repeated = [];
  bus.on('sent', (like) => repeated.push(like.repeated));
  click('like');
  click('like');
  await until(() => repeated.length === 2);

  assert.deepEqual(repeated, [false, true]);
});

test('another author clears the steps', async () => {
  const { bus } = panel(accepted);
  click('like');
  await until(() => at('try', 'confirmed').dataset.state === 'done');

  bus.emit('author', { author: 'carol' });

  assert.equal(at('try', 'confirmed').dataset.state, 'idle');
  assert.equal(state(), 'Each step shows the time since your click.');
});
