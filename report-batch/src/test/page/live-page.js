// A page with a week and a live report, whose client library is a fake.

import { Bus } from '../../main/resources/page/bus.js';
import { ReportStream } from '../../main/resources/page/report-stream.js';
import { Session } from '../../main/resources/page/session.js';
import { Urls } from '../../main/resources/page/urls.js';
import { WeekPanel } from '../../main/resources/page/week.js';
import { at, open, reports, Service, until } from './browser.js';
import { streams } from './fake-client.js';

const settings = { gatewayUrl: 'http://localhost:8082', producerUrl: 'http://localhost:8081' };
/** Returns the report of this week, with other figures than those of the last run. */
export const report = (figures = {}) => reports({ likes: 13, through: 'k3f9-0-7', ...figures }).items.at(-1);
export const text = (name) => at('week', name).textContent;
/** Returns the likes, and the state with the age of the figures. */
export const state = () => [text('likes'), text('state') + text('age')];

/** Opens the page, and waits for its live report. `answer` is that of the reports of the last run. */
export async function page(answer = () => [200, reports()], client = 'fake-client.js') {
  const window = open();
  const service = new Service(answer);
  const bus = new Bus();
  const session = new Session(bus);
  const urls = new Urls(settings);
  urls.client = () => new URL(client, import.meta.url).href;
  const seen = [];
  bus.on('liveReport', (live) => seen.push(live));
  const traffic = [];
  bus.on('reportTraffic', ({ bytes, requests }) => traffic.push([bytes, requests]));
  new WeekPanel(document.getElementById('week'), bus, session, urls);
  new ReportStream(bus, session, urls);
  const before = streams.length;
  const opened = () => streams.length - before;
  bus.emit('author', { author: 'alice' });
  await until(() => text('likes') === '12' && service.requests.length === 2); // the second one has the week before the oldest
  if (client === 'fake-client.js') await until(() => opened() === 1);
  const hide = (hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new window.Event('visibilitychange'));
  };
  const choose = (value) => {
    at('week', 'figures').value = value;
    at('week', 'figures').dispatchEvent(new window.Event('change'));
  };
  return { bus, choose, hide, opened, seen, service, session, stream: streams.at(-1), traffic };
}
