import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { open } from './browser.js';

const PAGE = new URL('../../main/resources/page/', import.meta.url);

test('the document names every module, so that a browser loads them concurrently', () => {
  const html = readFileSync(new URL('index.html', PAGE), 'utf8');
  const preloaded = [...html.matchAll(/<link rel="modulepreload" href="page\/([a-z-]+\.js)">/g)].map(([, name]) => name);

  assert.deepEqual([...preloaded, 'main.js'].sort(), readdirSync(PAGE).filter((name) => name.endsWith('.js')).sort());
});

test('controls are disabled until the page has started', () => {
  open();
  const controls = [...document.querySelectorAll('button, select, input[type=range]')].filter((control) => !control.closest('#credentials'));
  const enabled = controls.filter((control) => !control.disabled).map((control) => control.id || control.textContent);

  assert.deepEqual(enabled, ['post'], 'a choice of a post does nothing by itself');
});

test('figures that change are no live regions, and each panel announces its state', () => {
  open();
  assert.equal(document.querySelectorAll('output').length, 0);
  const polite = [...document.querySelectorAll('[role=status]')].map((region) => `${region.closest('section, form, header')?.id || 'header'} ${region.dataset.target ?? region.id}`);
  assert.deepEqual(polite, [
    'credentials reason',
    'header notice',
    'try state',
    'live state',
    'live announcement',
    'week state',
    'week run-state',
    'week download-state',
  ]);
});

test('the compressed page leaves half of its 100 KB to its library and to the client', () => {
  const bytes = readdirSync(PAGE).reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, PAGE))).length, 0);

  assert.ok(bytes < 55_000, `${bytes} bytes`);
});
