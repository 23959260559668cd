// Push: an author's likes as they happen, the state of the connection, and the likes that an interruption delayed.

import { show, target } from './dom.js';
import { Feed } from './feed.js';
import { LiveStream } from './live-stream.js';
import { Sparkline } from './sparkline.js';
import { duration, many, number, seconds, timeOfDay } from './words.js';

/** @typedef {import('./bus.js').Frame} Frame */

const ANNOUNCE_MS = 10_000;
const WAYS = {
  websocket: { text: 'each like, by WebSocket', options: {} },
  'long-poll': { text: 'each like, by long polling', options: { WebSocket: null } },
  digest: { text: 'a summary every 5 s', options: { digest: 5 } },
};

export class LivePanel {
  #root;
  #bus;
  #skew;
  #feed;
  #sparkline;
  #way;
  #stream;
  #author = '';
  #likes = 0;
  #takenBack = 0;
  #frames = 0;
  #via = '';
  #since = 0; // start of the connection, in ms since the epoch
  #greeted = false; // whether the stream of this author was open before
  /** @type {{since: number, byVisitor: boolean} | null} */
  #away = null; // the present interruption
  /** @type {{until: number, missed: number, text: string, line: import('./feed.js').Line, byVisitor: boolean} | null} */
  #replay = null; // the replay after an interruption
  /** @type {number | null} */
  #last = null; // the delay of the last like
  #announced = { at: 0, likes: 0 };

