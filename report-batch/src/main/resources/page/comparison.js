// The costs and results of push and polling in the last minutes: sums, and a sentence that describes them.

import { bytes, duration, many, number } from './words.js';

export const WINDOW_MS = 5 * 60_000;

/**
 * The bytes of a poll over HTTP/1.1 that a script cannot see: the request, and the head of the response. Chromium and the gateway
 * send this many without a token; `PageIT` checks the number. The heads of WebSocket frames, 2 to 4 bytes, are not counted.
 */
export const HEAD_BYTES = 960;

/** A method of delivery. It stores sums for each second, so its memory does not depend on the rate of likes. Times are in ms. */
class Way {
  #seconds = new Map(); // second of delivery: sums
  #latest = new Map(); // second of logging: the maximum delay of its likes, in ms

  add(at, { likes, logged, bytes, requests = 0, empty = 0 }) {
    const sums = entry(this.#seconds, at, { likes: 0, timed: 0, late: 0, most: 0, bytes: 0, requests: 0, empty: 0 });
    for (const time of logged) {
      const late = Math.max(0, at - time);
      sums.timed++;
      sums.late += late;
      sums.most = Math.max(sums.most, late);
      const point = entry(this.#latest, time, { at: time, late });
      point.late = Math.max(point.late, late);
    }
    sums.likes += likes;
    sums.bytes += bytes;
    sums.requests += requests;
    sums.empty += empty;
  }

  figures(now, over) {
    forget(this.#seconds, now);
    const total = (what) => [...this.#seconds.values()].reduce((sum, second) => sum + second[what], 0);
    const perMinute = (what) => (over > 0 ? (total(what) * 60_000) / over : 0);
    const timed = total('timed');
    return {
      likes: total('likes'),
      average: timed ? total('late') / timed : null,
      most: timed ? Math.max(...[...this.#seconds.values()].map((second) => second.most)) : null,
      requests: total('requests'),
      requestsPerMinute: perMinute('requests'),
      emptyPerMinute: perMinute('empty'),
      bytesPerMinute: perMinute('bytes'),
    };
  }

  /** Returns a point for each second in which a like was logged: the time, and the maximum delay of its likes, in ms. */
  points(now) {
    forget(this.#latest, now);
    return [...this.#latest.values()];
  }
}

function entry(seconds, time, fresh) {
  const second = Math.floor(time / 1_000);
  if (!seconds.has(second)) seconds.set(second, fresh);
  return seconds.get(second);
}

function forget(seconds, now) {
  for (const second of seconds.keys()) if (second * 1_000 < now - WINDOW_MS) seconds.delete(second);
}

/** A comparison of the same likes, pushed and polled, since its start or within the window, whichever is shorter. */
export class Comparison {
  #push = new Way();
  #poll = new Way();
  #polled; // the time of the last poll; rates end here, because they would seem to fall between two polls

  /** @param {number} began the start, in ms since the epoch */
  constructor(began) {
    this.began = this.#polled = began;
  }

  /**
   * Counts a frame of push.
   *
   * @param {number} at the time of arrival, in ms since the epoch
   * @param {object} told `likes` is their number, and `bytes` is the length of the content. `logged` has the times at which they
   *   were logged, by this device's clock; it lacks the likes of digests
   */
  pushed(at, told) {
    this.#push.add(at, told);
  }

  /** Counts a request of push, if the connection consists of long polls. */
  asked(at, { bytes, empty }) {
    this.#push.add(at, { likes: 0, logged: [], bytes: bytes + HEAD_BYTES, requests: 1, empty: empty ? 1 : 0 });
  }

  /** Counts a poll. */
  polled(at, told) {
    this.#polled = at;
    this.#poll.add(at, { ...told, bytes: told.bytes + HEAD_BYTES, requests: 1, empty: told.likes ? 0 : 1 });
  }

  figures(now) {
    const since = Math.max(this.began, now - WINDOW_MS);
    return { over: now - since, push: this.#push.figures(now, now - since), poll: this.#poll.figures(now, this.#polled - since) };
  }

  points(now) {
    return { push: this.#push.points(now), poll: this.#poll.points(now) };
  }
}

/** Describes the figures, for a reader who has to choose a method. @param {number} every the interval of polls, in seconds */
export function verdict({ push, poll }, every) {
  if (!poll.requests) return `The first poll comes ${every} s after the start.`;
  const cost = `cost ${rate(poll.requestsPerMinute, 'request')} a minute`;
  if (!push.likes && !poll.likes) {
    return `Nobody liked anything. Polling every ${every} s ${cost}, all of them empty. Push had nothing to say, and said nothing.`;
  }
  const empty = `${share(poll.emptyPerMinute, poll.requestsPerMinute)} of them empty`;
  const polled = poll.average === null
    ? `Polling every ${every} s told you of nothing yet`
    : `Polling every ${every} s told you ${duration(poll.average)} late on average`;
  return `${polled} and ${cost}, ${empty}. ${pushed(push)}`;
}

function pushed(push) {
  if (!push.likes) return 'Push told you of nothing yet.';
  return push.average === null ? `Push told you in sums: of ${many(push.likes, 'like')}.` : `Push told you in ${duration(push.average)}.`;
}

function share(some, all) {
  if (some === 0) return 'none';
  return some === all ? 'all' : rounded(some);
}

function rounded(perMinute) {
  return perMinute < 9.95 ? number(Math.round(perMinute * 10) / 10) : number(Math.round(perMinute));
}

function rate(perMinute, noun) {
  return `${rounded(perMinute)} ${noun}${rounded(perMinute) === '1' ? '' : 's'}`;
}

/** Returns a column of the table, in the order of its rows. */
export function column({ likes, average, most, requestsPerMinute, emptyPerMinute, bytesPerMinute }) {
  return [
    number(likes),
    average === null ? '–' : duration(average),
    most === null ? '–' : duration(most),
    rounded(requestsPerMinute),
    rounded(emptyPerMinute),
    bytes(bytesPerMinute),
  ];
}
