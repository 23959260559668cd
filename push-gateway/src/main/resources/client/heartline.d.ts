// The types of heartline.js.

/**
 * A place in the log: epoch, partition, and the offset of an event or `start`, for example `k3f9x2ab-3-1041`. The positions of
 * several authors are a list, separated by commas, with one position for each partition.
 */
export type Position = string;

/** A time of RFC 3339 with its offset, for example `2026-11-26T17:00:00Z`. */
export type Timestamp = string;

/** The first frame after each connect. */
export interface Hello {
  kind: 'hello';
  /** The stream starts after this position. */
  position: Position;
  /** Whether the stream misses no event since the last position, or since the requested start. It is false without a start. */
  recovered: boolean;
  /** The interval of the gateway's heartbeats in seconds. */
  heartbeat?: number;
}

/** The first frame of an author of a stream with `authors`. */
export interface AuthorHello extends Hello {
  author: string;
}

/** A person liked a post, or took a like back. */
export interface LikeEvent {
  /** The same for each attempt to send this like. */
  id: string;
  type: 'liked' | 'unliked';
  postId: string;
  authorId: string;
  likerId: string;
  /** The time of the like, as its sender stated it. */
  at: Timestamp;
}

/** One event. */
export interface Like {
  kind: 'like';
  position: Position;
  loggedAt: Timestamp;
  event: LikeEvent;
}

/** A post in a digest. */
export interface DigestPost {
  postId: string;
  liked: number;
}

/** The exact sums of events that the stream does not deliver one by one. */
export interface Digest {
  kind: 'digest';
  /** The position before the first event. */
  from: Position;
  /** The position of the last event. */
  position: Position;
  liked: number;
  unliked: number;
  /** The ten most liked posts, the most liked first. */
  posts: DigestPost[];
}

/** The exact sums of one author in a digest of several authors. */
export interface AuthorSums {
  author: string;
  liked: number;
  unliked: number;
  posts: DigestPost[];
}

/** The exact sums of events of the authors of one partition. */
export interface AuthorsDigest extends Omit<Digest, 'posts'> {
  authors: AuthorSums[];
}

/** A frame of a stream with `author`. */
export type Frame = Hello | Like | Digest;

/** A frame of a stream with `authors`. */
export type AuthorsFrame = AuthorHello | Like | AuthorsDigest;

/** The figures of an author and a week. Fields that are not listed here are described by the OpenAPI document of report-batch. */
export interface Report {
  authorId: string;
  /** An ISO week, for example `2026-W47`. */
  week: string;
  from: string;
  to: string;
  zone: string;
  status: 'open' | 'sealed';
  revision: number;
  likes: number;
  unlikes: number;
  likers: number;
  likersReturning: number | null;
  likersReturningError: number | null;
  events: { liked: number; unliked: number };
  precision: { exact: boolean; relativeError: number; topPostsTooHighBy: number };
  byDay: { date: string; likes: number }[];
  topPosts: { postId: string; likes: number }[];
  previous: { week: string; likes: number };
  asOf: Timestamp | null;
  through: Position;
}

/** How current a live report is. */
export interface ReportState {
  /** The report includes all likes up to this position. */
  through: Position;
  /** The time since which the service cannot read new likes, or null. */
  staleSince: Timestamp | null;
}

/** The state of a connection. */
export interface State {
  /**
   * - `connecting`: an attempt has begun
   * - `live`: frames arrive; reported again when `via` changes
   * - `waiting`: before a retry, or until an author is followed
   * - `refused`: the end, because retrying cannot help
   * - `closed`: the end, after `close()`
   */
  state: 'connecting' | 'live' | 'waiting' | 'refused' | 'closed';
  /** In all states of a live report it is `report`. */
  via?: 'websocket' | 'long poll' | 'report';
  /** The reason, for people. */
  detail?: string;
}

/** The reason of a refusal (RFC 9457). */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  instance?: string;
  [extension: string]: unknown;
}

/** Where a stream, or an author, starts: after a position, at a time, or now. */
export type Start =
  | {
      /** The last position that the page received. */
      after?: Position | null;
      since?: null;
    }
  | {
      after?: null;
      /** The stream starts at the first record that was logged at or after this time. */
      since?: Timestamp | Date | null;
    };

/** Why a connection needs a token. */
export interface TokenRequest {
  expired: boolean;
  expiring: boolean;
}

