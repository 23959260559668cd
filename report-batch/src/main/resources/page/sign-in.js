// The form for a token. It is visible while a service asks for one.

import { show, target } from './dom.js';

export class SignIn {
  /**
   * @param {HTMLFormElement} root
   * @param {import('./bus.js').Bus} bus
   * @param {import('./session.js').Session} session
   * @param {() => void} onToken called when the visitor has entered a token
   */
  constructor(root, bus, session, onToken) {
    const input = target(root, 'token', HTMLInputElement);
    const reason = target(root, 'reason');
    bus.on('token', () => (root.hidden = true));
    bus.on('tokenNeeded', () => {
      root.hidden = false;
      show(reason, session.token ? 'This token is not valid any more. Paste a fresh one.' : 'Paste the token that the quickstart printed.');
    });
    root.addEventListener('submit', (event) => {
      event.preventDefault();
      session.use(input.value.trim());
      input.value = '';
      onToken();
    });
  }
}
