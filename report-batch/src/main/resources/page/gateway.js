// The gateway's own client, from the gateway: the page starts without it, and gets it when there is one.

import { $, show } from './dom.js';

const AGAIN_MS = 2_000;

/** @returns {Promise<{connect: Function}>} once the gateway has answered */
export async function client(gatewayUrl) {
  for (let tries = 0; ; tries++) {
    try {
      // under another name each time, since a browser may remember that a module could not be had
      return await import(new URL(`/heartline.js${tries ? `?${tries}` : ''}`, gatewayUrl));
    } catch {
      show('live-state', `the gateway at ${gatewayUrl} does not answer; trying again`);
      $('live').dataset.state = 'down';
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}
