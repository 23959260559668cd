// The commands that do what the page does. They have the present author, position and token.

import { element, show, target } from './dom.js';

/**
 * @typedef {{author: string, position: string | null, token: string | null, urls: import('./urls.js').Urls, liker: string, post: string}} Context
 * @typedef {(context: Context) => {label: string, options: string[], url: string}[]} Commands
 */

const JSON_TYPE = "-H 'Content-Type: application/json'";
const SSE = ['-N', "-H 'Accept: text/event-stream'"];

/** @param {object} body */
const data = (body) => `-d '${JSON.stringify(body)}'`;

/** The commands of each card, by the value of its attribute `data-curl`. @type {Record<string, Commands>} */
export const COMMANDS = {
  like: ({ author, urls, liker, post }) => [
    { label: 'Like a post', options: [JSON_TYPE, data({ postId: post, authorId: author, likerId: liker })], url: urls.sendLikes },
  ],
  live: ({ author, urls }) => [{ label: 'Follow the author', options: SSE, url: urls.likes(author) }],
  week: ({ author, urls }) => [
    { label: 'Read the report', options: [], url: urls.currentReport(author) },
    { label: 'Watch the live report', options: SSE, url: urls.currentReport(author) },
    { label: 'Start a run', options: ['-X POST'], url: urls.runs() },
    { label: 'Export 12 weeks as CSV', options: [], url: urls.reports(author, { format: 'csv' }) },
    { label: 'Ask by GraphQL', options: [JSON_TYPE, data({ query: `{ weeklyReport(author: "${author}", week: "current") { likes likers } }` })], url: urls.graphQl },
  ],
  poll: ({ author, urls, position }) => [{ label: 'Poll after the last like that this page received', options: [], url: urls.likes(author, position) }],
};

/** A card's commands, in an element that the visitor can open. */
export class CurlCommands {
  #root;
  #list;
  #commands;
  #context;

  /**
   * @param {HTMLDetailsElement} root
   * @param {Commands} commands
   * @param {() => Context} context
   */
  constructor(root, commands, context) {
    this.#root = root;
    this.#list = target(root, 'commands');
    this.#commands = commands;
    this.#context = context;
    root.addEventListener('toggle', () => root.open && this.#draw());
  }

  /** Draws the commands again if they are visible. */
  refresh() {
    if (this.#root.open) this.#draw();
  }

  #draw() {
    this.#list.replaceChildren(...this.#commands(this.#context()).map(({ label }, i) => this.#row(label, i)));
  }

  /** @param {string} label @param {number} i */
  #row(label, i) {
    const code = element('code', {}, this.#line(i, '$TOKEN'));
    const copy = element('button', { type: 'button', class: 'small' }, 'Copy', element('span', { class: 'unseen' }, `: ${label}`));
    const state = element('span', { role: 'status', class: 'state' });
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(this.#line(i, this.#context().token));
        show(state, 'Copied');
      } catch {
        getSelection()?.selectAllChildren(code); // browsers have a clipboard only with HTTPS or on localhost
        show(state, 'Selected: copy it');
      }
    });
    return element('li', {}, element('span', { class: 'label' }, label), copy, state, code);
  }

  /** Returns a command. The page shows a name in place of the token, and copies the token. @param {number} i @param {string | null} token */
  #line(i, token) {
    const { options, url } = this.#commands(this.#context())[i];
    const authorization = this.#context().token ? [`-H "Authorization: Bearer ${token}"`] : [];
    return ['curl', ...authorization, ...options, `'${url}'`].join(' ');
  }
}

/**
 * Creates the commands of all cards.
 *
 * @param {import('./bus.js').Bus} bus
 * @param {import('./session.js').Session} session
 * @param {import('./urls.js').Urls} urls
 */
export function createCurlCommands(bus, session, urls) {
  let author = '';
  /** @type {string | null} */
  let position = null;
  const field = (/** @type {string} */ name) => target(document, name, HTMLElement);
  const context = () => ({
    author,
    position,
    token: session.token,
    urls,
    liker: /** @type {HTMLInputElement} */ (field('liker')).value,
    post: /** @type {HTMLSelectElement} */ (field('post')).value,
  });
  const all = [...document.querySelectorAll('[data-curl]')].map((root) => {
    const details = /** @type {HTMLDetailsElement} */ (root);
    return new CurlCommands(details, COMMANDS[details.dataset.curl ?? ''], context);
  });
  bus.on('author', (chosen) => {
    author = chosen.author;
    position = null;
    for (const commands of all) commands.refresh();
  });
  bus.on('frame', ({ frame }) => (position = frame.position));
}
