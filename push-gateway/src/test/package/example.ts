// Uses each option and each method with the types of the package. A comment before a mistake makes the compiler check that it
// reports the mistake.

import { connect, type AuthorsFrame, type AuthorsSubscription, type Frame, type Options, type Problem, type State, type Subscription } from 'heartline';

const url = 'http://localhost:8082';
const onFrame = (frame: Frame): void => {
  if (frame.kind === 'hello') console.log(frame.position, frame.recovered, frame.heartbeat?.toFixed());
  else if (frame.kind === 'like') console.log(frame.event.likerId, frame.event.type === 'unliked', frame.loggedAt);
  else console.log(frame.from, frame.liked - frame.unliked, frame.posts.map(({ postId, liked }) => [postId, liked]));
};
const onFrames = (frame: AuthorsFrame): void => {
  if (frame.kind === 'hello') console.log(frame.author.length, frame.recovered);
  else if (frame.kind === 'digest') console.log(frame.authors.map(({ author, liked, posts }) => [author, liked, posts.length]));
};

const one: Subscription = connect({
  url,
  author: 'alice',
  after: 'k3f9x2ab-3-1041',
  posts: ['p-1'],
  digest: 5,
  token: async ({ expired, expiring }) => (expired || expiring ? 'new' : null),
  onFrame,
  onState: ({ state, via, detail }: State) => console.log(state === 'live', via === 'long poll', detail),
  WebSocket,
  fetch,
});
const position: string | null = one.position;
one.close();

const several: AuthorsSubscription = connect({
  url,
  authors: ['alice', 'bob'] as const,
  since: new Date(),
  token: 'a token',
  onFrame: onFrames,
  onRefused: (author: string, { status, detail }: Problem) => console.log(author, status >= 400, detail),
  WebSocket: null,
});
several.follow('carol');
several.follow('dave', { after: position });
several.follow('erin', { since: '2026-11-26T17:00:00Z' });
const end: string | null = several.unfollow('bob');
console.log(several.authors.length, several.position, end);

connect({
  author: 'alice',
  report: 'current',
  reportsUrl: 'http://localhost:8083',
  every: 5,
  onReport: (report, { through, staleSince }) => console.log(report.likes, report.byDay[0]?.date, through, staleSince ?? 'current'),
});
connect({ url, author: 'alice', since: null, report: 'current', reportsUrl: url, onReport: () => {}, onFrame });

export const options: Options = { url, author: 'alice', onFrame };
connect(options).close();

// @ts-expect-error there is no start without an author
connect({ url, onFrame });
// @ts-expect-error the two forms exclude each other
connect({ url, author: 'alice', authors: ['bob'], onFrame });
// @ts-expect-error a live report is that of one author
connect({ url, authors: ['bob'], onFrame: onFrames, report: 'current', reportsUrl: url, onReport: () => {} });
// @ts-expect-error a position and a time exclude each other
connect({ url, author: 'alice', onFrame, after: 'k3f9x2ab-3-1', since: '2026-11-26T17:00:00Z' });
// @ts-expect-error a stream of likes needs the gateway
connect({ author: 'alice', onFrame });
// @ts-expect-error a stream of likes needs a receiver of frames
connect({ url, author: 'alice' });
// @ts-expect-error a live report needs report-batch
connect({ author: 'alice', report: 'current', onReport: () => {} });
// @ts-expect-error there is no such option
connect({ url, author: 'alice', onFrame, onLike: () => {} });
// @ts-expect-error only a stream of several authors follows others
one.follow('bob');
// @ts-expect-error a position and a time exclude each other
several.follow('bob', { after: 'k3f9x2ab-3-1', since: new Date() });
