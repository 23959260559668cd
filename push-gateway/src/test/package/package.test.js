// The npm package of heartline.js: its files, its description, and its types.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const source = join(root, 'push-gateway/src/main/resources/client');
const read = (folder, file) => readFileSync(join(folder, file), 'utf8');

let app; // a folder of an app in which the package is installed
let packed;

before(() => {
  app = mkdtempSync(join(tmpdir(), 'heartline-package'));
  [packed] = Object.values(JSON.parse(run('npm', ['pack', '--json', '--pack-destination', app], source)));
  const installed = join(app, 'node_modules/heartline');
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', join(app, packed.filename), '--strip-components=1', '-C', installed], app);
  writeFileSync(join(app, 'package.json'), '{"type": "module"}');
});

after(() => rmSync(app, { recursive: true }));

function run(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (e) {
    throw new Error(`${command} ${args.join(' ')}: ${e.stdout}${e.stderr}`);
  }
}

/** Compiles a file of the app. Throws with the compiler's messages. */
function compile(file, options) {
  const compilerOptions = { target: 'es2022', lib: ['es2023', 'dom'], module: 'nodenext', noEmit: true, types: [], ...options };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '-p', app], app);
}

test('the package has the module, its types, the README and the license, and nothing else', () => {
  const files = packed.files.map(({ path }) => path).sort();
  assert.deepEqual(files, ['LICENSE', 'README.md', 'heartline.d.ts', 'heartline.js', 'package.json']);
});

test('the package has the license and the version of the repository', () => {
  assert.equal(read(source, 'LICENSE'), read(root, 'LICENSE'));
  const { version } = JSON.parse(read(source, 'package.json'));
  const [, expected] = /<artifactId>heartline<\/artifactId>\s*<version>([^<]+)</.exec(read(root, 'pom.xml'));
  assert.equal(version, expected);
});

test('the package has no dependencies and no scripts', () => {
  const { dependencies, peerDependencies, scripts, sideEffects } = JSON.parse(read(source, 'package.json'));
  assert.deepEqual([dependencies, peerDependencies, scripts, sideEffects], [undefined, undefined, undefined, false]);
});

test('an app imports the installed package in Node', () => {
  const script = "import * as module from 'heartline'; console.log(Object.keys(module).join());";
  assert.equal(run(process.execPath, ['--input-type=module', '-e', script], app).trim(), 'connect');
});

for (const options of [{ module: 'nodenext' }, { module: 'es2022', moduleResolution: 'bundler', exactOptionalPropertyTypes: true }]) {
  test(`a strict TypeScript app uses each option and method: ${JSON.stringify(options)}`, () => {
    copyFileSync(join(here, 'example.ts'), join(app, 'example.ts'));
    compile('example.ts', { strict: true, ...options });
  });
}

test('the declared types agree with the implementation', () => {
  copyFileSync(join(here, 'agreement.ts'), join(app, 'agreement.ts'));
  copyFileSync(join(source, 'heartline.js'), join(app, 'implementation.js'));
  compile('agreement.ts', { allowJs: true, strict: false });
});

test('the comments of connect describe each option that the code reads, and the example uses it', () => {
  const code = read(source, 'heartline.js');
  const documented = new Set([...code.matchAll(/^ \* @param \{.*\} \[?options\.(\w+)/gm)].map(([, name]) => name));
  const text = code.replace(/\/\*\*[^]*?\*\//g, '');
  const readOptions = new Set([...text.matchAll(/[.#]options\.(\w+)/g)].map(([, name]) => name));
  for (const [, names] of text.matchAll(/const \{ ([^}]*) \} = (?:this\.)?#?(?:options|others)\b/g)) {
    for (const name of names.split(', ')) readOptions.add(name);
  }
  assert.deepEqual([...readOptions].filter((name) => !documented.has(name)), []);
  const example = read(here, 'example.ts');
  for (const name of documented) {
    assert.match(text, new RegExp(`\\b${name}\\b`), `heartline.js does not use ${name}`);
    assert.match(example, new RegExp(`\\b${name}\\b`), `the example does not use ${name}`);
  }
});
