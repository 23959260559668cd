// "Go offline": closes the live stream for some seconds, sends likes meanwhile, and opens it again. The stream catches up.

import { wait } from './ask.js';
import { onClick, show } from './dom.js';
import { LikeSender } from './sent-likes.js';

const SECONDS = 10;
const LIKERS = ['ana', 'ben', 'chi', 'dev', 'eva', 'fay', 'gil', 'hana', 'ivo', 'joy'];

export class OfflineDrill {
  #button;
  #session;
  #sender;
  #live;
  #label;
  #author = '';
  /** @type {AbortController | null} */
  #drill = null;

  /**
   * @param {HTMLButtonElement} button
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   * @param {import('./urls.js').Urls} urls
   * @param {import('./live.js').LivePanel} live
   */
  constructor(button, bus, session, urls, live) {
    this.#button = button;
    this.#session = session;
    this.#sender = new LikeSender(session, urls);
    this.#live = live;
    this.#label = button.textContent ?? '';
    onClick(button, () => (this.#drill ? this.#drill.abort() : this.#start()));
    bus.on('author', ({ author }) => {
      this.#author = author;
      this.#drill?.abort();
    });
  }

  async #start() {
    const author = this.#author;
    const { signal } = (this.#drill = new AbortController());
    const position = this.#live.goOffline();
    for (let left = SECONDS; left > 0 && !signal.aborted; left--) {
      show(this.#button, `Back in ${left} s`);
      this.#like(author, LIKERS[SECONDS - left]);
      await wait(1_000, signal);
    }
    this.#drill = null;
    show(this.#button, this.#label);
    if (author === this.#author) this.#live.goOnline(position);
  }

  /** Sends a like, if the token permits it. If it fails, there is one like less to catch up on. @param {string} author @param {string} likerId */
  #like(author, likerId) {
    if (!this.#session.permits('likes:write')) return;
    this.#sender.sendAll([{ postId: 'p-1', authorId: author, likerId }]).catch((e) => console.warn(e.message));
  }
}
