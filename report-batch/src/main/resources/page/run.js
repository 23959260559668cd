// Starts a run of the batch, and shows its progress.

import { wait } from './ask.js';
import { onClick, setBusy, show, target } from './dom.js';
import { duration, many, number } from './words.js';

const LOOK_MS = 250;
const SCOPE = 'reports:run';

/**
 * @typedef {{status: string, startedAt: string | null, recordsDone: number | null, recordsTotal: number | null,
 *   recordsPerSecond: number | null, etaSeconds: number | null, error: string | null}} RunProgress
 */

export class RunPanel {
  #bus;
  #session;
  #urls;
  #button;
  #bar;
  #progress;
  #state;
  #hasFailed = false;

  /**
   * @param {HTMLElement} root
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   * @param {import('./urls.js').Urls} urls
   */
  constructor(root, bus, session, urls) {
    this.#bus = bus;
    this.#session = session;
    this.#urls = urls;
    this.#button = target(root, 'run', HTMLButtonElement);
    this.#bar = target(root, 'run-bar', HTMLProgressElement);
    this.#progress = target(root, 'run-progress');
    this.#state = target(root, 'run-state');
    onClick(this.#button, () => this.#start());
    bus.on('author', () => this.#permit());
    bus.on('report', () => {
      if (this.#hasFailed) show(this.#state, ''); // the service answers again
      this.#hasFailed = false;
    });
  }

  #permit() {
    const permitted = this.#session.permits(SCOPE);
    setBusy(this.#button, !permitted);
    show(this.#state, permitted ? '' : `This token cannot start a run: it lacks ${SCOPE}.`);
  }

  async #start() {
    const begun = Date.now();
    setBusy(this.#button, true);
    show(this.#state, 'Asking for a run');
    try {
      const { body } = await this.#session.ask('report-batch', this.#urls.runs(), { method: 'POST' });
      /** @type {RunProgress} */
      let run;
      do {
        await wait(LOOK_MS);
        run = (await this.#session.ask('report-batch', this.#urls.runs(body.id))).body;
        this.#draw(run);
      } while (run.status === 'running');
      show(this.#state, resultSentence(run, Date.now() - begun));
      this.#bus.emit('ran', {});
    } catch (e) {
      this.#hasFailed = true;
      show(this.#state, `No run: ${/** @type {Error} */ (e).message}.`);
    }
    this.#bar.hidden = true;
    show(this.#progress, '');
    setBusy(this.#button, false);
  }

  /** @param {RunProgress} run */
  #draw({ startedAt, recordsDone, recordsTotal, recordsPerSecond, etaSeconds }) {
    this.#bar.hidden = false;
    if (!recordsTotal) {
      this.#bar.removeAttribute('value'); // the progress is unknown
      if (startedAt === null) show(this.#progress, 'Waiting for the run before it');
      return;
    }
    this.#bar.max = recordsTotal;
    this.#bar.value = recordsDone ?? 0;
    const left = etaSeconds ? `, ${duration(etaSeconds * 1_000)} left` : '';
    show(this.#progress, `${number(recordsDone ?? 0)} of ${many(recordsTotal, 'record')}, ${number(recordsPerSecond ?? 0)} a second${left}`);
  }
}

/** @param {RunProgress} run @param {number} ms */
function resultSentence({ status, recordsDone, error }, ms) {
  if (status === 'failed') return `The run failed: ${error}`;
  return `The run is done: ${many(recordsDone ?? 0, 'like')} counted in ${duration(ms)}.`;
}
