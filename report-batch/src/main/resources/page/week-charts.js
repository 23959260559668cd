// The bars of a report: a bar for each week, which is also the picker, and two bars for each day.

import { element } from './dom.js';
import { many, number } from './words.js';

const WEEKS = 12;
const DAYS = 7;
const DAY = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

/** @typedef {import('./bus.js').Report} Report */

/** @param {HTMLElement} bar @param {number} likes @param {number} max */
function setHeight(bar, likes, max) {
  bar.style.height = `${(likes / max) * 100}%`;
}

/** A bar for each week. A week is a radio button. */
export class WeekPicker {
  #root;
  #onChoice;

  /** @param {HTMLElement} root @param {(week: string) => void} onChoice */
  constructor(root, onChoice) {
    this.#root = root;
    this.#onChoice = onChoice;
    this.clear();
  }

  clear() {
    this.#root.replaceChildren(...Array.from({ length: WEEKS }, () => element('label', { class: 'empty' })));
  }

  /** @param {Report[]} weeks oldest first @param {string} chosen */
  draw(weeks, chosen) {
    const max = Math.max(1, ...weeks.map(({ likes }) => likes));
    const isDrawn = this.#root.children.length === weeks.length && this.#root.querySelector('input') !== null;
    if (!isDrawn) this.#root.replaceChildren(...weeks.map(() => this.#bar()));
    weeks.forEach(({ week, likes }, i) => {
      const label = /** @type {HTMLElement} */ (this.#root.children[i]);
      const [input, bar, name] = label.children;
      Object.assign(input, { value: week, checked: week === chosen });
      setHeight(/** @type {HTMLElement} */ (bar), likes, max);
      name.textContent = `${week}: ${many(likes, 'like')}`;
      label.title = name.textContent;
    });
  }

  #bar() {
    const input = /** @type {HTMLInputElement} */ (element('input', { type: 'radio', name: 'week' }));
    input.addEventListener('change', () => this.#onChoice(input.value));
    return element('label', {}, input, element('i'), element('span', { class: 'unseen' }));
  }
}

/** The days of a week, each with the same day of the week before. */
export class DayBars {
  #root;
  #drawn = '';

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.clear();
  }

  clear() {
    this.#drawn = '';
    this.#root.replaceChildren(...Array.from({ length: DAYS }, () => element('li', {}, element('b', {}, '\u00a0'), element('span', { class: 'bars' }), ' ')));
  }

  /**
   * @param {Report} report
   * @param {Report | undefined} before the week before
   * @param {number} now in ms since the epoch
   */
  draw({ byDay, zone }, before, now) {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now); // such as 2026-11-27
    const days = byDay.map(({ date, likes }, i) => ({ date, likes, past: before ? before.byDay[i].likes : null, isFuture: date > today, isToday: date === today }));
    const drawn = JSON.stringify(days);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const max = Math.max(1, ...days.flatMap(({ likes, past }) => [likes, past ?? 0]));
    this.#root.replaceChildren(...days.map((day) => this.#day(day, max)));
  }

  /**
   * @param {{date: string, likes: number, past: number | null, isFuture: boolean, isToday: boolean}} day
   * @param {number} max
   */
  #day({ date, likes, past, isFuture, isToday }, max) {
    const bar = (/** @type {string} */ kind, /** @type {number} */ count) => {
      const drawn = element('i', { class: kind });
      setHeight(drawn, count, max);
      return drawn;
    };
    const bars = element('span', { class: 'bars', 'aria-hidden': true }, bar('before', past ?? 0), ...(isFuture ? [] : [bar('pull', likes)]));
    const than = past === null ? '' : `, ${number(past)} the week before`;
    const heard = element('span', { class: 'unseen' }, `${isFuture ? 'still to come' : ` ${likes === 1 ? 'like' : 'likes'}`}${than}, `);
    const name = DAY.format(new Date(date));
    const item = element('li', isToday ? { class: 'today', 'aria-current': 'date' } : {}, element('b', {}, isFuture ? '\u00a0' : number(likes)), heard, bars, name);
    if (isToday) item.append(element('span', { class: 'unseen' }, ', today'));
    return item;
  }
}
