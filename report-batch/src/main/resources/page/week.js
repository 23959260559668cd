// Pull: an author's week after the last run, the weeks before it, and the age of the figures.

import { element, show, target } from './dom.js';
import { ago, number, returningFans, weekName, weekStatus } from './words.js';
import { DayBars, WeekPicker } from './week-charts.js';

const REPORT_EVERY_MS = 5_000;
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
  /** @type {Report[]} */
  #weeks = []; // the last twelve weeks and the week before them, oldest first
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
      this.#chosen = week === this.#weeks.at(-1)?.week ? null : week;
      this.#draw();
    });
    for (const [name, format] of [['csv', 'csv'], ['json', 'json']]) {
      this.#target(name).addEventListener('click', (event) => this.#download(event, format));
    }
    document.addEventListener('visibilitychange', () => document.hidden || this.#load());
    bus.on('author', ({ author }) => this.#follow(author));
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
    this.#weeks = [];
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
   * Loads the weeks now, and at an interval from then on while the page is visible.
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
      const kept = this.#weeks.length ? '. The figures are the last ones it sent' : '';
      this.#problem = `${/** @type {Error} */ (e).message}${kept}`;
      this.#drawState();
    }
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.#load(), REPORT_EVERY_MS);
  }

  /** @param {{items: Report[]}} body */
  #take(body) {
    const kept = this.#weeks;
    try {
      const isFirst = this.#from === null;
      this.#weeks = body.items.slice(-WEEKS - 1);
      this.#problem = '';
      this.#draw();
      this.#from = isFirst ? body.items[0].previous.week : this.#weeks[0].week;
    } catch (e) {
      console.error(e);
      this.#weeks = kept;
      if (kept.length) this.#draw();
      throw new Error('report-batch did not answer with a report');
    }
    this.#bus.emit('report', { report: this.#weeks[this.#weeks.length - 1] });
  }

  #shown() {
    const chosen = this.#weeks.findIndex(({ week }) => week === this.#chosen);
    return chosen < 0 ? this.#weeks.length - 1 : chosen;
  }

  #draw() {
    const i = this.#shown();
    const report = this.#weeks[i];
    show(this.#target('name'), i === this.#weeks.length - 1 ? 'This week' : weekName(report.week));
    show(this.#target('likes'), number(report.likes));
    show(this.#target('likes-noun'), report.likes === 1 ? 'like' : 'likes');
    show(this.#target('likers'), `${number(report.likers)} ${report.likers === 1 ? 'person' : 'people'}`);
    show(this.#target('dates'), `${DATE.format(new Date(report.from))} to ${DATE.format(new Date(report.to))} (${report.zone})`);
    this.#drawReturning(report.likersReturning, report.likers);
    this.#picker.draw(this.#weeks.slice(-WEEKS), report.week);
    this.#days.draw(report, this.#weeks[i - 1], Date.now());
    this.#drawPosts(report.topPosts);
    this.#drawState();
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
    const report = this.#weeks[this.#shown()];
    this.#root.dataset.state = this.#problem ? 'down' : report ? 'live' : 'loading';
    show(this.#target('age'), report ? (report.asOf === null ? ' · before the first run' : ` · updated ${ago(Date.parse(report.asOf), Date.now())}`) : '');
    show(this.#target('state'), this.#problem || (report ? describe(report) : 'Loading the report'));
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

/** @param {Report} report */
function describe(report) {
  const { precision } = report;
  return `${weekName(report.week)}, ${weekStatus(report)}${precision.exact ? '' : `, to within ${(precision.relativeError * 100).toFixed(1)} %`}`;
}
