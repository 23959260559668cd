// Usage: node --expose-gc server.js BOOTSTRAP TOPIC PORT. Reads the topic from now on and sends likes to ws://…/v1/authors/{author}/likes.
import { Kafka, logLevel } from 'kafkajs';
import { WebSocketServer } from 'ws';

const [bootstrap, topic, port] = process.argv.slice(2);
const followers = new Map();

const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `node-${process.pid}`, maxWaitTimeInMs: 50 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: false });
const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, done));
await consumer.run({
  eachBatch: async ({ batch }) => {
    for (const message of batch.messages) {
      const sockets = followers.get(message.key?.toString());
      if (!sockets) continue;
      const event = message.value.toString();
      JSON.parse(event); // an event, or an exception
      const frame = `{"kind":"like","position":"${batch.partition}-${message.offset}","event":${event}}`;
      for (const socket of sockets) socket.send(frame);
    }
  },
});
await joined;

process.on('SIGUSR2', () => globalThis.gc()); // collected before the bench reads the memory

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), backlog: 4096, perMessageDeflate: false });
server.on('connection', (socket, request) => {
  const author = request.url.split('/')[3];
  if (!followers.has(author)) followers.set(author, new Set());
  followers.get(author).add(socket);
  socket.on('close', () => followers.get(author).delete(socket));
  socket.send('{"kind":"hello"}');
});
