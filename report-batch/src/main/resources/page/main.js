// The page: connects its parts with the chosen author and the token.

import { Access } from './access.js';
import { ask } from './ask.js';
import { Clock } from './clock.js';
import { Compare } from './compare.js';
import { $, show } from './dom.js';
import { Heart } from './heart.js';
import { isIdentifier, RULE } from './identifier.js';
import { Live } from './live.js';
import { Run } from './run.js';
import { Told } from './told.js';
import { Week } from './week.js';

const AGAIN_MS = 2_000;

addEventListener('error', (event) => trouble(event.message));
addEventListener('unhandledrejection', (event) => trouble(event.reason?.message ?? event.reason));

/** Shows an unexpected error. The rest of the page continues. */
function trouble(what) {
  $('trouble').hidden = false;
  show('trouble', `A part of this page failed: ${what}. Reloading may help.`);
}

async function settings() {
  for (;;) {
    try {
      return (await ask('report-batch', 'page/settings.json')).body;
    } catch (e) {
      show('week-state', `${e.message}; trying again`);
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

const { gatewayUrl, producerUrl } = await settings();
const clock = new Clock();
const access = new Access(() => live.waitForToken(), choose);
const told = new Told();
const heart = new Heart(producerUrl, access, clock);
const compare = new Compare(gatewayUrl, access, clock, (eventIds) => eventIds.forEach((id) => heart.told('poll', id)));
const live = new Live(gatewayUrl, access, clock, {
  onTold(frame, at, bytes) {
    compare.onTold(frame, at, bytes);
    told.onTold(frame);
    if (frame.kind !== 'like') return;
    heart.told('push', frame.event.id, Date.parse(frame.loggedAt));
    heart.offer([frame.event.postId]);
  },
  onRequest: (at, bytes, empty) => compare.onRequest(at, bytes, empty),
});
const week = new Week(access, (report) => {
  told.onReport(report);
  heart.offer(report.topPosts.map((post) => post.postId));
});
new Run(access, () => week.load());

function choose() {
  const author = $('author').value.trim();
  if (!isIdentifier(author)) return notice(`“${author}” is no author: an author ${RULE}.`);
  for (const panel of [told, heart, compare, live, week]) panel.follow(author);
}

function notice(text) {
  $('notice').hidden = text === '';
  show('notice', text);
}

/**
 * Starts with the author and the token of a link: #author=alice&token=… Browsers do not send the part after #. Any page can
 * have such a link.
 */
function begin() {
  const link = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, '', location.pathname + location.search); // so that the visitor does not copy it
  const author = link.get('author');
  const token = link.get('token');
  const notices = [];
  if (author !== null && !isIdentifier(author)) notices.push(`“${author}” is no author: an author ${RULE}.`);
  else if (author !== null) $('author').value = author;
  if (token !== null && !access.offer(token)) {
    notices.push('This tab has a token already, so the link’s token is not used. Open the link in a new tab to use it.');
  }
  notice(notices.join(' '));
  choose();
}

$('choose').addEventListener('submit', (event) => {
  event.preventDefault();
  notice('');
  choose();
});
addEventListener('hashchange', begin);
begin();
