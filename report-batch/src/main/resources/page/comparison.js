// The costs and results of push, polling and the live report in the last minutes, as sums.

export const WINDOW_MS = 5 * 60_000;

/**
 * The bytes of a poll over HTTP/1.1 that a script cannot see: the request, and the head of the response. Chromium and the gateway
 * send this many without a token; `PageIT` checks the number. The heads of WebSocket frames, 2 to 4 bytes, are not counted.
 */
export const HEAD_BYTES = 960;

/**
 * @typedef {{likes: number, delays: {logged: number, late: number}[], bytes: number}} Delivery `likes` is the number of likes. `delays` has
 *   the time at which an event was logged, by this device's clock, and its delay; it lacks the events of digests. `bytes` is the
 *   length of the content. Times are in ms
 * @typedef {ReturnType<DeliveryStats['figures']>} Figures
 * @typedef {{at: number, late: number}} Point the time at which likes were logged, and their maximum delay
 */

/** The time that is measured: the time of the clock without the pauses. Times are in ms. */
class MeasuredTime {
  /** @type {{from: number, to: number | null}[]} */
  #pauses = [];

  get isPaused() {
    return this.#pauses.at(-1)?.to === null;
  }

  /** @param {number} now */
  pause(now) {
    if (!this.isPaused) this.#pauses.push({ from: now, to: null });
  }

  /** @param {number} now */
  resume(now) {
    if (this.isPaused) this.#pauses[this.#pauses.length - 1].to = now;
  }

  /** @param {number} at a time of the clock */
  at(at) {
    return this.#pauses.reduce((time, { from, to }) => (at > from ? time - (Math.min(at, to ?? at) - from) : time), at);
  }

  /** @param {number} measured @returns {number} the time of the clock */
  clock(measured) {
    return this.#pauses.reduce((time, { from, to }) => (time > from ? time + ((to ?? from) - from) : time), measured);
  }
}

/** The statistics of one method of delivery. It stores sums for each second, so its memory does not depend on the rate of likes. */
class DeliveryStats {
  #seconds = new Map(); // second of delivery: sums
  /** @type {Map<number, Point>} */
  #latest = new Map(); // second of logging

  /**
   * @param {number} at the measured time of arrival
   * @param {Delivery & {requests?: number, polls?: number, empty?: number}} delivery
   */
  add(at, { likes, delays, bytes, requests = 0, polls = 0, empty = 0 }) {
    const second = Math.floor(at / 1_000);
    const sums = this.#seconds.get(second) ?? { likes: 0, timed: 0, late: 0, max: 0, bytes: 0, requests: 0, polls: 0, empty: 0 };
    this.#seconds.set(second, sums);
    for (const { logged, late } of delays) {
      sums.timed++;
      sums.late += late;
      sums.max = Math.max(sums.max, late);
      const point = this.#latest.get(Math.floor(logged / 1_000));
      if (!point) this.#latest.set(Math.floor(logged / 1_000), { at: logged, late });
      else point.late = Math.max(point.late, late);
    }
    sums.likes += likes;
    sums.bytes += bytes;
    sums.requests += requests;
    sums.polls += polls;
    sums.empty += empty;
  }

  /** @param {number} now the measured time @param {number} over the measured time in which the requests were sent */
  figures(now, over) {
    forget(this.#seconds, now - WINDOW_MS);
    const all = [...this.#seconds.values()];
    const total = (/** @type {string} */ what) => all.reduce((sum, second) => sum + second[what], 0);
    const perMinute = (/** @type {string} */ what) => (over > 0 ? (total(what) * 60_000) / over : 0);
    const timed = total('timed');
    return {
      likes: total('likes'),
      average: timed ? total('late') / timed : null,
      max: timed ? Math.max(...all.map((second) => second.max)) : null,
      requests: total('requests'),
      polls: total('polls'),
      empty: total('empty'),
      requestsPerMinute: perMinute('requests'),
      pollsPerMinute: perMinute('polls'),
      emptyPerMinute: perMinute('empty'),
      bytesPerMinute: perMinute('bytes'),
    };
  }

  /** Returns a point for each second in which a like was logged. @param {number} from a time of the clock */
  points(from) {
    forget(this.#latest, from);
    return [...this.#latest.values()];
  }
}

/** @param {Map<number, any>} seconds @param {number} from */
function forget(seconds, from) {
  for (const second of seconds.keys()) if (second * 1_000 < from) seconds.delete(second);
}

/** A comparison of the same likes, pushed, polled and in the live report, since its start or within the window, whichever is shorter. */
export class Comparison {
  #push = new DeliveryStats();
  #poll = new DeliveryStats();
  #report = new DeliveryStats();
  #time = new MeasuredTime();
  #polledAt; // the measured time of the last poll; rates end here, because they would seem to fall between two polls

  /** @param {number} began the start, in ms since the epoch */
  constructor(began) {
    this.began = this.#polledAt = began;
  }

  /** Stops the measurement, and discards what arrives until `resume`. @param {number} now */
  pause(now) {
    this.#time.pause(now);
  }

  /** Continues the measurement after a gap. @param {number} now */
  resume(now) {
    this.#time.resume(now);
  }

  get isPaused() {
    return this.#time.isPaused;
  }

  /** Counts a frame of push. @param {number} at the time of arrival @param {Delivery} delivery */
  recordPush(at, delivery) {
    if (!this.isPaused) this.#push.add(this.#time.at(at), delivery);
  }

  /** Counts a request of push, if the connection consists of long polls. @param {number} at @param {{bytes: number, empty: boolean}} request */
  recordRequest(at, { bytes, empty }) {
    if (!this.isPaused) this.#push.add(this.#time.at(at), { likes: 0, delays: [], bytes: bytes + HEAD_BYTES, requests: 1, empty: empty ? 1 : 0 });
  }

  /**
   * Counts an answer to a poll.
   *
   * @param {number} at
   * @param {Delivery} delivery
   * @param {boolean} [more] whether it is a further answer to the same poll, because the first one was full
   */
  recordPoll(at, delivery, more = false) {
    if (this.isPaused) return;
    this.#polledAt = this.#time.at(at);
    const empty = !more && delivery.delays.length === 0 ? 1 : 0;
    this.#poll.add(this.#polledAt, { ...delivery, bytes: delivery.bytes + HEAD_BYTES, requests: 1, polls: more ? 0 : 1, empty });
  }

  /** Counts likes that the live report includes, and its bytes and requests. @param {number} at @param {Delivery} delivery @param {number} [requests] */
  recordReport(at, delivery, requests = 0) {
    if (!this.isPaused) this.#report.add(this.#time.at(at), { ...delivery, bytes: delivery.bytes + requests * HEAD_BYTES, requests });
  }

  /** @param {number} now */
  figures(now) {
    const measured = this.#time.at(now);
    const since = Math.max(this.began, measured - WINDOW_MS);
    return {
      over: measured - since,
      since: this.#time.clock(since),
      push: this.#push.figures(measured, measured - since),
      poll: this.#poll.figures(measured, this.#polledAt - since),
      report: this.#report.figures(measured, measured - since),
    };
  }

  /** @param {number} now */
  points(now) {
    const { since } = this.figures(now);
    return { push: this.#push.points(since), poll: this.#poll.points(since), report: this.#report.points(since) };
  }
}
