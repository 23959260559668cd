// Sends requests and reads their answers. It reads only the beginning of a stream.

import http from 'node:http';
import { headersFor } from './requests.js';

const ANSWER_MILLIS = 12_000;
const FIRST_EVENT_MILLIS = 3_000;

/** Shorter than the services' idle timeout. Otherwise a request could be sent over a connection that is being closed. */
const IDLE_MILLIS = 5_000;

/** A request whose parameter `wait` is longer than this is aborted after a short time. */
const MAX_WAIT_SECONDS = 1;
const LONG_WAIT_MILLIS = 250;

/** A client of the services that reuses connections. */
export class Client {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 32, timeout: IDLE_MILLIS });
  #bases;
  #tokens;

  /** @param {Map<object, string>} bases URLs by document */
  constructor(bases, tokens) {
    this.#bases = bases;
    this.#tokens = tokens;
  }

  /** Returns all headers of a request, including a token unless the request has its own. */
  headers(request) {
    const base = this.#bases.get(request.operation.document);
    const all = { ...this.#tokens.headersFor(request.operation), ...headersFor(request.headers, base) };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  }

  url(request) {
    return this.#bases.get(request.operation.document) + request.path;
  }

  /**
   * Sends a request.
   *
   * @param {{mayWait: boolean}} options `mayWait` is whether the service may wait as long as the request's `wait`
   * @return {Promise<Answer>} with `isWaiting` if the request was aborted before its `wait` was over
   * @throws {Error} if the connection ends, or if there is no answer in time
   */
  send(request, { mayWait = true } = {}) {
    const { hostname, port } = new URL(this.#bases.get(request.operation.document));
    const headers = this.headers(request);
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    if (body) headers['Content-Length'] = body.length;
    const isLongWait = mayWait && Number([request.values.wait].flat()[0]) > MAX_WAIT_SECONDS;
    return new Promise((resolve, reject) => {
      const outgoing = http.request({
        hostname,
        port,
        method: request.method,
        path: request.path,
        headers,
        agent: headers.Upgrade ? false : this.#agent,
      });
      const timer = setTimeout(
        () => {
          outgoing.destroy(isLongWait ? undefined : new Error(`no answer within ${ANSWER_MILLIS} ms`));
          if (isLongWait) resolve({ isWaiting: true });
        },
        isLongWait ? LONG_WAIT_MILLIS : ANSWER_MILLIS,
      );
      const done = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      outgoing.on('error', done(reject));
      outgoing.on('response', (incoming) => {
        clearTimeout(timer);
        answer(incoming, outgoing).then(done(resolve), done(reject));
      });
      outgoing.on('upgrade', (incoming, socket, head) => {
        clearTimeout(timer);
        upgraded(incoming, socket, head).then(done(resolve), done(reject));
      });
      outgoing.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

/** An answer. An answer that is a stream of events ends after its first event. */
class Answer {
  constructor(incoming, body) {
    this.status = incoming.statusCode;
    this.headers = incoming.headers;
    this.body = body;
    this.type = (incoming.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  }

  get text() {
    return this.body.toString('utf8');
  }

  json() {
    return JSON.parse(this.text);
  }
}

function answer(incoming, outgoing) {
  const isStream = /^text\/event-stream/.test(incoming.headers['content-type'] ?? '');
  return new Promise((resolve, reject) => {
    const chunks = [];
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`status ${incoming.statusCode}, and the body did not end in time`)),
      isStream ? FIRST_EVENT_MILLIS : ANSWER_MILLIS,
    );
    const finish = () => {
      clearTimeout(timer);
      resolve(new Answer(incoming, Buffer.concat(chunks)));
    };
    incoming.on('data', (chunk) => {
      chunks.push(chunk);
      if (isStream && Buffer.concat(chunks).includes('\n\n')) {
        finish();
        outgoing.destroy();
      }
    });
    incoming.on('end', finish);
    incoming.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** Reads the first text message. Messages of a server are not masked. */
function upgraded(incoming, socket, head) {
  return new Promise((resolve, reject) => {
    let received = head;
    const timer = setTimeout(() => socket.destroy(new Error('no message on the WebSocket in time')), FIRST_EVENT_MILLIS);
    const look = () => {
      const message = firstMessage(received);
      if (message === undefined) return;
      clearTimeout(timer);
      resolve(Object.assign(new Answer(incoming, Buffer.alloc(0)), { message }));
      socket.destroy();
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      look();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the WebSocket was closed before its first message')));
    look();
  });
}

function firstMessage(bytes) {
  if (bytes.length < 2) return undefined;
  const isLong = (bytes[1] & 0x7f) === 126;
  const start = isLong ? 4 : 2;
  if (bytes.length < start) return undefined;
  const length = isLong ? bytes.readUInt16BE(2) : bytes[1] & 0x7f;
  return bytes.length < start + length ? undefined : bytes.subarray(start, start + length).toString('utf8');
}

/** Returns the command that repeats a request. */
export function curl(request, client) {
  const quoted = (text) => (/^[\w/:.,=+@%-]+$/.test(text) ? text : `$'${escaped(text)}'`);
  const headers = Object.entries(client.headers(request)).map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  const body = request.body === undefined ? [] : [`--data-binary ${quoted(request.body.toString())}`];
  const method = request.method === 'HEAD' ? '-I' : `-X ${request.method}`;
  return ['curl -i --path-as-is', method, ...headers, ...body, quoted(client.url(request))].join(' ');
}

const escaped = (text) =>
  text.replace(/[\\'\x00-\x1f\x7f]/g, (each) => (each === '\\' || each === "'" ? `\\${each}` : `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`));
