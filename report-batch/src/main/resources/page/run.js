// Starts a run of the batch, and shows its progress.

import { $, show } from './dom.js';
import { duration, many, number } from './words.js';

const LOOK_MS = 250;

export class Run {
  #access;
  #onDone;

  /**
   * @param {import('./access.js').Access} access
   * @param {() => void} onDone called when the run has ended
   */
  constructor(access, onDone) {
    this.#access = access;
    this.#onDone = onDone;
    $('run').addEventListener('click', () => this.#start());
  }

  async #start() {
    const begun = Date.now();
    $('run').disabled = true;
    this.#progress({ recordsDone: null, recordsTotal: null });
    show('run-state', 'asking for a run');
    try {
      const asked = await this.#access.ask('report-batch', 'v1/runs', { method: 'POST' });
      let run;
      do {
        await new Promise((done) => setTimeout(done, LOOK_MS));
        run = (await this.#access.ask('report-batch', `v1/runs/${encodeURIComponent(asked.body.id)}`)).body;
        this.#progress(run);
      } while (run.status === 'running');
      show('run-state', said(run, Date.now() - begun));
      this.#onDone();
    } catch (e) {
      show('run-state', `No run: ${e.message}`);
    }
    $('run-progress').hidden = true;
    show('run-told', '');
    $('run').disabled = false;
  }

  #progress({ startedAt, recordsDone, recordsTotal, recordsPerSecond, etaSeconds }) {
    const bar = $('run-progress');
    bar.hidden = false;
    if (!recordsTotal) {
      bar.removeAttribute('value'); // the progress is unknown
      if (startedAt === null) show('run-told', 'waiting for the run before it');
      return;
    }
    bar.max = recordsTotal;
    bar.value = recordsDone ?? 0;
    const left = etaSeconds ? `, ${duration(etaSeconds * 1_000)} left` : '';
    show('run-told', `${number(recordsDone ?? 0)} of ${many(recordsTotal, 'record')}, ${number(recordsPerSecond ?? 0)} a second${left}`);
  }
}

function said({ status, recordsDone, error }, ms) {
  if (status === 'failed') return `The run failed: ${error}`;
  return `The run is done: ${many(recordsDone ?? 0, 'record')} folded in ${duration(ms)}.`;
}
