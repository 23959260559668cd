// An author's week, live or after the last run, the weeks before it, and the age of the figures.

import { element, show, target } from './dom.js';
import { number, returningFans, weekName, weekState } from './words.js';
import { DayBars, WeekPicker } from './week-charts.js';
import { WeekFigures } from './week-figures.js';

const LOAD_MS = { live: 30_000, lastRun: 5_000 };
const WEEKS = 12;
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** @typedef {import('./bus.js').Report} Report */

export class WeekPanel {
  #root;
  #bus;
  #session;
  #urls;
  #picker;
  #days;
  #author = '';
  /** @type {string | null} */
  #from = null; // the week before the first week in the picker
  #figures = new WeekFigures(); // of the last twelve weeks and the week before them
  /** @type {string | null} */
  #chosen = null; // the chosen week; null for the latest
  #problem = '';
  #drawnPosts = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

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
    this.#urls = urls;
    this.#days = new DayBars(this.#target('days'));
    this.#picker = new WeekPicker(this.#target('weeks'), (week) => {
      this.#chosen = week === this.#figures.weeks.at(-1)?.week ? null : week;
      this.#draw();
    });
    const choice = target(root, 'figures', HTMLSelectElement);
    choice.disabled = false;
    const choose = () => (this.#figures.wantsLive = choice.value === 'live');
    choice.addEventListener('change', () => {
      choose();
      if (this.#figures.stored.length) this.#draw();
      this.#load();
    });
    choose(); // browsers restore the choice after a reload
    for (const [name, format] of [['csv', 'csv'], ['json', 'json']]) {
      this.#target(name).addEventListener('click', (event) => this.#download(event, format));
    }
    document.addEventListener('visibilitychange', () => document.hidden || this.#load());
    bus.on('author', ({ author }) => this.#follow(author));
    bus.on('liveReport', (live) => this.#onLiveReport(live));
    bus.on('ran', () => this.#load());
    bus.on('tick', () => this.#drawState());
  }

  /** @param {string} name */
  #target(name) {
    return target(this.#root, name);
  }

  /** Starts with another author. No figure of the last author stays. @param {string} author */
  #follow(author) {
    this.#author = author;
    this.#from = this.#chosen = null;
    this.#figures.stored = [];
    this.#problem = this.#drawnPosts = '';
    this.#root.dataset.state = 'loading';
    this.#picker.clear();
    this.#days.clear();
    show(this.#target('name'), 'This week');
    show(this.#target('likes'), '–');
    show(this.#target('likes-noun'), 'likes');
    show(this.#target('likers'), '– people');
    show(this.#target('dates'), '');
    this.#drawReturning(null, 0);
    this.#target('posts').replaceChildren();
    this.#target('csv').setAttribute('href', this.#urls.reports(author, { format: 'csv' }));
    this.#target('json').setAttribute('href', this.#urls.currentReport(author));
    this.#drawState();
    this.#load();
  }

  /**
   * Loads the weeks of the last run now, and at an interval from then on while the page is visible.
   *
   * @returns {Promise<void>}
   */
  async #load() {
    clearTimeout(this.#timer);
    const author = this.#author;
    try {
      const { body } = await this.#session.ask('report-batch', this.#urls.reports(author, this.#from === null ? {} : { from: this.#from }));
      if (author !== this.#author) return;
      const isFirst = this.#from === null;
      this.#take(body);
      if (isFirst) return this.#load(); // loads again, with the week before the oldest one
    } catch (e) {
      if (author !== this.#author) return;
      const kept = this.#figures.stored.length ? '. The figures are the last ones it sent' : '';
      this.#problem = `${/** @type {Error} */ (e).message}${kept}`;
      this.#drawState();
    }
    clearTimeout(this.#timer);
    const pause = this.#figures.isLive ? LOAD_MS.live : LOAD_MS.lastRun;
    if (!document.hidden) this.#timer = setTimeout(() => this.#load(), pause);
  }

  /** @param {{items: Report[]}} body */
  #take(body) {
    const figures = this.#figures;
    const kept = figures.stored;
    try {
      const isFirst = this.#from === null;
      figures.stored = body.items.slice(-WEEKS - 1);
      this.#problem = '';
      this.#draw();
      this.#from = isFirst ? body.items[0].previous.week : figures.stored[0].week;
    } catch (e) {
      console.error(e);
      figures.stored = kept;
      if (kept.length) this.#draw();
      throw new Error('report-batch did not answer with a report');
    }
    this.#bus.emit('report', { report: figures.stored[figures.stored.length - 1] });
  }

  /** @param {import('./bus.js').Events['liveReport']} live */
  #onLiveReport(live) {
    const figures = this.#figures;
    const wasLive = figures.isLive;
    figures.live = live;
    if (!figures.stored.length) return;
    this.#draw();
    const isOtherWeek = live.report !== null && live.report.week > figures.stored[figures.stored.length - 1].week;
    if (!document.hidden && (isOtherWeek || (wasLive && !figures.isLive))) this.#load();
  }

  /** @param {Report[]} weeks */
  #shown(weeks) {
    const chosen = weeks.findIndex(({ week }) => week === this.#chosen);
    return chosen < 0 ? weeks.length - 1 : chosen;
  }

  #draw() {
    try {
      this.#drawReport();
    } catch (e) {
      const { live } = this.#figures;
      if (live.report === null) throw e;
      console.error(e);
      this.#figures.live = { ...live, report: null, why: 'the live report cannot be read' };
      this.#drawReport();
    }
  }

  #drawReport() {
    const { weeks } = this.#figures;
    const i = this.#shown(weeks);
    const report = weeks[i];
    show(this.#target('name'), i === weeks.length - 1 ? 'This week' : weekName(report.week));
    show(this.#target('likes'), number(report.likes));
    show(this.#target('likes-noun'), report.likes === 1 ? 'like' : 'likes');
    show(this.#target('likers'), `${number(report.likers)} ${report.likers === 1 ? 'person' : 'people'}`);
    show(this.#target('dates'), `${DATE.format(new Date(report.from))} to ${DATE.format(new Date(report.to))} (${report.zone})`);
    this.#drawReturning(report.likersReturning, report.likers);
    this.#picker.draw(weeks.slice(-WEEKS), report.week);
    this.#days.draw(report, weeks[i - 1], Date.now());
    this.#drawPosts(report.topPosts);
    this.#drawState();
    this.#bus.emit('figures', { report: weeks[weeks.length - 1] });
  }

  /** @param {number | null} returning @param {number} likers */
  #drawReturning(returning, likers) {
    show(this.#target('returning'), likers ? returningFans(returning, likers) : '');
    const share = this.#target('returning-share');
    share.hidden = !returning || !likers;
    target(share, 'returning-bar').style.width = `${returning && likers ? (returning / likers) * 100 : 0}%`;
  }

  /** @param {Report['topPosts']} posts */
  #drawPosts(posts) {
    const drawn = JSON.stringify(posts);
    if (drawn === this.#drawnPosts) return;
    this.#drawnPosts = drawn;
    const items = posts.map(({ postId, likes }) => element('li', {}, element('span', {}, postId), element('span', {}, number(likes))));
    this.#target('posts').replaceChildren(...(items.length ? items : [element('li', {}, 'No post has a like yet.')]));
  }

  #drawState() {
    const figures = this.#figures;
    const { weeks } = figures;
    const report = weeks[this.#shown(weeks)];
    const age = report ? figures.age(report, Date.now()) : '';
    const staleness = report ? figures.staleness(report) : '';
    const problem = report && report === figures.live.report ? '' : this.#problem;
    this.#root.dataset.state = problem || staleness ? 'down' : report ? 'live' : 'loading';
    show(this.#target('age'), age && ` · ${age}`);
    const state = report ? weekState(report) : 'Loading the report';
    show(this.#target('state'), problem || (staleness ? `${state}. ${staleness}` : state));
  }

  /** @param {Event} event @param {string} format */
  async #download(event, format) {
    if (!this.#session.token) return; // the link does it
    event.preventDefault();
    const url = /** @type {HTMLAnchorElement} */ (this.#target(format)).href;
    try {
      await this.#session.download(url, `${this.#author}.${format}`);
      show(this.#target('download-state'), '');
    } catch (e) {
      show(this.#target('download-state'), `The file cannot be downloaded: ${/** @type {Error} */ (e).message}.`);
    }
  }
}
