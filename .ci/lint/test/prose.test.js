import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {test} from "node:test";
import {fileURLToPath} from "node:url";

const prose = fileURLToPath(new URL("../prose.js", import.meta.url));

/** Runs the check on a file with that content, and returns its exit code and its findings without the file's name. */
async function check(t, name, content) {
  const folder = await mkdtemp(path.join(tmpdir(), "prose-"));
  t.after(() => rm(folder, {recursive: true}));
  await writeFile(path.join(folder, name), content);
  return new Promise(resolve =>
    execFile(prose, [path.join(folder, name)], (error, stdout) =>
      resolve({code: error?.code ?? 0, lines: stdout.trim().split("\n").map(line => line.replace(/^.*?:(?=\d)/, ""))})));
}

test("a word that is not used is found in Markdown, at its line and column, but not in code", async t => {
  const {code, lines} = await check(t, "a.md", "# A page\n\nThe client waits, `nobody` and\nnobody else.\n");
  assert.equal(code, 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^4:1 terms: nobody -> client, reader.* \(actor: name it\)$/);
});

test("two words are found across a line's end in Javadoc, and not inside a tag", async t => {
  const {code, lines} = await check(t, "A.java", "/**\n * Returns at\n * once.\n *\n * @param told {@code told}\n */\n");
  assert.equal(code, 1);
  assert.deepEqual(lines.map(line => line.split(" ")[0]), ["2:12"]);
});

test("a long sentence is reported and passes", async t => {
  const {code, lines} = await check(t, "a.md", "The " + "very ".repeat(30) + "long sentence ends.\n");
  assert.equal(code, 0);
  assert.match(lines[0], /^1:1 sentence-words: sentence of 34 words/);
});

test("a good page has no findings", async t => {
  assert.deepEqual(await check(t, "a.md", "If the broker is down, the producer answers 503.\n"), {code: 0, lines: [""]});
});
