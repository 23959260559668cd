// Push: an author's likes as they happen, the state of the connection, and the likes that an interruption delayed.

import { Feed } from './feed.js';
import { client } from './gateway.js';
import { $, show } from './dom.js';
import { duration, many, number } from './words.js';

const WAYS = {
  websocket: {},
  'long-poll': { WebSocket: null },
  digest: { digest: 5 },
};

export class Live {
  #gatewayUrl;
  #access;
  #clock;
  #listeners;
  #feed = new Feed($('feed'));
  #client = null;
  #author;
  #stream;
  #count = 0;
  #frames = 0;
  #via;
  #since; // start of the connection, in ms since the epoch
  #greeted = false; // whether the stream of this author was open before
  #down = null; // the line about an interruption
  #replay = null; // the replay after an interruption: {until, missed, line}
  #last = null; // the delay of the last like

  /**
   * @param {string} gatewayUrl
   * @param {import('./access.js').Access} access
   * @param {import('./clock.js').Clock} clock
   * @param {{onTold: Function, onRequest: Function}} listeners `onTold(frame, at, bytes)` is called for each frame,
   *   `onRequest(at, bytes, empty)` for each long poll of the connection
   */
  constructor(gatewayUrl, access, clock, listeners) {
    this.#gatewayUrl = gatewayUrl;
    this.#access = access;
    this.#clock = clock;
    this.#listeners = listeners;
    $('way').addEventListener('change', () => this.#connect(this.#stream?.position ?? null));
    setInterval(() => this.#facts(), 1_000);
  }

  follow(author) {
    this.#author = author;
    this.#count = this.#frames = 0;
    this.#greeted = false;
    this.#last = null;
    this.#feed.clear();
    show('live-count', 0);
    this.#connect(null);
  }

  /** Shows that the connection waits for a token. Another part of the page asks the visitor for it. */
  waitForToken() {
    this.#say('down', 'waiting for a token');
  }

  async #connect(after) {
    this.#stream?.close();
    this.#stream = null;
    this.#down = this.#replay = null;
    const author = this.#author;
    const way = $('way').value;
    const { connect } = await (this.#client ??= client(this.#gatewayUrl));
    if (author !== this.#author || way !== $('way').value || this.#stream) return; // the visitor has chosen again
    this.#stream = connect({
      url: this.#gatewayUrl,
      author,
      after,
      token: ({ expired }) => (expired ? this.#access.another() : this.#access.token),
      fetch: (url, options) => this.#fetch(url, options),
      onFrame: (frame) => this.#onFrame(frame),
      onState: (state) => this.#onState(state),
      ...WAYS[way],
    });
  }

  async #fetch(url, options) {
    const answer = await fetch(url, options);
    const text = await answer.clone().text();
    this.#listeners.onRequest(Date.now(), new TextEncoder().encode(text).length, /"frames":\[\]/.test(text));
    return answer;
  }

  #onState({ state, via, detail }) {
    if (state === 'live') {
      this.#via = via;
      this.#since = Date.now();
      this.#say('live', `connected by ${via === 'websocket' ? 'WebSocket' : via}`);
    } else if (state === 'refused') {
      this.#say('down', `refused: ${detail}`);
      if (/^(401|closed with 4401)\b/.test(detail)) this.#access.another(); // the library used the same token again
    } else if (state === 'waiting') {
      this.#say('down', `${this.#reason(detail)}; trying again`);
      if (this.#greeted) this.#down ??= this.#feed.add('note', 'the connection broke', '');
    }
  }

  /** Returns the reason for the visitor, with the detail that the gateway gave, if there is one. */
  #reason(detail) {
    if (/^\d{3}\b/.test(detail)) return `refused for now: ${detail}`;
    if (detail.startsWith('closed with')) return `the connection was ${detail}`;
    return `the gateway at ${this.#gatewayUrl} does not answer`;
  }

  #onFrame(frame) {
    const at = Date.now();
    this.#frames++;
    if (frame.kind === 'like' && !isReadable(frame)) return this.#feed.add('note', 'a frame that cannot be read', '');
    if (frame.kind === 'like') this.#onLike(frame, at);
    else if (frame.kind === 'digest') this.#onDigest(frame);
    else this.#onHello(frame, at);
    show('live-count', number(this.#count));
    this.#listeners.onTold(frame, at, this.#via === 'websocket' ? JSON.stringify(frame).length : 0);
  }

  #onHello({ recovered }, at) {
    if (this.#greeted && recovered) {
      this.#replay = { until: at, missed: 0, line: this.#feed.add('note', 'resumed, nothing was missed', '') };
    } else if (this.#greeted) {
      this.#feed.add('note', 'connected again; what was missed is too long ago to be replayed, the report has it', '');
    }
    this.#down = null;
    this.#greeted = true;
  }

  #onLike({ event, loggedAt }, at) {
    const logged = Date.parse(loggedAt);
    this.#clock.arrived(logged, at);
    const since = this.#clock.local(logged);
    this.#last = Math.max(0, at - since);
    const liked = event.type === 'liked';
    if (liked) this.#count++;
    if (this.#replay && since < this.#replay.until) {
      const missed = many(++this.#replay.missed, 'missed like');
      this.#replay.line.tell(`resumed, ${missed} replayed`);
    }
    this.#feed.add('like', `${event.likerId} ${liked ? 'liked' : 'withdrew'} ${event.postId}`, duration(this.#last));
  }

  #onDigest({ liked, unliked }) {
    this.#count += liked;
    const withdrawn = unliked ? `, ${number(unliked)} withdrawn` : '';
    this.#feed.add('digest', `${number(liked)} more ${liked === 1 ? 'like' : 'likes'}${withdrawn}`, 'in sum');
  }

  #say(state, text) {
    $('live').dataset.state = state;
    show('live-state', text);
    this.#facts();
  }

  #facts() {
    if ($('live').dataset.state !== 'live') return show('live-facts', '');
    const last = this.#last === null ? '' : `, the last like ${duration(this.#last)} after Kafka had it`;
    show('live-facts', `for ${duration(Math.max(1_000, Date.now() - this.#since))}, ${many(this.#frames, 'frame')}${last}`);
  }
}

function isReadable({ event, loggedAt }) {
  return [event.likerId, event.postId, event.type].every((text) => typeof text === 'string') && !Number.isNaN(Date.parse(loggedAt));
}
