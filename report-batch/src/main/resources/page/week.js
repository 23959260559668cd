// Pull: an author's week after the last run, the weeks before it, and the age of the figures.

import { $, element, show } from './dom.js';
import { age, many, number, returning } from './words.js';

const REPORT_EVERY_MS = 5_000;
const WEEKS = 12;
const DAY = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

export class Week {
  #access;
  #onReport;
  #author;
  #from = null; // the week before the first week in the picker
  #weeks = []; // the last twelve weeks and the week before them, oldest first
  #chosen = null; // the chosen week; null for the latest
  #trouble = null;
  #timer;

  /**
   * @param {import('./access.js').Access} access
   * @param {(report: object) => void} onReport called with the report of the latest week, even if another week is shown
   */
  constructor(access, onReport) {
    this.#access = access;
    this.#onReport = onReport;
    $('csv').addEventListener('click', (event) => this.#download(event));
    document.addEventListener('visibilitychange', () => document.hidden || this.load());
    setInterval(() => this.#state(), 1_000);
  }

  follow(author) {
    this.#author = author;
    this.#from = this.#chosen = null;
    this.#weeks = [];
    const reports = `v1/authors/${encodeURIComponent(author)}/reports`;
    $('csv').href = `${reports}?format=csv`;
    $('as-json').href = `${reports}/current`;
    show('week-state', 'asking');
    show('week-age', '');
    this.load();
  }

  /** Loads the weeks now, and at an interval from then on while the page is visible. */
  async load() {
    clearTimeout(this.#timer);
    const author = this.#author;
    try {
      const { body } = await this.#access.ask('report-batch', this.#url(author));
      if (author !== this.#author) return;
      const first = this.#from === null;
      this.#take(body);
      if (first) return this.load(); // loads again, with the week before the oldest one
    } catch (e) {
      if (author !== this.#author) return;
      this.#trouble = this.#weeks.length ? `${e.message}; the figures are the last it gave,` : e.message;
      this.#state();
    }
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.load(), REPORT_EVERY_MS);
  }

  #take(body) {
    const kept = this.#weeks;
    try {
      const first = this.#from === null;
      this.#weeks = body.items.slice(-WEEKS - 1);
      this.#draw();
      this.#from = first ? body.items[0].previous.week : this.#weeks[0].week;
      this.#trouble = null;
      this.#state();
    } catch (e) {
      console.error(e);
      this.#weeks = kept;
      if (kept.length) this.#draw();
      throw new Error('report-batch answered with what is no report');
    }
    this.#onReport(this.#weeks.at(-1));
  }

  #url(author) {
    return `v1/authors/${encodeURIComponent(author)}/reports${this.#from ? `?from=${this.#from}` : ''}`;
  }

  #shown() {
    const chosen = this.#weeks.findIndex(({ week }) => week === this.#chosen);
    return chosen < 0 ? this.#weeks.length - 1 : chosen;
  }

  #draw() {
    const i = this.#shown();
    const report = this.#weeks[i];
    show('week-likes', number(report.likes));
    show('week-likers', number(report.likers));
    show('week-returning', `, ${returning(report.likersReturning)}`);
    show('week-name', i === this.#weeks.length - 1 ? 'This week' : report.week);
    show('week-chosen', `${report.week}, ${DATE.format(new Date(report.from))} to ${DATE.format(new Date(report.to))}`);
    this.#drawWeeks(report.week);
    this.#drawDays(report, this.#weeks[i - 1]);
    const posts = report.topPosts.map((post) => element('li', {}, element('span', {}, post.postId), element('span', {}, number(post.likes))));
    $('posts').replaceChildren(...(posts.length ? posts : [element('li', {}, 'none yet')]));
  }

  #state() {
    $('week').dataset.state = this.#trouble ? 'down' : 'live';
    const report = this.#weeks[this.#shown()];
    if (report) show('week-age', report.asOf ? age(Date.parse(report.asOf), Date.now()) : 'no run yet');
    if (this.#trouble) return show('week-state', this.#trouble);
    if (!report) return;
    const precision = report.precision.exact ? '' : `, to within ${(report.precision.relativeError * 100).toFixed(1)} %`;
    show('week-state', `${report.week}, ${report.status}, revision ${report.revision}${precision},`);
  }

  /** Draws the picker, which has a bar for each week. */
  #drawWeeks(shown) {
    const weeks = this.#weeks.slice(-WEEKS);
    const most = Math.max(1, ...weeks.map(({ likes }) => likes));
    const place = $('week-bars');
    if (place.children.length !== weeks.length) place.replaceChildren(...weeks.map(() => this.#weekBar()));
    weeks.forEach(({ week, likes }, i) => {
      const [input, bar, name] = place.children[i].children;
      input.value = week;
      input.checked = week === shown;
      bar.style.height = `${(likes / most) * 100}%`;
      name.textContent = `${week}: ${many(likes, 'like')}`;
      place.children[i].title = name.textContent;
    });
  }

  #weekBar() {
    const input = element('input', { type: 'radio', name: 'week' });
    input.addEventListener('change', () => {
      this.#chosen = input.value === this.#weeks.at(-1).week ? null : input.value;
      this.#draw();
      this.#state();
    });
    return element('label', {}, input, element('i'), element('span', { class: 'unseen' }));
  }

  #drawDays({ byDay }, before) {
    const most = Math.max(1, ...byDay.map(({ likes }) => likes), ...(before?.byDay.map(({ likes }) => likes) ?? []));
    const bar = (likes, kind) => {
      const drawn = element('i', { class: kind });
      drawn.style.height = `${(likes / most) * 100}%`;
      return drawn;
    };
    $('days').replaceChildren(...byDay.map(({ date, likes }, day) => {
      const past = before?.byDay[day].likes ?? 0;
      const bars = element('span', { class: 'bars', 'aria-hidden': true }, bar(past, 'before'), bar(likes, 'pull'));
      const than = before ? element('span', { class: 'unseen' }, ` likes, ${number(past)} the week before, `) : '';
      return element('li', {}, element('b', {}, number(likes)), than, bars, DAY.format(new Date(date)));
    }));
  }

  /** Downloads the file by a script, because a link cannot send a token. */
  async #download(event) {
    if (!this.#access.token) return;
    event.preventDefault();
    const { href } = $('csv');
    try {
      const answer = await fetch(href, { headers: { Authorization: `Bearer ${this.#access.token}` } });
      if (!answer.ok) throw new Error(`report-batch answered ${answer.status}`);
      const url = URL.createObjectURL(await answer.blob());
      element('a', { href: url, download: `${this.#author}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (e) {
      show('run-state', `There is no CSV: ${e.message}`);
    }
  }
}