/** Options of all streams. */
export interface CommonOptions {
  /**
   * A bearer token, or a function that returns one for each request within 15 s. If the function throws or rejects, the
   * connection calls it again later.
   *
   * `expired` is true if the service has refused the last token of the connection, or has ended the connection because the token
   * expired. If the function then returns the same token or none, the connection ends as `refused`.
   *
   * `expiring` is true if the token of an open WebSocket expires within a minute. If the function then returns another one, the
   * stream needs no reconnect. If it returns the same token or none, the stream reconnects when the service ends it.
   */
  token?: string | null | ((why: TokenRequest) => string | null | undefined | Promise<string | null | undefined>);
  /** Receives each state of each connection. */
  onState?: (state: State) => void;
  /** An implementation for a platform without one; null to poll only. */
  WebSocket?: typeof WebSocket | null;
  /** An implementation for a platform without one. */
  fetch?: (url: URL, init: RequestInit) => Promise<Response>;
}

/** Options of a stream of likes. */
export interface LikesOptions extends CommonOptions {
  /** The base URL of the gateway. */
  url: string;
  /** The posts to include, at most 100; by default all. */
  posts?: readonly string[];
  /** An interval in seconds, up to 3600. The stream delivers sums, at most one frame for each partition in each interval. */
  digest?: number;
}

/** A stream of the likes of one author. */
export interface AuthorOptions extends LikesOptions {
  /** The author of the posts. */
  author: string;
  authors?: undefined;
  /** Receives each hello, like and digest once and in order. */
  onFrame: (frame: Frame) => void;
}

/** A stream of the likes of several authors on one connection. */
export interface AuthorsOptions extends LikesOptions {
  /**
   * The authors of the posts, at most 100. `follow` and `unfollow` change them. If the gateway refuses one of these authors, it
   * refuses the stream.
   */
  authors: readonly string[];
  author?: undefined;
  /** Receives each hello, like and digest once, and in order for each partition. There is a hello for each author. */
  onFrame: (frame: AuthorsFrame) => void;
  /**
   * Receives each refusal of an author of `follow`. After 429 and 503, and after 401 if `token` is a function, the stream retries
   * until `unfollow`. After another status, the author is no longer in `authors`. Without this option, the console has the
   * refusal as an error. It is a callback, because a refusal is possible after each reconnect.
   */
  onRefused?: (author: string, problem: Problem) => void;
  report?: undefined;
}

/** A live report. */
export interface ReportOptions {
  /** The author of the posts. */
  author: string;
  authors?: undefined;
  /** The week: `current`, `previous`, or an ISO week such as `2026-W47`. */
  report: string;
  /** The base URL of report-batch. */
  reportsUrl: string;
  /** The shortest interval between two reports in seconds, 0.2 to 60; by default 1. */
  every?: number;
  /** Receives the latest report, at least every 20 s. */
  onReport: (report: Report, state: ReportState) => void;
}

/** Only a live report, without single likes. */
export interface ReportOnlyOptions extends CommonOptions, ReportOptions {
  url?: undefined;
  onFrame?: undefined;
}

/** The options of `connect`. */
export type Options =
  | (AuthorOptions & Start & { report?: undefined })
  | (AuthorOptions & Start & ReportOptions)
  | (AuthorsOptions & Start)
  | ReportOnlyOptions;

/** The stream of likes of one author, the live report, or both. */
export interface Subscription {
  /**
   * The position of the last frame; without frames, the last position that the report includes. It is null before the first.
   * Pass it as `after` to resume later.
   *
   * With `authors` it is a list for the same authors. While an author of `follow` catches up, it includes only what the page has
   * received of all authors, and a stream that resumes there may repeat likes.
   */
  readonly position: Position | null;
  /** The authors that the stream follows now. */
  readonly authors: string[];
  /** Ends the connections. For each of them that was not refused, the page receives the state `closed`. */
  close(): void;
}

/** A stream of the likes of several authors. */
export interface AuthorsSubscription extends Subscription {
  /**
   * Follows another author on the same connection, by default from now on. The author's first frame is a hello. Refusals are
   * reported to `onRefused`. It changes nothing if the author is followed already, or if the stream has ended.
   *
   * @throws {TypeError} if 100 authors are followed already, or if an argument is invalid
   */
  follow(author: string, start?: Start): void;
  /**
   * Ends an author's frames immediately. The connection closes while no author is followed, and `follow` opens it again.
   *
   * @returns the position up to which the page has received the author's frames. Pass it to `follow` as `after` to resume. It
   *   is null if none is known.
   */
  unfollow(author: string): Position | null;
}

/**
 * Opens a stream of likes, a live report, or both. Each of the two connections retries until it is closed or refused.
 *
 * @throws {TypeError} if a required option is missing or has the wrong type
 */
export function connect(options: AuthorsOptions & Start): AuthorsSubscription;
export function connect(options: Options): Subscription;
