// The page: creates its first panel, and connects it with a bus, the token, and the services' addresses. The others follow.

import { ask, untilAnswered } from './ask.js';
import { AuthorChoice } from './author.js';
import { Bus } from './bus.js';
import { element, show } from './dom.js';
import { LikePanel } from './like.js';
import { Session } from './session.js';
import { Urls } from './urls.js';

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

addEventListener('error', (event) => fail(event.message));
addEventListener('unhandledrejection', (event) => fail(event.reason?.message ?? event.reason));

/** Shows an unexpected error. The rest of the page continues. @param {string} what */
function fail(what) {
  reveal('failure', `A part of this page failed: ${what}. Reloading may help.`);
}

/** Shows a text in an element that is hidden without one. @param {string} id @param {string} text */
function reveal(id, text) {
  $(id).hidden = text === '';
  show($(id), text);
}

const needed = { 'light-dark()': globalThis.CSS?.supports('color', 'light-dark(red, red)'), 'AbortSignal.any': 'any' in AbortSignal };
const missing = Object.entries(needed).flatMap(([name, exists]) => (exists ? [] : [name]));
if (missing.length) reveal('failure', `This browser lacks ${missing.join(' and ')}. The page needs a browser from 2024 or later.`);

const settings = await untilAnswered(() => ask('report-batch', 'page/settings.json', { cache: 'default' }), {
  onError: (e) => reveal('notice', `${e.message}. Trying again…`),
});
reveal('notice', '');

const bus = new Bus();
const session = new Session(bus);
const urls = new Urls(settings.body);
document.head.append(element('link', { rel: 'modulepreload', href: urls.client(0) })); // the gateway's library, which the live panel imports
const author = new AuthorChoice(/** @type {HTMLFormElement} */ ($('choose')), $('notice'), bus, session);
new LikePanel($('try'), bus, session, urls);
author.start();

// a visitor can like before the other panels have arrived; they start with the same author
const { createPanels } = await import('./panels.js');
createPanels(bus, session, urls, () => author.restart());
