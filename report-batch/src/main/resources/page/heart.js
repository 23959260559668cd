// Follows a like of the visitor from the click to Kafka, to push, to a poll and into the report.

import { Refusal } from './ask.js';
import { $, element, show } from './dom.js';
import { duration } from './words.js';

const LIKER = 'bob';
const POSTS = 12;
const WAIT_SECONDS = 30;
const AGAIN_MS = 3_000;
const STEPS = ['kafka', 'push', 'poll', 'report'];

export class Heart {
  #producerUrl;
  #access;
  #clock;
  #author;
  #click = null; // the last click; `early` has the events that arrived before the producer's response

  /**
   * @param {string} producerUrl
   * @param {import('./access.js').Access} access
   * @param {import('./clock.js').Clock} clock
   */
  constructor(producerUrl, access, clock) {
    this.#producerUrl = producerUrl;
    this.#access = access;
    this.#clock = clock;
    $('like').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#like($('post').value);
    });
    setInterval(() => this.#draw(), 100);
  }

  follow(author) {
    this.#author = author;
    this.#click?.abort.abort();
    this.#click = null;
    document.querySelectorAll('.author').forEach((name) => (name.textContent = author));
    $('post').replaceChildren(element('option', {}, 'p-1'));
    show('like-state', 'Each step says how long after your click it was.');
    this.#draw();
  }

  /** Adds posts to the list, unless it has them already. */
  offer(postIds) {
    const known = new Set([...$('post').options].map((option) => option.value));
    for (const postId of postIds) {
      if (known.size >= POSTS || known.has(postId)) continue;
      known.add(postId);
      $('post').append(element('option', {}, postId));
    }
  }

  /** Records that an event arrived by `push` or by `poll`. `logged` is the time by the broker's clock; null if it is unknown. */
  told(way, eventId, logged = null) {
    const click = this.#click;
    if (!click) return;
    if (!click.eventId) return click.early.push([way, eventId, Date.now(), logged]);
    if (eventId === click.eventId) this.#reach(click, way, Date.now(), logged);
  }

  #reach(click, step, at, logged = null) {
    click.reached[step] ??= at - click.at;
    if (logged !== null) this.#clock.sent(click.at, logged);
    this.#draw();
  }

  async #like(postId) {
    this.#click?.abort.abort();
    // if it is unknown whether the last like was accepted, sends the same like again
    const again = this.#click?.unknown && this.#click.postId === postId ? this.#click : null;
    const click = {
      postId,
      key: again?.key ?? random(),
      time: again?.time ?? new Date().toISOString(),
      at: Date.now(),
      reached: {},
      early: [],
      abort: new AbortController(),
    };
    this.#click = click;
    show('like-state', 'on its way');
    try {
      const { body } = await this.#access.ask('the event producer', new URL('/v1/likes', this.#producerUrl), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': click.key },
        body: JSON.stringify({ postId, authorId: this.#author, likerId: LIKER, at: click.time }),
        signal: click.abort.signal,
      });
      click.eventId = body.eventId;
      this.#reach(click, 'kafka', Date.now());
      click.early.filter(([, id]) => id === body.eventId).forEach(([way, , at, logged]) => this.#reach(click, way, at, logged));
      show('like-state', 'The report has it after the next run: within seconds in the quickstart, or by “Run now”.');
      await this.#report(click, body.position);
    } catch (e) {
      if (click.abort.signal.aborted) return;
      click.unknown = !(e instanceof Refusal) || e.status >= 500;
      const unknown = `${e.message}. Whether it was taken is not known: like again, and it is the same like.`;
      show('like-state', click.unknown ? unknown : `Not taken: ${e.message}`);
      click.failed = true;
    }
    this.#draw();
  }

  /** Reads the report as soon as it includes the like (read your writes). */
  async #report(click, position) {
    const report = `v1/authors/${encodeURIComponent(this.#author)}/reports/current?atLeast=${position}&wait=${WAIT_SECONDS}`;
    while (click.reached.report === undefined) {
      const asked = Date.now();
      try {
        await this.#access.ask('report-batch', report, { within: (WAIT_SECONDS + 15) * 1_000, signal: click.abort.signal });
        this.#reach(click, 'report', Date.now());
        show('like-state', 'Everybody has been told. Like it again: push tells of it once more, the report does not count it twice.');
      } catch (e) {
        if (click.abort.signal.aborted) throw e;
        if (!(e instanceof Refusal && e.status === 412)) show('like-state', `${e.message}; asking again`);
        if (e instanceof Refusal && e.status < 500 && e.status !== 412 && e.status !== 429) throw e;
        if (Date.now() - asked < AGAIN_MS) await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
  }

  #draw() {
    const click = this.#click;
    for (const step of STEPS) {
      const item = $(`step-${step}`);
      const after = click?.reached[step];
      const state = !click ? 'idle' : after !== undefined ? 'done' : click.failed ? 'failed' : 'waiting';
      item.dataset.state = state;
      const elapsed = click && duration(Math.max(0, Date.now() - click.at));
      const text = { idle: '–', failed: 'no', done: `after ${duration(after ?? 0)}`, waiting: elapsed }[state];
      if (item.lastElementChild.textContent !== text) item.lastElementChild.textContent = text;
    }
  }
}

/** Returns a random id. It also works without HTTPS, where browsers lack `crypto.randomUUID`. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
