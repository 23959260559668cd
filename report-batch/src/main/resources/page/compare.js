// Polls the same likes at an interval, and compares the costs of push and polling.

import { column, Comparison, verdict } from './comparison.js';
import { $, show } from './dom.js';
import { plot } from './plot.js';
import { duration } from './words.js';

const DRAW_MS = 1_000;
const TIME = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export class Compare {
  #gatewayUrl;
  #access;
  #clock;
  #onPolled;
  #comparison = new Comparison(Date.now());
  #plot;
  #author;
  #position = null; // the last position that polls have returned
  #timer;
  #round = 0; // increases with each restart; results of earlier rounds are ignored
  #trouble = null;

  /**
   * @param {string} gatewayUrl
   * @param {import('./access.js').Access} access
   * @param {import('./clock.js').Clock} clock
   * @param {(eventIds: string[]) => void} onPolled called with the events of each poll
   */
  constructor(gatewayUrl, access, clock, onPolled) {
    this.#gatewayUrl = gatewayUrl;
    this.#access = access;
    this.#clock = clock;
    this.#onPolled = onPolled;
    this.#plot = plot($('plot'));
    $('every').addEventListener('input', () => show('every-told', `${this.#every} s`));
    $('every').addEventListener('change', () => this.#begin());
    show('every-told', `${this.#every} s`); // browsers restore the slider after a reload
    // browsers limit the timers of a hidden page to one a minute, which would distort the figures
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#stop() : this.#begin()));
    setInterval(() => this.#draw(), DRAW_MS);
  }

  get #every() {
    return Number($('every').value);
  }

  follow(author) {
    this.#author = author;
    this.#position = null;
    this.#begin();
  }

  /** Counts a frame. Polling starts at the position at which the live stream starts. */
  onTold(frame, at, bytes) {
    if (frame.kind === 'hello' && this.#position === null) {
      this.#position = frame.position;
      this.#begin();
    }
    const logged = frame.kind === 'like' ? [this.#clock.local(Date.parse(frame.loggedAt))] : [];
    const likes = frame.kind === 'like' ? 1 : (frame.liked ?? 0) + (frame.unliked ?? 0);
    this.#comparison.pushed(at, { likes, logged, bytes });
  }

  /** Counts a request of the connection, if the connection consists of long polls. */
  onRequest(at, bytes, empty) {
    this.#comparison.asked(at, { bytes, empty });
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#round++;
  }

  /** Starts again with empty figures, because figures of two intervals must not be mixed. */
  #begin() {
    this.#stop();
    this.#comparison = new Comparison(Date.now());
    if (this.#position !== null && !document.hidden) this.#next(this.#round);
    this.#draw();
  }

  /** Schedules the next poll by the clock, independently of the duration of the last response. */
  #next(round, last = Date.now()) {
    const due = Math.max(Date.now(), last + this.#every * 1_000);
    this.#timer = setTimeout(async () => {
      try {
        await this.#poll(round);
        this.#trouble = null;
      } catch (e) {
        if (round === this.#round) this.#trouble = `A poll failed: ${e.message}.`;
      }
      if (round === this.#round) this.#next(round, due);
    }, due - Date.now());
  }

  async #poll(round) {
    for (let more = true; more && round === this.#round; ) {
      const url = new URL(`/v1/authors/${encodeURIComponent(this.#author)}/likes`, this.#gatewayUrl);
      url.searchParams.set('after', this.#position);
      const { body, bytes } = await this.#access.ask('the gateway', url);
      if (round !== this.#round) return;
      const likes = body.frames.filter((frame) => frame.kind === 'like');
      const logged = likes.map((frame) => this.#clock.local(Date.parse(frame.loggedAt)));
      this.#comparison.polled(Date.now(), { likes: likes.length, logged, bytes });
      this.#position = body.position;
      more = body.more;
      this.#onPolled(likes.map((frame) => frame.event.id));
    }
  }

  #draw() {
    if (document.hidden) return;
    const now = Date.now();
    const figures = this.#comparison.figures(now);
    show('verdict', verdict(figures, this.#every));
    show('since', TIME.format(now - figures.over));
    show('over', duration(figures.over));
    fill(column(figures.push), column(figures.poll));
    const heads = 'Bytes are content, and for each request about 1 KB of HTTP’s heads, which scripts cannot see.';
    show('compare-notes', [this.#trouble, this.#clock.warning, heads].filter(Boolean).join(' '));
    this.#plot(this.#comparison.points(now), now - figures.over, now);
  }
}

function fill(...columns) {
  columns.forEach((texts, i) => texts.forEach((text, j) => {
    const cell = $('figures').rows[j].cells[i + 1];
    if (cell.textContent !== text) cell.textContent = text;
  }));
}
