// The events of a live report, and the chunks of bytes that they arrive in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, open, openReport, report } from './fakes.js';

const SINCE = '2026-11-27T12:00:00Z';
const encode = (text) => new TextEncoder().encode(text);

/** Returns a report as an event, with a separator of lines. */
const reportEvent = (content, separator = '\n') =>
  [`id: ${content.through}`, 'event: report', `data: ${JSON.stringify(content)}`, '', ''].join(separator);

/** Creates a live report, and sends it chunks. */
async function receive(t, ...chunks) {
  const seen = await open(t, { report: 'current' });
  await seen.readers[0].accept();
  for (const chunk of chunks) await seen.readers[0].send(chunk);
  return seen;
}

test('a report is delivered with the position that it includes', async (t) => {
  const seen = await receive(t, reportEvent(report(10)));
  assert.deepEqual(seen.reports, [{ report: report(10), through: at(10), staleSince: null }]);
  assert.equal(seen.stream.position, at(10));
});

test('a report of an author without records is delivered', async (t) => {
  const seen = await receive(t, reportEvent(report('start', 0)));
  assert.equal(seen.reports[0].through, at('start'));
});

for (const [name, separator] of [['line feeds', '\n'], ['carriage returns', '\r'], ['both', '\r\n']]) {
  test(`events whose lines end with ${name} are delivered, also byte by byte`, async (t) => {
    const text = [10, 11].map((offset) => reportEvent(report(offset), separator)).join('') + `:${separator}`;
    const seen = await receive(t, ...Array.from(encode(text), (byte) => Uint8Array.of(byte)));
    assert.deepEqual(seen.reports.map(({ report }) => report), [report(10), report(11)]);
  });

  test(`an event whose lines end with ${name} is delivered once if it arrives in two chunks, cut anywhere`, async (t) => {
    const bytes = encode(reportEvent({ ...report(10), topPosts: [{ postId: 'crème ❤️', likes: 1 }] }, separator) + `:${separator}`);
    const seen = await open(t, { report: 'current' });
    await seen.readers[0].accept();
    for (let i = 1; i < bytes.length; i++) {
      await seen.readers[0].send(bytes.subarray(0, i));
      await seen.readers[0].send(bytes.subarray(i));
      assert.equal(seen.reports.length, i, `cut after ${i} bytes`);
      assert.equal(seen.reports[i - 1].report.topPosts[0].postId, 'crème ❤️');
    }
  });
}

test('several events in one chunk are delivered in order', async (t) => {
  const seen = await receive(t, [10, 11, 12].map((offset) => reportEvent(report(offset))).join(''));
  assert.deepEqual(seen.reports.map(({ through }) => through), [at(10), at(11), at(12)]);
});

test('several data lines are one text', async (t) => {
  const lines = JSON.stringify(report(10), null, 1).split('\n').map((line) => `data: ${line}\n`).join('');
  const seen = await receive(t, `event: report\n${lines}\n`);
  assert.deepEqual(seen.reports.map(({ report }) => report), [report(10)]);
});

test('line separators of Unicode in the data end no line', async (t) => {
  const content = { ...report(10), authorId: 'a\u2028b\u2029c\u0085d' };
  const seen = await receive(t, reportEvent(content));
  assert.deepEqual(seen.reports.map(({ report }) => report), [content]);
});

for (const [name, text] of [
  ['a comment', ': nothing new\n\n'],
  ['retry', 'retry: 5000\n\n'],
  ['an event without data', 'event: report\n\n'],
  ['an unknown event', 'event: forecast\ndata: {}\n\n'],
  ['an unknown field', 'data-next: 1\n\n'],
  ['a field without a colon', 'event\n\n'],
]) {
  test(`${name} is ignored`, async (t) => {
    const seen = await receive(t, text, reportEvent(report(10)));
    assert.deepEqual(seen.reports.map(({ report }) => report), [report(10)]);
    assert.deepEqual(seen.errors, []);
  });
}

test('a message without a type is ignored, also after a report', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].send(`data: ${JSON.stringify(report(11))}\n\n`);
  assert.deepEqual(seen.reports.map(({ report }) => report), [report(10)]);
});

test('a byte-order mark and a comment before the first event, and a field without a space', async (t) => {
  const text = `\uFEFFevent:report\n: comment\ndata:${JSON.stringify(report(10))}\n\n`;
  const seen = await receive(t, text);
  assert.deepEqual(seen.reports.map(({ report }) => report), [report(10)]);
});

for (const [name, event, data] of [
  ['a report without a position', 'report', '{"likes":1}'],
  ['a report with another position', 'report', '{"likes":1,"through":"7"}'],
  ['a report that is no JSON', 'report', '{"likes":'],
  ['a through that is null', 'through', 'null'],
  ['a stale without a time', 'stale', '{}'],
]) {
  test(`${name} is reported and skipped`, async (t) => {
    const seen = await openReport(t);
    await seen.readers[0].send(`event: ${event}\ndata: ${data}\n\n`);
    assert.equal(seen.errors.length, 1);
    assert.match(seen.errors[0][0], /^heartline: skipped an invalid event/);
    await seen.readers[0].event('report', report(12));
    assert.deepEqual(seen.reports.map(({ through }) => through), [at(10), at(12)]);
  });
}

test('a through moves the position of the last report', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].event('through', { through: at(15) });
  assert.deepEqual(seen.reports.at(-1), { report: report(10), through: at(15), staleSince: null });
  assert.equal(seen.stream.position, at(15));
});

for (const [name, data, expected] of [
  ['through', { through: at(11) }, { report: report(10), through: at(11), staleSince: null }],
  ['report', report(12), { report: report(12), through: at(12), staleSince: null }],
]) {
  test(`a report is stale until the next ${name}`, async (t) => {
    const seen = await openReport(t);
    await seen.readers[0].event('stale', { since: SINCE });
    assert.deepEqual(seen.reports.at(-1), { report: report(10), through: at(10), staleSince: SINCE });
    await seen.readers[0].event('stale', { since: SINCE });
    assert.equal(seen.reports.at(-1).staleSince, SINCE);
    await seen.readers[0].event(name, data);
    assert.deepEqual(seen.reports.at(-1), expected);
    assert.equal(seen.reports.length, 4);
  });
}

test('an onReport that throws is reported, and the report continues', async (t) => {
  const mistake = new Error('the page is at fault');
  const onReport = () => {
    throw mistake;
  };
  const seen = await openReport(t, { onReport });
  await seen.readers[0].event('report', report(11));
  assert.deepEqual(seen.errors, [[mistake], [mistake]]);
  assert.equal(seen.reports.length, 2);
});

test('an event that the end of the stream cuts off is not delivered', async (t) => {
  const seen = await openReport(t);
  await seen.readers[0].send(reportEvent(report(11)).slice(0, -1));
  await seen.readers[0].end();
  assert.equal(seen.reports.length, 1);
  await seen.passAll();
  await seen.readers[1].accept();
  await seen.readers[1].send('\n');
  await seen.readers[1].event('report', report(12));
  assert.deepEqual(seen.reports.map(({ through }) => through), [at(10), at(12)]);
});
