// Follows authors with heartline.js on Node's own WebSocket, for tests that have a gateway but no browser. It ends when its
// standard input ends, or on SIGTERM.
//
//   node --experimental-websocket follow.js http://localhost:8082 alice bob
//
// The environment variable TOKENS contains bearer tokens, separated by spaces. Each is used until it has expired.
//
// Standard output is NDJSON: {"author":"alice","frame":{…}} for each frame, {"author":"alice","state":{…}} for each state.

import { connect } from '../../main/resources/client/heartline.js';

const GRACE_MS = 2_000;

const [url, ...authors] = process.argv.slice(2);
if (authors.length === 0) fail('usage: node --experimental-websocket follow.js BASE_URL AUTHOR...');
if (!globalThis.WebSocket) fail('this Node has no WebSocket: start it with --experimental-websocket');

const tokens = process.env.TOKENS?.split(' ') ?? [];
const token = ({ expired }) => {
  if (expired) tokens.shift();
  return tokens[0];
};
const streams = authors.map((author) =>
  connect({
    url,
    author,
    token,
    onFrame: (frame) => print({ author, frame }),
    onState: (state) => print({ author, state }),
  }),
);
process.on('SIGTERM', end);
process.stdin.on('end', end).on('error', end).resume();

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function end() {
  streams.forEach((stream) => stream.close());
  process.stdin.destroy();
  setTimeout(() => process.exit(), GRACE_MS).unref(); // only needed if the peer never closes a closing WebSocket
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
