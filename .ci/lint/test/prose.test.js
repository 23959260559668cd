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

const LONG = "The " + "very ".repeat(30) + "long sentence ends.";

test("a long sentence is found in each kind of prose", async t => {
  const sources = {
    "a.md": `A page.\n\n${LONG}\n`,
    "Comment.java": `class Comment {\n\n    // ${LONG}\n}\n`,
    "Javadoc.java": `/**\n * Returns it.\n * @param it ${LONG}\n */\n`,
    "Message.java": `class Message {\n\n    String text = "${LONG}";\n}\n`,
    "a.yml": `a: 1\n\n# ${LONG}\n`,
    "openapi.yaml": `a: 1\nb:\n  description: ${LONG}\n`,
    "script.sh": `#!/usr/bin/env bash\n\ntrue # ${LONG}\n`,
    "a.js": `/* It is. */\n\n// ${LONG}\n`,
    "pom.xml": `<a>\n\n<!-- ${LONG} -->\n</a>\n`,
  };
  for (const [name, source] of Object.entries(sources)) {
    const {code, lines} = await check(t, name, source);
    assert.equal(code, 1, name);
    assert.equal(lines.length, 1, name);
    assert.match(lines[0], /^3:\d+ sentence-words: sentence of 3[45] words/, name);
  }
});

test("a sentence ends after a number, after a unit and in emphasis", async t => {
  const half = "the " + "very ".repeat(12) + "long sentence ends";
  for (const end of ["with 503. ", "after 5 ms. ", "*in emphasis.* ", "**in strong emphasis.** "]) {
    for (const [name, mark] of [["a.md", ""], ["A.java", "// "]]) {
      assert.equal((await check(t, name, `${mark}And ${half} ${end} And ${half}.\n`)).code, 0, `${name}: ${end}`);
    }
  }
});

test("a cell of a table is no part of a sentence", async t => {
  const cell = "a cell of five words";
  assert.equal((await check(t, "a.yaml", `description: |\n${`  | ${cell} | ${cell} |\n`.repeat(4)}`)).code, 0);
});

test("code at the start or the end of a comment's line is not checked", async t => {
  assert.equal((await check(t, "A.java", "// It is written as `nobody`\n// `told` and `owed`.\n")).code, 0);
  assert.equal((await check(t, "A.java", "// ```\n// nobody;\n// ```\n// It is told.\n")).lines.length, 1);
});

test("a good page has no findings", async t => {
  assert.deepEqual(await check(t, "a.md", "If the broker is down, the producer answers 503.\n"), {code: 0, lines: [""]});
});
