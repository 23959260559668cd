// Usage: node ingest.js BOOTSTRAP TOPIC PORT. Writes likes of POST /v1/likes, as JSON or NDJSON, to the topic.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import express from 'express';
import { Kafka, Partitioners, logLevel } from 'kafkajs';

const BATCH = 1000; // lines for each producer.send
const ID = /^[A-Za-z0-9._:@|+~=-]{1,128}$/;

const [bootstrap, topic, port] = process.argv.slice(2);

const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();

const isLike = (like) => ID.test(like?.postId) && ID.test(like.authorId) && ID.test(like.likerId);

const toMessage = ({ postId, authorId, likerId, type = 'liked', at = new Date().toISOString() }) => {
  const id = randomUUID();
  return {
    key: authorId,
    value: JSON.stringify({ id, type, postId, authorId, likerId, at }),
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: '/node',
      ce_type: type === 'unliked' ? 'io.heartline.unliked' : 'io.heartline.liked',
      ce_subject: postId,
      'content-type': 'application/json',
    },
  };
};

const post = async (request, response) => {
  if (!isLike(request.body)) return response.status(400).json({ title: 'Invalid like' });
  const message = toMessage(request.body);
  const [written] = await producer.send({ topic, acks: -1, messages: [message] });
  response.status(202).json({
    eventId: message.headers.ce_id,
    position: `${written.partition}-${written.baseOffset}`,
  });
};

const parse = (line) => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

const stream = async (request, response) => {
  const minimal = request.get('prefer') === 'return=minimal';
  response.type('application/x-ndjson');
  let number = 0;
  let refused = 0;
  let messages = [];
  let answers = [];
  const flush = async () => {
    // the answer 202 means that the like is logged
    if (messages.length > 0) await producer.send({ topic, acks: -1, messages });
    const text = answers.join('');
    messages = [];
    answers = [];
    if (text && !response.write(text)) await once(response, 'drain');
  };
  for await (const line of createInterface({ input: request, crlfDelay: Infinity })) {
    number++;
    const like = parse(line);
    if (isLike(like)) {
      const message = toMessage(like);
      messages.push(message);
      if (!minimal) answers.push(`{"line":${number},"status":202,"eventId":"${message.headers.ce_id}"}\n`);
    } else {
      refused++;
      answers.push(`{"line":${number},"status":400,"problem":{"title":"Invalid like"}}\n`);
    }
    if (messages.length === BATCH || answers.length === BATCH) await flush();
  }
  await flush();
  response.end(`{"done":true,"accepted":${number - refused},"refused":${refused}}\n`);
};

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post('/v1/likes', express.json({ limit: '16kb' }), (request, response) =>
  request.is('application/x-ndjson') ? stream(request, response) : post(request, response),
);
const server = app.listen(Number(port), '127.0.0.1');
// by default Node closes a connection after 5 idle seconds, and may lose a request that is on its way
server.keepAliveTimeout = 65_000;
