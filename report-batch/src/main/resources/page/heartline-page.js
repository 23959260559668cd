// Likes of one author arriving live, beside this week's report. Everything that comes from outside is shown as text.

const FEED_LENGTH = 50;
const REPORT_EVERY_MS = 5_000;

const $ = (id) => document.getElementById(id);
const settings = await fetch('page/settings.json').then((answer) => answer.json());
const { connect } = await import(new URL('/heartline.js', settings.gatewayUrl));

let token = null; // none unless the services want one
let tokenWanted = null; // who is waiting for another one
let author;
let stream;
let opened;
let count = 0;
let reportTimer;

function item(...texts) {
  const li = document.createElement('li');
  for (const text of texts) {
    const span = document.createElement('span');
    span.textContent = text;
    li.append(span);
  }
  return li;
}

// --- live -------------------------------------------------------------------------------------------------------------

function listen() {
  stream?.close();
  stream = connect({ url: settings.gatewayUrl, author, onFrame, onState, token: ({ expired }) => (expired ? another() : token) });
}

function onState({ state, via, detail }) {
  if (state === 'live') show('live-state', `connected by ${via === 'websocket' ? 'WebSocket' : via}`);
  else if (state === 'refused') {
    show('live-state', `refused: ${detail}`);
    if (detail.startsWith('401')) another(); // the second in a row
  }
  else if (state === 'waiting') show('live-state', `the gateway at ${settings.gatewayUrl} does not answer; trying again`);
}

function onFrame(frame) {
  if (frame.kind === 'like') {
    const { event, loggedAt } = frame;
    const late = Math.max(0, Date.now() - Date.parse(loggedAt));
    count += event.type === 'liked' ? 1 : 0;
    feed(`${event.likerId} ${event.type} ${event.postId}`, `${late} ms`);
  } else if (frame.kind === 'digest') {
    count += frame.liked;
    feed(`${frame.liked} more likes`, 'in sum');
  } else if (!frame.recovered && opened) {
    feed('some likes may have been missed', '');
  }
  opened = true;
  show('live-count', count);
}

function feed(...texts) {
  $('feed').prepend(item(...texts));
  while ($('feed').children.length > FEED_LENGTH) $('feed').lastElementChild.remove();
}

// --- the week's report ------------------------------------------------------------------------------------------------

async function report() {
  clearTimeout(reportTimer);
  const asked = author;
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : {};
    const answer = await fetch(`v1/authors/${encodeURIComponent(asked)}/reports/current`, { headers });
    const body = await answer.json();
    if (asked !== author) return;
    if (answer.ok) showReport(body);
    else show('week-state', `${answer.status}: ${body.detail}`);
    if (answer.status === 401) another();
  } catch (e) {
    show('week-state', `report-batch does not answer (${e.message}); the figures are the last it gave`);
  }
  reportTimer = setTimeout(report, REPORT_EVERY_MS);
}

function showReport(week) {
  show('week-state', `${week.week}, ${week.status}, ${age(week.asOf)}`);
  show('week-likes', week.likes);
  show('week-likers', week.likers);
  const most = Math.max(1, ...week.byDay.map((day) => day.likes));
  $('days').replaceChildren(...week.byDay.map((day) => {
    const name = new Date(`${day.date}T12:00:00Z`).toLocaleDateString(undefined, { weekday: 'short', timeZone: 'UTC' });
    const li = item(day.likes);
    const bar = document.createElement('i');
    bar.style.height = `${(day.likes / most) * 6}rem`;
    li.append(bar, name);
    return li;
  }));
  $('posts').replaceChildren(...week.topPosts.map((post) => item(post.postId, post.likes)));
}

function age(asOf) {
  if (!asOf) return 'no run yet';
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(asOf)) / 1000));
  return seconds < 120 ? `${seconds} seconds old` : `${Math.round(seconds / 60)} minutes old`;
}

// --- who asks ---------------------------------------------------------------------------------------------------------

/** Another token than the last one, once somebody has given it. */
function another() {
  show('token-why', token ? 'The last one is no good any more.' : 'The services want one here.');
  show('live-state', 'waiting for a token');
  $('credentials').hidden = false;
  tokenWanted ??= Promise.withResolvers();
  return tokenWanted.promise;
}

function use(given) {
  token = given;
  sessionStorage.setItem('token', given); // for as long as the tab is open
  $('credentials').hidden = true;
  tokenWanted?.resolve(given);
  tokenWanted = null;
}

$('credentials').addEventListener('submit', (event) => {
  event.preventDefault();
  use($('token').value.trim());
  $('token').value = '';
  choose(author);
});

/** A link may bring both, behind the # that no browser sends to anybody: #author=alice&token=… */
function fromLink() {
  const link = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, '', location.pathname + location.search); // it is not to be copied from the address bar
  if (link.has('author')) $('author').value = link.get('author');
  if (link.has('token')) use(link.get('token'));
  else token = sessionStorage.getItem('token');
}

// --- the page ---------------------------------------------------------------------------------------------------------

function show(id, text) {
  $(id).textContent = text;
}

function choose(name) {
  author = name;
  count = 0;
  show('live-count', count);
  $('feed').replaceChildren();
  opened = false;
  listen();
  report();
}

$('choose').addEventListener('submit', (event) => {
  event.preventDefault();
  choose($('author').value.trim());
});

function begin() {
  fromLink();
  choose($('author').value.trim());
}

addEventListener('hashchange', begin);
begin();
