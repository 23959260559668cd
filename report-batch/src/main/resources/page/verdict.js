// Writes the figures of push, polling and the live report: a sentence, and the columns of the table.

import { bytes, duration, many, number } from './words.js';

/** @typedef {import('./comparison.js').Figures} Figures */

/**
 * Describes the figures, so that a reader can choose a method.
 *
 * @param {{push: Figures, poll: Figures}} figures
 * @param {object} polling
 * @param {number} polling.every the interval of polls, in seconds
 * @param {number} polling.nextPollMs the time until the next poll
 * @param {boolean} polling.connected whether the live stream is connected
 */
export function verdict({ push, poll }, { every, nextPollMs, connected }) {
  if (!poll.requests) return `The first poll is in ${Math.max(1, Math.ceil(nextPollMs / 1_000))} s.`;
  const cost = costSentence(poll);
  if (!push.likes && !poll.likes && poll.average === null) {
    return `Polling every ${every} s: ${cost}, all for nothing. ${connected ? 'Push: no likes, so nothing was sent.' : DISCONNECTED}`;
  }
  const late = poll.average === null ? 'no like yet' : `${duration(poll.average)} late on average`;
  return `Polling every ${every} s: ${late}, ${cost}, ${share(poll)}. ${pushSentence(push, connected)}`;
}

const DISCONNECTED = 'Push: disconnected now.';

/** @param {Figures} poll */
function costSentence(poll) {
  if (poll.requests === poll.polls) return `${rate(poll.requestsPerMinute, 'request')} a minute`;
  return `${rate(poll.pollsPerMinute, 'poll')} a minute (${rate(poll.requestsPerMinute, 'request')})`;
}

/** @param {Figures} push @param {boolean} connected */
function pushSentence(push, connected) {
  if (!connected) return DISCONNECTED;
  if (!push.likes && push.average === null) return 'Push: no like yet.';
  const requests = push.requests ? `${rate(push.requestsPerMinute, 'request')} a minute` : 'no requests';
  return push.average === null ? `Push: ${many(push.likes, 'like')} in summaries, ${requests}.` : `Push: ${duration(push.average)}, ${requests}.`;
}

/** @param {Figures} poll */
function share({ empty, polls }) {
  if (empty === 0) return 'all with likes';
  return `${empty === polls ? 'all' : `${Math.round((empty / polls) * 100)} %`} for nothing`;
}

/** @param {number} perMinute */
function rounded(perMinute) {
  return number(perMinute < 9.95 ? Math.round(perMinute * 10) / 10 : Math.round(perMinute));
}

/** @param {number} perMinute @param {string} noun */
function rate(perMinute, noun) {
  return `${rounded(perMinute)} ${noun}${rounded(perMinute) === '1' ? '' : 's'}`;
}

/** Returns a column of the table, in the order of its rows. @param {Figures} figures */
export function tableColumn({ likes, average, max, requestsPerMinute, emptyPerMinute, bytesPerMinute }) {
  return [
    number(likes),
    average === null ? '–' : duration(average),
    max === null ? '–' : duration(max),
    rounded(requestsPerMinute),
    rounded(emptyPerMinute),
    bytes(bytesPerMinute),
  ];
}
