// GraphiQL for this service. It uses the tab's token, as Heartline's page does.

import { ask, Refusal } from '../page/ask.js';
import { Bus } from '../page/bus.js';
import { show } from '../page/dom.js';
import { Session } from '../page/session.js';
import { SignIn } from '../page/sign-in.js';
import { isIdentifier } from '../page/urls.js';

const { React, ReactDOM, GraphiQL } = globalThis; // scripts of the WebJars

const AUTHORIZATION = 'Authorization';
const UNAUTHORIZED = 401;

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const bus = new Bus();
const session = new Session(bus);
new SignIn(/** @type {HTMLFormElement} */ ($('credentials')), bus, session, () => {});

/**
 * Uses the token of a link, such as `#author=alice&token=…`, and removes it from the address.
 *
 * @returns {string | null} the author of the link; null if it has none
 */
function readLink() {
  const link = new URLSearchParams(location.hash.slice(1));
  const token = link.get('token');
  if (token !== null) {
    history.replaceState(null, '', location.pathname + location.search);
    if (!session.offer(token)) {
      $('notice').hidden = false;
      show($('notice'), 'This tab has a token already, so the link’s token is not used. Open the link in a new tab to use it.');
    }
  }
  return link.get('author');
}

/**
 * Sends a query. The header editor's own Authorization replaces the tab's token. Without it, a query that is refused for its token
 * waits until the visitor has entered another one.
 *
 * @param {{query: string, operationName?: string | null, variables?: object}} query
 * @param {{headers?: Record<string, string>}} [options]
 * @returns {Promise<object>} the response of GraphQL
 * @throws {Error} if the service refused the query, or did not answer
 */
async function send(query, { headers = {} } = {}) {
  const own = Object.keys(headers).some((name) => name.toLowerCase() === AUTHORIZATION.toLowerCase());
  const options = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(query) };
  if (own) return (await ask('report-batch', 'graphql', options)).body;
  for (;;) {
    try {
      return (await session.ask('report-batch', 'graphql', options)).body;
    } catch (e) {
      if (!(e instanceof Refusal && e.status === UNAUTHORIZED)) throw e;
      await session.replace();
    }
  }
}

/**
 * Returns the query that a visitor sees first.
 *
 * @param {string} author
 */
const firstQuery = (author) => `# The report of this week.
# Ctrl-Enter runs the query.
# The documentation is at the top left.
# An ${AUTHORIZATION} header replaces the tab's token.
query ThisWeek($author: ID! = ${JSON.stringify(author)}) {
  weeklyReport(author: $author, week: "current") {
    authorId
    week
    status
    likes
    likers
    topPosts {
      postId
      likes
    }
    asOf
  }
}
`;

const ofLink = readLink();
const ofToken = session.permits('reports:read:any') ? 'alice' : (session.subject ?? 'alice');
ReactDOM.createRoot($('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: send,
    defaultQuery: firstQuery(ofLink !== null && isIdentifier(ofLink) ? ofLink : ofToken),
    defaultEditorToolsVisibility: true,
    storage: sessionStorage, // the history has the headers of queries, and a token must not outlive the tab
    showPersistHeadersSettings: false,
  }),
);
