// The figures of the last weeks: of the last run, and for this week of the live report, if the visitor wants it.

import { includes } from './position.js';
import { ago, utcTime } from './words.js';

/** @typedef {import('./bus.js').Report} Report */

export class WeekFigures {
  /** @type {Report[]} */
  stored = []; // the reports of the last run, oldest first
  /** @type {import('./bus.js').Events['liveReport']} */
  live = { report: null, at: 0, why: '', measured: false };
  wantsLive = true; // the visitor's choice

  /** The reports to show, oldest first. While the live report is interrupted, a later run has newer figures. */
  get weeks() {
    const { report, why } = this.live;
    const last = this.stored.at(-1);
    if (!this.wantsLive || !report || report.week !== last?.week) return this.stored;
    return why && includes(last.through, report.through ?? '') ? this.stored : [...this.stored.slice(0, -1), report];
  }

  /** Whether the figures of this week are those of now. */
  get isLive() {
    return this.live.why === '' && this.weeks.at(-1) === this.live.report;
  }

  /** Returns why the figures of this week are not those of now; an empty text for another week. @param {Report} report a shown one */
  staleness(report) {
    const { report: live, at, why } = this.live;
    if (!this.wantsLive || !why || report !== this.weeks.at(-1)) return '';
    return `Figures as of ${report === live ? utcTime(at) : 'the last run'}, because ${why}`;
  }

  /** Returns the age of a week's figures; an empty text if `staleness` has the time. @param {Report} report @param {number} now */
  age(report, now) {
    if (report === this.live.report) return this.live.why ? '' : 'live';
    return report.asOf === null ? 'before the first run' : `updated ${ago(Date.parse(report.asOf), now)}`;
  }
}
