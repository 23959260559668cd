// The visitor's likes: sends them, and follows the last one to both readers.

import { element, onClick, setBusy, show, target } from './dom.js';
import { LikeSender, LikeTracker, STEPS } from './sent-likes.js';
import { isIdentifier } from './urls.js';
import { duration, number } from './words.js';

const POSTS = 12;
const DRAW_MS = 100;
const BURST = 1_000;
const SCOPE = 'likes:write';
const HINT = 'Each step shows the time since your click.';
const NEXT = 'The live report includes it within a second. The weekly report includes it after the next run of the batch, or press “Run now”.';

export class LikePanel {
  #root;
  #bus;
  #session;
  #sender;
  #liker;
  #post;
  #buttons;
  #state;
  #author = '';
  /** @type {LikeTracker | null} */
  #tracker = null; // the last like
  #liked = new Set(); // the posts that the visitor has liked, each with the liker
  #authorChange = new AbortController(); // ends retries; a request that was sent is never aborted
  #reportWait = new AbortController(); // ends the wait for the last like's report
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer; // runs while a step is pending

  /**
   * @param {HTMLElement} root
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   * @param {import('./urls.js').Urls} urls
   */
  constructor(root, bus, session, urls) {
    this.#root = root;
    this.#bus = bus;
    this.#session = session;
    this.#sender = new LikeSender(session, urls);
    this.#liker = target(root, 'liker', HTMLInputElement);
    this.#post = target(root, 'post', HTMLSelectElement);
    this.#state = target(root, 'state');
    const button = (/** @type {string} */ name) => target(root, name, HTMLButtonElement);
    this.#buttons = { like: button('like'), unlike: button('unlike'), burst: button('burst') };
    onClick(this.#buttons.unlike, () => this.#send('unliked'));
    onClick(this.#buttons.burst, () => this.#sendBurst());
    this.#buttons.like.disabled = false;
    target(root, 'form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#buttons.like.getAttribute('aria-disabled') !== 'true') this.#send('liked');
    });
    this.#liker.addEventListener('input', () => this.#permit());
    this.#post.addEventListener('change', () => this.#permit());
    bus.on('author', ({ author }) => this.#follow(author));
    bus.on('polled', ({ eventIds }) => eventIds.forEach((id) => this.#see('poll', (tracker) => tracker.see('poll', id, Date.now()))));
    bus.on('liveReport', ({ report }) => report?.through && this.#seeUpTo('live-report', report.through, Date.now()));
    bus.on('report', ({ report }) => this.#offer(report.topPosts.map((post) => post.postId)));
    bus.on('frame', ({ frame, at }) => {
      if (frame.kind === 'digest') this.#seeUpTo('push', frame.position, at);
      if (frame.kind !== 'like') return;
      this.#see('push', (tracker) => tracker.see('push', frame.event.id, at, Date.parse(frame.loggedAt)));
      this.#offer([frame.event.postId]);
    });
  }

  /** @param {string} author */
  #follow(author) {
    this.#author = author;
    this.#authorChange.abort();
    this.#authorChange = new AbortController();
    this.#reportWait.abort();
    this.#tracker = null;
    this.#liked.clear();
    this.#post.replaceChildren(element('option', {}, 'p-1'));
    show(this.#state, HINT);
    this.#permit();
    this.#draw();
  }

  /** Adds posts to the list, unless it has them already. @param {string[]} postIds */
  #offer(postIds) {
    const known = new Set([...this.#post.options].map((option) => option.value));
    for (const postId of postIds) {
      if (known.size >= POSTS || known.has(postId)) continue;
      known.add(postId);
      this.#post.append(element('option', {}, postId));
    }
  }

  /** Makes each button available if the token permits it, and if there is a like to take back. */
  #permit() {
    const permitted = this.#session.permits(SCOPE);
    const { like, unlike, burst } = this.#buttons;
    setBusy(like, !permitted);
    setBusy(burst, !permitted);
    setBusy(unlike, !permitted || !this.#liked.has(this.#pair()));
    if (!permitted) show(this.#state, `This token can read, but not like: it lacks ${SCOPE}.`);
  }

  #pair() {
    return `${this.#liker.value.trim()} ${this.#post.value}`;
  }

  /** @param {string} type `liked` or `unliked` */
  async #send(type) {
    const likerId = this.#liker.value.trim();
    if (!isIdentifier(likerId)) return this.#liker.reportValidity();
    const pair = this.#pair();
    const author = this.#author;
    const postId = this.#post.value;
    const tracker = new LikeTracker(Date.now(), { postId, likerId, type });
    const say = (/** @type {string} */ text) => tracker === this.#tracker && show(this.#state, text);
    this.#reportWait.abort();
    this.#reportWait = new AbortController();
    this.#tracker = tracker;
    say('On its way.');
    this.#draw();
    try {
      const unknown = 'Whether the like was saved is unknown. Trying again with the same key, so it counts once.';
      const { signal } = this.#authorChange;
      const { eventId, position } = await this.#sender.send({ postId, authorId: author, likerId, type }, signal, (e) => say(`${e.message}. ${unknown}`));
      if (author !== this.#author) return;
      tracker.confirm(eventId, position, Date.now());
      const repeated = this.#liked.has(pair);
      if (type === 'liked') this.#liked.add(pair);
      else this.#liked.delete(pair);
      this.#permit();
      this.#bus.emit('sent', { postId, likerId, type, repeated });
      if (tracker.after('push') !== undefined) this.#announcePush(tracker);
      else say(`Saved. ${NEXT}`);
      this.#draw();
      if (tracker === this.#tracker) await this.#awaitReport(tracker, position, repeated);
    } catch (e) {
      if (author !== this.#author) return;
      const failure = `Not sent: ${/** @type {Error} */ (e).message}.`;
      if (tracker === this.#tracker) show(this.#state, failure);
      else show(this.#state, `An earlier like was not sent: ${/** @type {Error} */ (e).message}.`);
      tracker.refuse();
    }
    this.#draw();
  }

  /** @param {LikeTracker} tracker @param {string} position @param {boolean} repeated */
  async #awaitReport(tracker, position, repeated) {
    const { signal } = this.#reportWait;
    try {
      await this.#sender.awaitReport(this.#author, position, signal, (e) => show(this.#state, `${e.message}; trying again`));
    } catch (e) {
      if (!signal.aborted) show(this.#state, `The report cannot be read: ${/** @type {Error} */ (e).message}.`);
      return;
    }
    const { likerId, type } = tracker.like;
    tracker.reach('report', Date.now());
    const again = `The live list shows each like, and the report counts ${likerId} once.`;
    const done = repeated ? again : 'Now like the same post again: the live list will show two likes, and the report will still count one.';
    show(this.#state, type === 'liked' ? `Done. ${done}` : 'Done. The report counts likes, and lists the ones taken back separately.');
  }

  /** @param {'push' | 'live-report'} step @param {string} through @param {number} at */
  #seeUpTo(step, through, at) {
    this.#see(step, (tracker) => tracker.seeUpTo(step, through, at));
  }

  /** @param {'push' | 'poll' | 'live-report'} step @param {(tracker: LikeTracker) => void} record */
  #see(step, record) {
    const tracker = this.#tracker;
    if (!tracker || tracker.after(step) !== undefined) return;
    record(tracker);
    if (tracker.after(step) === undefined) return;
    if (step === 'push') this.#announcePush(tracker);
    this.#draw();
  }

  /** @param {LikeTracker} tracker */
  #announcePush(tracker) {
    this.#bus.emit('arrived', { ...tracker.like, clickedAt: tracker.clickedAt, loggedAt: tracker.loggedAt });
    if (tracker !== this.#tracker) return;
    const after = duration(tracker.after('push') ?? 0);
    show(this.#state, `Pushed to ${this.#author}’s live screen after ${after}. ${NEXT}`);
  }

  async #sendBurst() {
    const author = this.#author;
    const posts = [...this.#post.options].map((option) => option.value);
    const likes = Array.from({ length: BURST }, (_, i) => ({ postId: posts[i % posts.length], authorId: author, likerId: `fan-${i + 1}` }));
    const begun = Date.now();
    setBusy(this.#buttons.burst, true);
    show(this.#state, `Sending ${number(BURST)} likes in one request.`);
    try {
      const accepted = await this.#sender.sendAll(likes);
      if (author === this.#author) show(this.#state, `${number(accepted)} of ${number(BURST)} likes saved in ${duration(Date.now() - begun)}. The live list shows them by post.`);
    } catch (e) {
      show(this.#state, `The ${number(BURST)} likes were not all saved: ${/** @type {Error} */ (e).message}.`);
    }
    this.#permit();
  }

  #draw() {
    const tracker = this.#tracker;
    for (const step of STEPS) {
      const item = target(this.#root, step);
      const { state, text } = tracker?.describe(step, Date.now()) ?? { state: 'idle', text: '–' };
      item.dataset.state = state;
      show(target(item, 'time'), text);
    }
    const isPending = tracker !== null && !tracker.isOver;
    if (isPending) this.#timer ??= setInterval(() => this.#draw(), DRAW_MS);
    if (isPending) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