  /**
   * @param {HTMLElement} root
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   * @param {import('./urls.js').Urls} urls
   * @param {import('./clock-skew.js').ClockSkew} skew
   */
  constructor(root, bus, session, urls, skew) {
    this.#root = root;
    this.#bus = bus;
    this.#skew = skew;
    this.#stream = new LiveStream(session, urls, {
      onFrame: (frame, bytes) => this.#onFrame(frame, bytes),
      onRequest: (bytes, empty) => bus.emit('request', { at: Date.now(), bytes, empty }),
      onState: (state, text, via = '') => this.#onState(state, text, via),
    });
    this.#feed = new Feed(target(root, 'feed'), () => this.#drawCount());
    this.#sparkline = new Sparkline(target(root, 'sparkline', Element));
    this.#way = target(root, 'way', HTMLSelectElement);
    this.#way.disabled = false;
    this.#way.addEventListener('change', () => {
      if (root.dataset.state === 'offline') return; // it counts from the visitor's return on
      this.#connect(this.#stream.position);
      if (this.#greeted) this.#note(`From now on: ${WAYS[this.#wayName].text}`);
    });
    bus.on('author', ({ author }) => this.#follow(author));
    bus.on('tokenNeeded', () => this.#say('down', 'Waiting for a token'));
    bus.on('tick', () => this.#tick());
    bus.on('arrived', ({ clickedAt, loggedAt }) => loggedAt === null || skew.sent(clickedAt, loggedAt));
  }

  get #wayName() {
    return /** @type {keyof typeof WAYS} */ (this.#way.value);
  }

  /** Closes the stream, as a device without a network would. */
  goOffline() {
    const { position } = this.#stream;
    this.#stream.close();
    this.#away = { since: Date.now(), byVisitor: true };
    this.#note('Offline by your choice');
    this.#say('offline', 'Offline');
    return position;
  }

  /** Opens the stream again after the last position that was received. @param {string | null} position */
  goOnline(position) {
    this.#say('down', 'Connecting');
    this.#connect(position);
  }

  /** @param {string} author */
  #follow(author) {
    this.#author = author;
    this.#likes = this.#takenBack = this.#frames = 0;
    this.#greeted = false;
    this.#last = this.#away = null;
    this.#announced = { at: Date.now(), likes: 0 };
    this.#sparkline.clear();
    this.#feed.clear();
    this.#say('down', 'Connecting');
    this.#connect(null);
  }

  /** @param {string | null} after */
  #connect(after) {
    this.#replay = null;
    this.#stream.open(this.#author, after, WAYS[this.#wayName].options);
  }

  /** @param {'live' | 'down'} state @param {string} text @param {string} via */
  #onState(state, text, via) {
    if (state === 'live') {
      this.#via = via;
      this.#since = Date.now();
    } else if (this.#greeted && !this.#away) {
      this.#away = { since: Date.now(), byVisitor: false };
      this.#note('Disconnected');
    }
    this.#say(state, text);
  }

  /** @param {Frame} frame @param {number} bytes */
  #onFrame(frame, bytes) {
    const at = Date.now();
    this.#frames++;
    if (frame.kind === 'like' && !isReadable(frame)) return this.#note('A frame that cannot be read');
    let measured = true;
    if (frame.kind === 'like') measured = this.#onLike(frame, at);
    else if (frame.kind === 'digest') this.#onDigest(frame, at);
    else this.#onHello(frame, at);
    this.#feed.schedule();
    this.#bus.emit('frame', { frame, at, bytes, measured });
  }

  /** @param {import('./bus.js').Hello} hello @param {number} at */
  #onHello({ recovered }, at) {
    const away = this.#away;
    if (away) {
      const back = `Back after ${seconds(at - away.since)}`;
      const missed = this.#wayName === 'digest' ? '; the next summary has the missed likes' : ', nothing was missed';
      const line = this.#note(recovered ? back + missed : `${back}. The missed likes are too old to be replayed; the report has them`);
      if (recovered) this.#replay = { until: at, missed: 0, text: back, line, byVisitor: away.byVisitor };
      if (recovered && away.byVisitor) this.#bus.emit('returned', {});
    }
    this.#away = null;
    this.#greeted = true;
  }

  /**
   * @param {import('./bus.js').LikeFrame} frame
   * @param {number} at
   * @returns {boolean} whether its delay is a delay of push
   */
  #onLike({ event, loggedAt }, at) {
    const logged = Date.parse(loggedAt);
    this.#skew.arrived(logged, at);
    const since = this.#skew.local(logged);
    const replay = this.#replay && since < this.#replay.until ? this.#replay : null;
    this.#last = Math.max(0, at - since);
    const liked = event.type === 'liked';
    this.#count(at, liked ? 1 : 0, liked ? 0 : 1);
    replay?.line.change(`${replay.text}: caught up on ${many(++replay.missed, 'like')}`);
    this.#feed.addLike({ liker: event.likerId, post: event.postId, liked, at, late: this.#last });
    return !replay?.byVisitor;
  }

  /** @param {import('./bus.js').Digest} digest @param {number} at */
  #onDigest({ liked, unliked, posts = [] }, at) {
    this.#count(at, liked, unliked);
    const top = posts.slice(0, 3).map((post) => `${post.postId} ${number(post.liked)}`);
    const of = top.length ? `: ${top.join(', ')}${posts.length > 3 ? ', …' : ''}` : '';
    this.#feed.add('digest', `${many(liked, 'like')}${unliked ? ` and ${number(unliked)} taken back` : ''}${of}`, 'summary');
  }

  /** @param {number} at @param {number} liked @param {number} unliked */
  #count(at, liked, unliked) {
    this.#likes += liked;
    this.#takenBack += unliked;
    this.#sparkline.add(at, liked);
  }

  /** @param {string} text */
  #note(text) {
    return this.#feed.add('note', text, timeOfDay(Date.now()));
  }

  /** @param {'live' | 'down' | 'offline'} state @param {string} text */
  #say(state, text) {
    this.#root.dataset.state = state;
    show(target(this.#root, 'state'), text);
    this.#drawFacts();
    this.#bus.emit('connection', { state });
  }

  #tick() {
    this.#drawFacts();
    this.#sparkline.draw(Date.now());
    const { at, likes } = this.#announced;
    if (this.#likes === likes || Date.now() - at < ANNOUNCE_MS) return;
    show(target(this.#root, 'announcement'), `${many(this.#likes - likes, 'new like')}, ${number(this.#likes)} in all`);
    this.#announced = { at: Date.now(), likes: this.#likes };
  }

  #drawCount() {
    show(target(this.#root, 'count'), number(this.#likes));
    show(target(this.#root, 'noun'), this.#likes === 1 ? 'like' : 'likes');
    show(target(this.#root, 'taken-back'), this.#takenBack ? `${number(this.#takenBack)} taken back` : '');
    target(this.#root, 'empty').hidden = this.#frames > 1;
  }

  #drawFacts() {
    const facts = target(this.#root, 'facts');
    if (this.#root.dataset.state !== 'live') return show(facts, '');
    facts.title = `${this.#via}, ${many(this.#frames, 'frame')}`;
    const last = this.#last === null || this.#wayName === 'digest' ? '' : ` · last like arrived in ${duration(this.#last)}`;
    show(facts, `for ${seconds(Date.now() - this.#since)}${last}`);
  }
}

/** @param {import('./bus.js').LikeFrame} frame */
function isReadable({ event, loggedAt }) {
  return [event.likerId, event.postId, event.type].every((text) => typeof text === 'string') && !Number.isNaN(Date.parse(loggedAt));
}
