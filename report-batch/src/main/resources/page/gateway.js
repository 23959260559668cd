// Loads the client library from the gateway. The page starts without it, and loads it when the gateway answers.

import { $, show } from './dom.js';

const RETRY_MS = { min: 1_000, max: 3_000 }; // random, so that waiting pages do not send their requests concurrently

/** @returns {Promise<{connect: Function}>} the client, once the gateway has answered */
export async function client(gatewayUrl) {
  for (let tries = 0; ; tries++) {
    try {
      // another name for each attempt, because a browser may cache the failure to load a module
      return await import(new URL(`/heartline.js${tries ? `?${tries}` : ''}`, gatewayUrl));
    } catch {
      show('live-state', `the gateway at ${gatewayUrl} does not answer; trying again`);
      $('live').dataset.state = 'down';
      const ms = RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min);
      await new Promise((done) => setTimeout(done, ms));
    }
  }
}
