// The gateway's own client, from the gateway: the page starts without it, and gets it when there is one.

import { $, show } from './dom.js';

const RETRY_MS = { min: 1_000, max: 3_000 }; // at random, so that the pages that wait for a gateway do not ask together

/** @returns {Promise<{connect: Function}>} once the gateway has answered */
export async function client(gatewayUrl) {
  for (let tries = 0; ; tries++) {
    try {
      // under another name each time, since a browser may remember that a module could not be had
      return await import(new URL(`/heartline.js${tries ? `?${tries}` : ''}`, gatewayUrl));
    } catch {
      show('live-state', `the gateway at ${gatewayUrl} does not answer; trying again`);
      $('live').dataset.state = 'down';
      const ms = RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min);
      await new Promise((done) => setTimeout(done, ms));
    }
  }
}
