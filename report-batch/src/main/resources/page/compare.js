// Polls the same likes at an interval, and compares the costs of push, polling and the live report.

import { Comparison } from './comparison.js';
import { show, target } from './dom.js';
import { drawPlot } from './plot.js';
import { ReportDelays } from './report-delays.js';
import { tableColumn, verdict } from './verdict.js';
import { duration, timeOfDay } from './words.js';

const NOTE =
  'Bytes include an estimated 1 KB of HTTP headers for each request. The live report sends all figures when they change, at most once a second. Measuring pauses while this tab is hidden, and while you are offline.';

/** @typedef {import('./bus.js').Frame} Frame */

export class ComparePanel {
  #root;
  #bus;
  #session;
  #urls;
  #skew;
  #every;
  #comparison = new Comparison(Date.now());
  #reportDelays = new ReportDelays();
  #drawPlot;
  #author = '';
  /** @type {string | null} */
  #position = null; // the last position that polls have returned
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #due = 0; // the time of the next poll
  #round = 0; // increases with each restart; results of earlier rounds are ignored
  #connection = 'down';
  #problem = '';

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
    this.#session = session;
    this.#urls = urls;
    this.#skew = skew;
    this.#drawPlot = drawPlot(target(root, 'plot'));
    this.#every = target(root, 'every', HTMLInputElement);
    this.#every.disabled = false;
    const showInterval = () => {
      for (const shown of document.querySelectorAll('.poll-interval')) show(shown, `${this.#seconds} s`);
    };
    this.#every.addEventListener('input', showInterval);
    this.#every.addEventListener('change', () => this.#begin()); // figures of two intervals must not be mixed
    showInterval(); // browsers restore the slider after a reload
    // browsers limit the timers of a hidden page to one a minute, which would distort the figures
    document.addEventListener('visibilitychange', () => this.#pauseOrResume());
    bus.on('author', ({ author }) => {
      this.#author = author;
      this.#position = null;
      this.#begin();
    });
    bus.on('frame', ({ frame, at, bytes, measured }) => this.#onFrame(frame, at, bytes, measured));
    bus.on('request', ({ at, bytes, empty }) => this.#comparison.recordRequest(at, { bytes, empty }));
    bus.on('liveReport', ({ report, why, measured }) => {
      if (!report || why) return;
      const at = Date.now();
      const delivery = this.#reportDelays.reported(report.through, at);
      if (measured) this.#comparison.recordReport(at, delivery);
    });
    bus.on('reportTraffic', ({ bytes, requests }) => this.#comparison.recordReport(Date.now(), { likes: 0, delays: [], bytes }, requests));
    bus.on('connection', ({ state }) => {
      this.#connection = state;
      this.#pauseOrResume();
    });
    bus.on('tick', () => this.#draw());
  }

  get #seconds() {
    return Number(this.#every.value);
  }

  /** Counts a frame. Polling starts at the position at which the live stream starts. @param {Frame} frame @param {number} at @param {number} bytes @param {boolean} measured */
  #onFrame(frame, at, bytes, measured) {
    if (frame.kind === 'hello' && this.#position === null) {
      this.#position = frame.position;
      this.#begin();
    }
    if (!measured) return;
    const likes = frame.kind === 'digest' ? frame.liked : frame.kind === 'like' && frame.event.type === 'liked' ? 1 : 0;
    const delays = this.#delays([frame], at);
    this.#comparison.recordPush(at, { likes, delays, bytes });
    if (this.#comparison.isPaused) return;
    if (frame.kind === 'hello') return this.#reportDelays.clear(); // perhaps of another log
    this.#comparison.recordReport(at, this.#reportDelays.pushed({ position: frame.position, likes, logged: delays[0]?.logged ?? null }));
  }

  /** @param {Frame[]} frames @param {number} at */
  #delays(frames, at) {
    return frames.flatMap((frame) => {
      if (frame.kind !== 'like') return [];
      const logged = this.#skew.local(Date.parse(frame.loggedAt));
      return [{ logged, late: Math.max(0, at - logged) }];
    });
  }

  /** Starts again with empty figures. */
  #begin() {
    this.#stop();
    this.#comparison = new Comparison(Date.now());
    this.#reportDelays.clear();
    this.#problem = '';
    this.#pauseOrResume();
    if (this.#position !== null && !this.#comparison.isPaused) this.#schedule(this.#round);
    this.#draw();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#round++;
  }

  /** Leaves a gap in the measurement while the page is hidden, and while the visitor has closed the live stream. */
  #pauseOrResume() {
    const mustPause = document.hidden || this.#connection === 'offline';
    if (mustPause === this.#comparison.isPaused) return;
    this.#stop();
    if (mustPause) {
      this.#comparison.pause(Date.now());
      this.#reportDelays.clear();
    }
    if (!mustPause && this.#position === null) return this.#comparison.resume(Date.now());
    if (!mustPause) this.#catchUp(this.#round);
    else if (!document.hidden && this.#position !== null) this.#schedule(this.#round); // the polling screen is another one, and stays online
  }

  /** Polls the likes of the gap without counting them, and then continues the measurement. @param {number} round */
  async #catchUp(round) {
    await this.#poll(round).catch(() => {}); // the next poll reports a failure
    if (round !== this.#round) return;
    this.#comparison.resume(Date.now());
    this.#schedule(round);
  }

  /** Schedules the next poll by the clock, independently of the duration of the last response. @param {number} round @param {number} [last] */
  #schedule(round, last = Date.now()) {
    this.#due = Math.max(Date.now(), last + this.#seconds * 1_000);
    const due = this.#due;
    this.#timer = setTimeout(async () => {
      try {
        await this.#poll(round);
        if (round === this.#round) this.#problem = '';
      } catch (e) {
        if (round === this.#round) this.#problem = `A poll failed: ${/** @type {Error} */ (e).message}.`;
      }
      if (round === this.#round) this.#schedule(round, due);
    }, due - Date.now());
  }

  /** @param {number} round */
  async #poll(round) {
    for (let answers = 0, more = true; more && round === this.#round; answers++) {
      const { body, bytes } = await this.#session.ask('the gateway', this.#urls.likes(this.#author, this.#position));
      if (round !== this.#round) return;
      const at = Date.now();
      const frames = /** @type {Frame[]} */ (body.frames).filter((frame) => frame.kind === 'like');
      const likes = frames.filter((frame) => frame.kind === 'like' && frame.event.type === 'liked').length;
      this.#comparison.recordPoll(at, { likes, delays: this.#delays(frames, at), bytes }, answers > 0);
      this.#position = body.position;
      more = body.more;
      this.#bus.emit('polled', { eventIds: frames.flatMap((frame) => (frame.kind === 'like' ? [frame.event.id] : [])) });
    }
  }

  #draw() {
    if (document.hidden) return;
    const now = Date.now();
    const figures = this.#comparison.figures(now);
    const polling = { every: this.#seconds, nextPollMs: this.#due - now, connected: this.#connection === 'live' };
    const waiting = this.#position === null ? 'Polling starts when the live stream is connected.' : verdict(figures, polling);
    show(target(this.#root, 'verdict'), this.#connection === 'offline' ? 'Measuring pauses while you are offline.' : waiting);
    show(target(this.#root, 'since'), timeOfDay(figures.since));
    show(target(this.#root, 'over'), duration(figures.over));
    this.#fill([tableColumn(figures.push), tableColumn(figures.poll), tableColumn(figures.report)]);
    show(target(this.#root, 'notes'), [this.#problem, this.#skew.warning, NOTE].filter(Boolean).join(' '));
    this.#drawPlot(this.#comparison.points(now), figures.since, now);
  }

  /** @param {string[][]} columns */
  #fill(columns) {
    const rows = target(this.#root, 'figures').children;
    columns.forEach((texts, i) => texts.forEach((text, row) => show(rows[row].children[i + 1], text)));
  }
}
