// The service of api/things.yaml.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';

const refused = (status, headers = {}) => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', ...headers },
  body: JSON.stringify({ title: 'Refused', status }),
});
/** Returns an answer that does not end. */
const stream = (...events) => ({
  status: 200,
  headers: { 'Content-Type': 'text/event-stream;charset=UTF-8' },
  body: events.map((lines) => `${lines.join('\n')}\n\n`).join(''),
  isEndless: true,
});
const json = (status, value) => ({ status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

/** Returns the answer that the file documents. */
function right(request, body, things) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/things') {
    if (request.method !== 'POST') return refused(405, { Allow: 'POST' });
    if (!/^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')) return refused(415);
    const thing = parsed(body);
    const isThing = thing && /^[a-z]{1,8}$/.test(thing.name) && typeof thing.name === 'string';
    const isSized = thing && (!('size' in thing) || (Number.isInteger(thing.size) && thing.size >= 1 && thing.size <= 10));
    if (!isThing || !isSized) return refused(400);
    const id = randomUUID();
    things.set(id, thing);
    return json(201, { id });
  }
  if (!['GET', 'HEAD'].includes(request.method)) return refused(405, { Allow: 'GET, HEAD' });
  const depth = searchParams.get('depth');
  const wide = searchParams.get('wide');
  const wait = searchParams.get('wait');
  if (depth !== null && !/^[0-5]$/.test(depth)) return refused(400);
  if (wait !== null && !/^([12]?[0-9]|30)$/.test(wait)) return refused(400);
  if (wide !== null && (depth === null || !['yes', 'no'].includes(wide))) return refused(400);
  const near = searchParams.get('near');
  if (near !== null && (wide !== null || !['true', 'false'].includes(near))) return refused(400);
  const isStream = request.headers.accept?.includes('text/event-stream');
  const every = searchParams.get('every');
  if (isStream && every !== null && !(/^\d+(\.\d{1,3})?$/.test(every) && every >= 0.2 && every <= 60)) return refused(400);
  const id = decodeURIComponent(pathname.split('/')[2]);
  if (!things.has(id)) return refused(404);
  return isStream ? stream([`id:${id}`, 'event:thing', `data:${JSON.stringify({ id })}`]) : json(200, { id });
}

function parsed(bytes) {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Starts the service on any port of loopback.
 *
 * @param {(answer: object, request: object) => object|Promise<object>} wrongly changes an answer before it is sent
 */
export async function startThings(wrongly = (answer) => answer) {
  const things = new Map();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = right(request, Buffer.concat(chunks), things);
    answer.headers['Request-Id'] = randomUUID();
    const { status, headers, body, isEndless } = await wrongly(answer, request, Buffer.concat(chunks).toString());
    response.writeHead(status, headers);
    if (request.method === 'HEAD') response.end();
    else if (isEndless) response.write(body);
    else response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => {
      server.close();
      server.closeAllConnections();
    }, };
}
