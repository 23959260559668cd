import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {test} from "node:test";
import {fileURLToPath} from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));

test("a link to a file or a heading that does not exist fails the check", t => {
  const folder = mkdtempSync(path.join(tmpdir(), "links-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const check = content => {
    writeFileSync(path.join(folder, "a.md"), content);
    const options = ["--rc-path", path.join(here, "remark.config.js"), "--frail", "--quiet", "--no-stdout", "--no-color", "a.md", "b.md"];
    const {status, stderr} = spawnSync(path.join(here, "node_modules/.bin/remark"), options, {cwd: folder, encoding: "utf8"});
    return {status, rules: [...stderr.matchAll(/remark-validate-links:([\w-]+)/g)].map(([, rule]) => rule)};
  };
  writeFileSync(path.join(folder, "b.md"), "# A heading\n");
  assert.deepEqual(check("# One\n\n[b](b.md) [heading](b.md#a-heading) [own](#one)\n"), {status: 0, rules: []});
  assert.deepEqual(check("[file](c.md)\n"), {status: 1, rules: ["missing-file"]});
  assert.deepEqual(check("[heading](b.md#two)\n"), {status: 1, rules: ["missing-heading-in-file"]});
  assert.deepEqual(check("[own](#two)\n"), {status: 1, rules: ["missing-heading"]});
});
