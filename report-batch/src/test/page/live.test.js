import assert from 'node:assert/strict';
import test from 'node:test';
import { Bus } from '../../main/resources/page/bus.js';
import { ClockSkew } from '../../main/resources/page/clock-skew.js';
import { reason } from '../../main/resources/page/live-stream.js';
import { LivePanel } from '../../main/resources/page/live.js';
import { OfflineDrill } from '../../main/resources/page/offline.js';
import { Session } from '../../main/resources/page/session.js';
import { Urls } from '../../main/resources/page/urls.js';
import { at, likeFrame, open, pause, Service, until } from './browser.js';
import { streams } from './fake-client.js';

globalThis.WebSocket ??= class {};
const settings = { gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081' };
const hello = (position = 'k3f9-0-start', recovered = false) => ({ kind: 'hello', position, recovered });

async function connected() {
  open();
  const bus = new Bus();
  const session = new Session(bus);
  const urls = new Urls(settings);
  urls.client = () => new URL('fake-client.js', import.meta.url).href;
  const live = new LivePanel(document.getElementById('live'), bus, session, urls, new ClockSkew());
  const before = streams.length;
  bus.emit('author', { author: 'alice' });
  await until(() => streams.length > before);
  const stream = streams.at(-1);
  stream.onState({ state: 'live', via: 'websocket' });
  stream.receive(hello());
  return { bus, live, session, stream, urls };
}

const text = (name) => at('live', name).textContent;
const lines = async () => {
  await pause(5); // the feed is drawn in the next animation frame
  return [...at('live', 'feed').children].map((line) => line.firstElementChild.textContent);
};
const receive = (stream, count, like = () => ({})) => {
  for (let i = 0; i < count; i++) stream.receive(likeFrame({ id: `e-${Math.random()}`, likerId: `fan-${i}`, ...like(i) }));
};

test('likes are counted once, and those taken back are named separately', async () => {
  const { bus, stream } = await connected();
  assert.equal(at('live', 'empty').hidden, false);

  stream.receive(likeFrame({ id: 'e-1' }));
  stream.receive(likeFrame({ id: 'e-2', type: 'unliked' }));

  assert.deepEqual(await lines(), ['bob took back a like of p-1', 'bob liked p-1']);
  assert.deepEqual([text('count'), text('noun'), text('taken-back')], ['1', 'like', '1 taken back']);
  assert.equal(at('live', 'empty').hidden, true);
  bus.emit('tick', {});
  assert.match(text('facts'), /^for 1 s · last like arrived in \d+ ms$/);
});

test('frequent likes of a post share a line', async () => {
  const { stream } = await connected();
  receive(stream, 100);

  const shown = await lines();

  assert.ok(shown.length <= 6, shown.join('; '));
  assert.match(shown[0], /^fan-\d+ and \d+ others liked p-1$/);
  assert.equal(text('count'), '100');
});

test('a digest names the posts', async () => {
  const { stream } = await connected();
  stream.receive({ kind: 'digest', from: 'k3f9-0-1', position: 'k3f9-0-9', liked: 990, unliked: 10, posts: [{ postId: 'p-1', liked: 700 }, { postId: 'p-2', liked: 290 }] });

  assert.deepEqual(await lines(), ['990 likes and 10 taken back: p-1 700, p-2 290']);
});

test('after an interruption the page states its duration, and the likes that were caught up on', async () => {
  const { stream } = await connected();
  stream.onState({ state: 'waiting', detail: 'closed with 1001 this instance is stopping; again in 377 ms' });
  assert.equal(text('state'), 'Disconnected: the gateway is restarting. Reconnecting…');
  assert.equal(document.getElementById('live').dataset.state, 'down');

  const missed = Date.now();
  await pause(5);
  stream.onState({ state: 'live', via: 'websocket' });
  stream.receive(hello('k3f9-0-6', true));
  receive(stream, 2, () => ({ loggedAt: missed }));

  assert.match((await lines()).join(';'), /Back after 1 s: caught up on 2 likes;Disconnected$/);
});

test('if the missed likes cannot be replayed, the page refers to the report', async () => {
  const { stream } = await connected();
  stream.onState({ state: 'waiting', detail: 'the connection broke; again in 5 ms' });
  stream.receive(hello('k3f9-0-900', false));

  assert.match((await lines())[0], /^Back after 1 s\. The missed likes are too old to be replayed; the report has them$/);
});

test('a visitor who goes offline misses no like, and the measurement leaves them out', async () => {
  const { bus, live, session, stream, urls } = await connected();
  const measured = [];
  const states = [];
  let hasReturned = false;
  bus.on('frame', (detail) => detail.frame.kind === 'like' && measured.push(detail.measured));
  bus.on('connection', ({ state }) => states.push(state));
  bus.on('returned', () => (hasReturned = true));
  const service = new Service(() => [200, '{"done":true,"accepted":1,"refused":0}\n']);
  const button = document.getElementById('go-offline');
  new OfflineDrill(button, bus, session, urls, live);
  bus.emit('author', { author: 'alice' });
  await until(() => streams.at(-1) !== stream);
  const second = streams.at(-1);
  second.onState({ state: 'live', via: 'websocket' });
  second.receive(hello('k3f9-0-3'));

  button.click();
  assert.equal(second.isClosed, true);
  assert.equal(text('state'), 'Offline');
  assert.match(button.textContent, /^Back in 10 s$/);
  await until(() => service.requests.length === 1);
  const missed = Date.now();
  await pause(5);
  button.click(); // ends it early

  await until(() => streams.at(-1) !== second);
  const third = streams.at(-1);
  assert.equal(third.after, 'k3f9-0-3', 'it resumes after the last position');
  third.onState({ state: 'live', via: 'websocket' });
  third.receive(hello('k3f9-0-3', true));
  receive(third, 1, () => ({ loggedAt: missed }));
  await pause(5);
  receive(third, 1, () => ({ loggedAt: Date.now() + 5 }));

  assert.deepEqual(measured, [false, true]);
  assert.equal(hasReturned, true);
  assert.ok(states.includes('offline'));
  assert.equal(button.textContent, 'Go offline for 10 s');
});

test('another author starts at zero', async () => {
  const { bus, stream } = await connected();
  receive(stream, 3);
  bus.emit('author', { author: 'carol' });

  assert.deepEqual(await lines(), []);
  assert.equal(text('count'), '0');
  assert.equal(stream.isClosed, true);
});

test('the count is no live region, and a summary is announced every ten seconds', async (t) => {
  const { bus, stream } = await connected();
  const start = Date.now();
  receive(stream, 3);
  bus.emit('tick', {});
  assert.equal(text('announcement'), '');

  t.mock.method(Date, 'now', () => start + 11_000);
  bus.emit('tick', {});

  assert.equal(text('announcement'), '3 new likes, 3 in all');
  assert.equal(at('live', 'count').closest('[role=status], [aria-live], output'), null);
});

test('a frame that cannot be read is a line of the feed', async () => {
  const { stream } = await connected();
  stream.receive({ kind: 'like', position: 'k3f9-0-5', loggedAt: 'yesterday', event: { id: 'e-5' } });
  assert.deepEqual(await lines(), ['A frame that cannot be read']);
});

test('each reason of an interruption has a text', () => {
  const texts = ['closed with 1013 full; again in 3 ms', 'closed with 1006; again in 3 ms', '503 stopping; again in 3 ms', 'TypeError: Failed to fetch; again in 3 ms'];
  assert.deepEqual(texts.map((detail) => reason(detail, 'http://g')), [
    'the gateway is full',
    'closed with 1006',
    'refused for now (503 stopping)',
    'the gateway at http://g does not answer',
  ]);
});
