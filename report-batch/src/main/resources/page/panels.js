// Creates the panels that a visitor does not need for a first like.

import { LiveAlert } from './alert.js';
import { ClockSkew } from './clock-skew.js';
import { ComparePanel } from './compare.js';
import { createCurlCommands } from './curl.js';
import { ExplanationPanel } from './explanation.js';
import { Guide } from './guide.js';
import { LivePanel } from './live.js';
import { OfflineDrill } from './offline.js';
import { ReportStream } from './report-stream.js';
import { RunPanel } from './run.js';
import { SignIn } from './sign-in.js';
import { WeekPanel } from './week.js';

const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {import('./bus.js').Bus} bus
 * @param {import('./session.js').Session} session
 * @param {import('./urls.js').Urls} urls
 * @param {() => void} restart starts all panels again with the same author
 */
export function createPanels(bus, session, urls, restart) {
  const skew = new ClockSkew();
  new SignIn(/** @type {HTMLFormElement} */ ($('credentials')), bus, session, restart);
  new LiveAlert($('alert'), bus);
  new Guide($('guide'), bus);
  new ExplanationPanel($('differ'), bus);
  new ComparePanel($('compare'), bus, session, urls, skew);
  new RunPanel($('week'), bus, session, urls);
  new WeekPanel($('week'), bus, session, urls);
  createCurlCommands(bus, session, urls);
  new ReportStream(bus, session, urls); // after its listeners
  const live = new LivePanel($('live'), bus, session, urls, skew); // the last one, so that no panel misses a frame
  new OfflineDrill(/** @type {HTMLButtonElement} */ ($('go-offline')), bus, session, urls, live);
  bus.startTicks();
}
