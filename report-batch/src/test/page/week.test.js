import assert from 'node:assert/strict';
import test from 'node:test';
import { Bus } from '../../main/resources/page/bus.js';
import { Session } from '../../main/resources/page/session.js';
import { Urls } from '../../main/resources/page/urls.js';
import { WeekPanel } from '../../main/resources/page/week.js';
import { at, open, reports, Service, until } from './browser.js';

const settings = { gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081' };

function week(answer) {
  open();
  const service = new Service(answer);
  const bus = new Bus();
  const session = new Session(bus);
  new WeekPanel(document.getElementById('week'), bus, session, new Urls(settings));
  return { bus, service, session };
}

const text = (name) => at('week', name).textContent;
const isLive = () => document.getElementById('week').dataset.state === 'live';

test('the figures of the latest week are shown, with the time zone and without a repetition of zeros', async () => {
  const { bus } = week(() => [200, reports()]);
  assert.equal(text('likes'), '–');

  bus.emit('author', { author: 'alice' });
  await until(isLive);

  assert.equal(text('likes'), '12');
  assert.equal(text('likers'), '9 people');
  assert.equal(text('returning'), '4 came back from the week before (44 %)');
  assert.equal(text('state'), 'Week 48, still counting');
  assert.equal(text('dates'), '23 Nov to 29 Nov (UTC)');
  assert.match(text('age'), /^ · updated .* ago$/);
  assert.equal(text('posts'), 'p-112');
});

test('one like of one person is in the singular', async () => {
  const { bus } = week(() => [200, reports({ likes: 1, likers: 1, likersReturning: 0 })]);
  bus.emit('author', { author: 'alice' });
  await until(isLive);

  assert.deepEqual([text('likes-noun'), text('likers'), text('returning')], ['like', '1 person', '']);
});

test('if the reports of an author are refused, no figure of the last author stays', async () => {
  const { bus } = week(({ url }) => (url.pathname.includes('alice') ? [200, reports()] : [403, { detail: 'not yours' }]));
  bus.emit('author', { author: 'alice' });
  await until(isLive);

  bus.emit('author', { author: 'carol' });
  const immediately = [text('likes'), text('likers'), text('posts'), text('dates')];
  await until(() => text('state') === '403: not yours');

  assert.deepEqual(immediately, ['–', '– people', '', '']);
  assert.deepEqual([text('likes'), text('likers'), text('posts'), text('dates')], ['–', '– people', '', '']);
  assert.equal(document.querySelectorAll('#week [data-target=days] i, #week [data-target=weeks] input').length, 0);
  assert.match(at('week', 'csv').href, /carol/);
});

test('if a service fails later, its last figures stay, and recovery clears the message', async () => {
  let status = 200;
  const { bus } = week(() => (status === 200 ? [200, reports()] : [status, { detail: 'restarting' }]));
  bus.emit('author', { author: 'alice' });
  await until(isLive);

  status = 503;
  bus.emit('ran', {});
  await until(() => text('state') === '503: restarting. The figures are the last ones it sent');
  assert.equal(text('likes'), '12');

  status = 200;
  bus.emit('ran', {});
  await until(isLive);
  assert.equal(text('state'), 'Week 48, still counting');
});

test('days to come have no figure, and today is marked', async (t) => {
  t.mock.method(Date, 'now', () => Date.UTC(2026, 10, 26, 12));
  const { bus } = week(() => [200, reports()]);
  bus.emit('author', { author: 'alice' });
  await new Promise((done) => bus.on('report', done));

  const days = [...at('week', 'days').children];
  assert.deepEqual(days.map((day) => day.querySelector('b').textContent.trim()), ['0', '1', '2', '3', '', '', '']);
  assert.deepEqual(days.map((day) => day.classList.contains('today')), [false, false, false, true, false, false, false]);
});

test('equal days and posts are not drawn again', async () => {
  const { bus } = week(() => [200, reports()]);
  bus.emit('author', { author: 'alice' });
  await until(isLive);
  await until(() => document.querySelectorAll('#week [data-target=days] .before').length === 7);
  const [day, post] = [at('week', 'days').firstElementChild, at('week', 'posts').firstElementChild];
  let loaded = 0;
  bus.on('report', () => loaded++);

  bus.emit('ran', {});
  await until(() => loaded === 1);

  assert.equal(at('week', 'days').firstElementChild, day);
  assert.equal(at('week', 'posts').firstElementChild, post);
});

test('another week is chosen by its bar', async () => {
  const { bus } = week(() => [200, reports()]);
  bus.emit('author', { author: 'alice' });
  await until(isLive);

  const input = at('week', 'weeks').children[10].querySelector('input');
  input.checked = true;
  input.dispatchEvent(new input.ownerDocument.defaultView.Event('change'));

  assert.equal(text('name'), 'Week 47');
  assert.equal(text('state'), 'Week 47, final');
});

test('an answer that is no report is named', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { bus } = week(() => [200, { items: [{}] }]);
  bus.emit('author', { author: 'alice' });
  await until(() => text('state') === 'report-batch did not answer with a report');
});
