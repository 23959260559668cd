// The events between the panels of the page. A panel knows the bus, and no other panel.

/**
 * @typedef {{id: string, type: string, postId: string, authorId: string, likerId: string, at: string}} LikeEvent
 * @typedef {{kind: 'hello', position: string, recovered: boolean}} Hello
 * @typedef {{kind: 'like', position: string, loggedAt: string, event: LikeEvent}} LikeFrame
 * @typedef {{kind: 'digest', from: string, position: string, liked: number, unliked: number, posts?: {postId: string, liked: number}[]}} Digest
 * @typedef {Hello | LikeFrame | Digest} Frame
 *
 * @typedef {object} Report the report of an author and a week
 * @property {string} week
 * @property {string} from the week's first day
 * @property {string} to the week's last day
 * @property {string} zone the time zone of days and weeks
 * @property {string} status `open` or `sealed`
 * @property {number} revision
 * @property {number} likes
 * @property {number} likers
 * @property {number | null} likersReturning
 * @property {{liked: number, unliked: number}} events
 * @property {{exact: boolean, relativeError: number}} precision
 * @property {{date: string, likes: number}[]} byDay
 * @property {{postId: string, likes: number}[]} topPosts
 * @property {{week: string}} previous
 * @property {string | null} asOf null before the first run
 * @property {string | null} through the last position that it includes; null before the first run
 *
 * @typedef {object} Events the details of each type of event. Times are in ms since the epoch.
 * @property {{author: string}} author the visitor has chosen an author, or has entered a token: panels start again
 * @property {{frame: Frame, at: number, bytes: number, measured: boolean}} frame a frame of the live stream.
 *   `measured` is false for likes that the visitor's own interruption delayed.
 * @property {{at: number, bytes: number, empty: boolean}} request a long poll of the live stream
 * @property {{state: 'live' | 'down' | 'offline'}} connection the live stream has another state; `offline` is the visitor's choice
 * @property {{eventIds: string[]}} polled the events of a poll
 * @property {{postId: string, likerId: string, type: string, repeated: boolean}} sent the producer has confirmed a like of the visitor
 * @property {{postId: string, likerId: string, type: string, clickedAt: number, loggedAt: number | null}} arrived the live stream has
 *   delivered a like of the visitor. `loggedAt` is by the broker's clock, and null if it is unknown.
 * @property {{}} returned the live stream has replayed the likes of the visitor's own interruption
 * @property {{report: Report}} report the report of the latest week, as of the last run
 * @property {{report: Report | null, at: number, why: string, measured: boolean}} liveReport the live report or its state has changed.
 *   `at` is the time of its figures. `why` is the reason if they are not those of now. `measured` is false for the first report of a
 *   connection that the page has opened.
 * @property {{bytes: number, requests: number}} reportTraffic the live report has sent a request, or received bytes
 * @property {{report: Report}} figures the report of the latest week, as the page shows it
 * @property {{}} ran a run of the batch has ended
 * @property {{}} tokenNeeded a service has asked for a token
 * @property {{}} token the session has another token
 * @property {{}} tick a second has passed, and the page is visible
 */

const TICK_MS = 1_000;

export class Bus {
  #target = new EventTarget();
  /** @type {Events['author'] | null} */
  #author = null;

  /**
   * Adds a listener. A listener for `author` is called immediately if there is an author already.
   *
   * @template {keyof Events} T
   * @param {T} type
   * @param {(detail: Events[T]) => void} listener
   */
  on(type, listener) {
    this.#target.addEventListener(type, (event) => listener(/** @type {CustomEvent<Events[T]>} */ (event).detail));
    if (type === 'author' && this.#author) listener(/** @type {Events[T]} */ (this.#author));
  }

  /**
   * @template {keyof Events} T
   * @param {T} type
   * @param {Events[T]} detail
   */
  emit(type, detail) {
    if (type === 'author') this.#author = /** @type {Events['author']} */ (detail);
    this.#target.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Emits ticks while the page is visible. */
  startTicks() {
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;
    const startOrStop = () => {
      clearInterval(timer);
      if (!document.hidden) timer = setInterval(() => this.emit('tick', {}), TICK_MS);
    };
    document.addEventListener('visibilitychange', startOrStop);
    startOrStop();
  }
}
