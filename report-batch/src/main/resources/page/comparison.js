// What each way of being told cost and brought, over the last minutes: sums, and the sentence that reads them.

import { bytes, duration, many, number } from './words.js';

export const WINDOW_MS = 5 * 60_000;

/**
 * What of HTTP/1.1 a script cannot see of a poll: the request, and the head of its answer, as Chromium and the gateway send
 * them without a token (`PageIT` compares). A WebSocket's frames have 2 to 4 bytes of head, which are not counted.
 */
export const HEAD_BYTES = 960;

/** One way of being told, in sums a second, so that it takes no more memory the more is liked. Times are in ms since the epoch. */
class Way {
  #seconds = new Map(); // of telling: sums
  #latest = new Map(); // second of logging: how late the last of it was told, in ms

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

  /** A point for each second in which something was logged: when, and how late the last of it was told, in ms. */
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

/** The same likes, pushed and polled, since it began or for as long as the window is. */
export class Comparison {
  #push = new Way();
  #poll = new Way();
  #polled; // when it last was: between two polls, their rate would seem to fall

  /** @param {number} began in ms since the epoch */
  constructor(began) {
    this.began = this.#polled = began;
  }

  /**
   * @param {number} at when it arrived
   * @param {object} told `likes`: how many; `logged`: when each of them was logged, by this device's clock, as far as that is
   *   known, which it is not of a sum; `bytes` of content
   */
  pushed(at, told) {
    this.#push.add(at, told);
  }

  /** A request that push was made of, where it is no open connection. */
  asked(at, { bytes, empty }) {
    this.#push.add(at, { likes: 0, logged: [], bytes: bytes + HEAD_BYTES, requests: 1, empty: empty ? 1 : 0 });
  }

  /** A request of polling. */
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

/** What the figures say, to somebody who has to choose. @param {number} every between two polls, in seconds */
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

/** A column of the table, in its order. */
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
