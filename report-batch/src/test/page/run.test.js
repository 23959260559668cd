import assert from 'node:assert/strict';
import test from 'node:test';
import { Bus } from '../../main/resources/page/bus.js';
import { createCurlCommands } from '../../main/resources/page/curl.js';
import { ExplanationPanel } from '../../main/resources/page/explanation.js';
import { Guide } from '../../main/resources/page/guide.js';
import { RunPanel } from '../../main/resources/page/run.js';
import { Session } from '../../main/resources/page/session.js';
import { Urls } from '../../main/resources/page/urls.js';
import { at, likeFrame, open, reports, Service, until } from './browser.js';

const settings = { gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081' };

function page(answer, token) {
  const window = open();
  const service = new Service(answer);
  const bus = new Bus();
  const session = new Session(bus);
  if (token) session.use(token);
  const urls = new Urls(settings);
  new RunPanel(document.getElementById('week'), bus, session, urls);
  new ExplanationPanel(document.getElementById('differ'), bus);
  new Guide(document.getElementById('guide'), bus);
  createCurlCommands(bus, session, urls);
  bus.emit('author', { author: 'alice' });
  return { bus, service, window };
}

const jwt = (claims) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const state = () => at('week', 'run-state').textContent;
const run = { id: '0a1b', status: 'done', startedAt: 'x', recordsDone: 1, recordsTotal: 1, recordsPerSecond: 1, etaSeconds: null, error: null };

test('a run keeps the focus on its button, and a second click starts no other run', async () => {
  const { bus, service } = page(({ method }) => (method === 'POST' ? [202, { id: '0a1b' }] : [200, run]));
  let hasRun = false;
  bus.on('ran', () => (hasRun = true));
  const button = at('week', 'run');
  button.focus();
  button.click();
  button.click();

  assert.equal(button.disabled, false);
  assert.equal(button.getAttribute('aria-disabled'), 'true');
  await until(() => hasRun);
  assert.equal(document.activeElement, button);
  assert.match(state(), /^The run is done: 1 like counted in /);
  assert.equal(service.requests.filter(({ method }) => method === 'POST').length, 1);
});

test('a token that cannot start a run disables the button, and the page names the scope', () => {
  const { service } = page(() => [202, { id: '0a1b' }], jwt({ scope: 'reports:read' }));
  at('week', 'run').click();

  assert.equal(service.requests.length, 0);
  assert.equal(at('week', 'run').getAttribute('aria-disabled'), 'true');
  assert.equal(state(), 'This token cannot start a run: it lacks reports:run.');
});

test('a failure is cleared when report-batch answers again', async () => {
  const { bus } = page(() => [503, { detail: 'stopping' }]);
  at('week', 'run').click();
  await until(() => state() === 'No run: 503: stopping.');

  bus.emit('report', { report: reports().items.at(-1) });

  assert.equal(state(), '');
});

test('the explanation is empty for another author', () => {
  const { bus } = page(() => [200, {}]);
  const text = () => at('differ', 'explanation').textContent;
  bus.emit('frame', { frame: likeFrame(), at: 0, bytes: 0, measured: true });
  bus.emit('figures', { report: reports().items.at(-1) });
  assert.match(text(), /^The live list has 1 like/);

  bus.emit('author', { author: 'carol' });

  assert.match(text(), /^Nothing to compare yet/);
});

test('each thing to try ticks itself, and the last one leads to the answer', () => {
  const { bus } = page(() => [200, {}]);
  const done = () => ['liked', 'repeated', 'returned'].filter((step) => at('guide', step).dataset.state === 'done');
  const like = { postId: 'p-1', likerId: 'bob', type: 'liked' };
  bus.emit('sent', { ...like, repeated: false });
  assert.deepEqual(done(), ['liked']);
  bus.emit('sent', { ...like, type: 'unliked', repeated: true });
  assert.deepEqual(done(), ['liked']);
  bus.emit('sent', { ...like, repeated: true });
  assert.equal(at('guide', 'end').hidden, true);
  bus.emit('returned', {});

  assert.deepEqual(done(), ['liked', 'repeated', 'returned']);
  assert.equal(at('guide', 'end').hidden, false);
});

test('a command has the author, the position and the token, and shows no token', async () => {
  const { bus, window } = page(() => [200, {}], 'secret');
  bus.emit('frame', { frame: likeFrame({ position: 'k3f9-0-7' }), at: 0, bytes: 0, measured: true });
  const copied = [];
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => copied.push(text) }, configurable: true });
  const card = document.querySelector('[data-curl=poll]');
  card.open = true;
  card.dispatchEvent(new window.Event('toggle'));

  assert.equal(card.querySelector('code').textContent, `curl -H "Authorization: Bearer $TOKEN" 'http://localhost:8082/v1/authors/alice/likes?after=k3f9-0-7'`);
  card.querySelector('button').click();
  await until(() => copied.length === 1);
  assert.match(copied[0], /Bearer secret/);
});

test('each card has its commands', () => {
  const { window } = page(() => [200, {}]);
  const commands = [...document.querySelectorAll('[data-curl]')].flatMap((card) => {
    card.open = true;
    card.dispatchEvent(new window.Event('toggle'));
    return [...card.querySelectorAll('code')].map((code) => code.textContent);
  });

  assert.deepEqual(commands, [
    `curl -H 'Content-Type: application/json' -d '{"postId":"p-1","authorId":"alice","likerId":"bob"}' 'http://localhost:8081/v1/likes'`,
    `curl -N -H 'Accept: text/event-stream' 'http://localhost:8082/v1/authors/alice/likes'`,
    `curl 'http://localhost:8083/v1/authors/alice/reports/current'`,
    `curl -N -H 'Accept: text/event-stream' 'http://localhost:8083/v1/authors/alice/reports/current'`,
    `curl -X POST 'http://localhost:8083/v1/runs'`,
    `curl 'http://localhost:8083/v1/authors/alice/reports?format=csv'`,
    `curl -H 'Content-Type: application/json' -d '{"query":"{ weeklyReport(author: \\"alice\\", week: \\"current\\") { likes likers } }"}' 'http://localhost:8083/graphql'`,
    `curl 'http://localhost:8082/v1/authors/alice/likes'`,
  ]);
});
