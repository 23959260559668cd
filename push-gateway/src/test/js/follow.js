// Follows authors with heartline.js on Node's own WebSocket, for tests that have a gateway but no browser. It ends when its
// standard input ends, or on SIGTERM.
//
//   node --experimental-websocket follow.js [--together] [--renew] http://localhost:8082 alice bob
//
// With --together, the authors share one connection. The environment variable TOKENS contains bearer tokens, separated by
// spaces. Each is used until it has expired, or with --renew, until it expires soon.
//
// Standard output is NDJSON: {"author":"alice","frame":{…}} for each frame, {"author":"alice","state":{…}} for each state.

import { connect } from '../../main/resources/client/heartline.js';

const GRACE_MS = 2_000;

const flags = process.argv.filter((argument) => argument.startsWith('--'));
const [url, ...authors] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (authors.length === 0) fail('usage: node --experimental-websocket follow.js [--together] [--renew] BASE_URL AUTHOR...');
if (!globalThis.WebSocket) fail('this Node has no WebSocket: start it with --experimental-websocket');

const tokens = process.env.TOKENS?.split(' ') ?? [];
const token = ({ expired, expiring }) => {
  if (expired || (expiring && flags.includes('--renew'))) tokens.shift();
  return tokens[0];
};
const streams = flags.includes('--together') ? [followTogether()] : authors.map(follow);
process.on('SIGTERM', end);
process.stdin.on('end', end).on('error', end).resume();

function follow(author) {
  const onFrame = (frame) => print({ author, frame });
  const onState = (state) => print({ author, state });
  return connect({ url, author, token, onFrame, onState });
}

function followTogether() {
  const onFrame = (frame) => print({ author: frame.author ?? frame.event?.authorId, frame });
  const onState = (state) => authors.forEach((author) => print({ author, state }));
  return connect({ url, authors, token, onFrame, onState });
}

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
