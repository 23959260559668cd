import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {test} from "node:test";
import {fileURLToPath} from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));

/** Returns the names of the rules that the message breaks. */
function broken(message) {
  const {stdout} = spawnSync("node_modules/.bin/commitlint", ["--config", "commitlint.config.js"], {cwd: here, input: message, encoding: "utf8"});
  return [...stdout.matchAll(/✖.*\[([\w-]+)\]/g)].map(([, rule]) => rule);
}

test("a header has a type, and at most 60 characters", () => {
  assert.deepEqual(broken("fix(web): do not log errors for disconnected clients\n\nThe reason.\n"), []);
  assert.deepEqual(broken("fix: " + "a".repeat(55)), []);
  assert.deepEqual(broken("fix: " + "a".repeat(56)), ["header-max-length"]);
  assert.deepEqual(broken("do not log errors"), ["subject-empty", "type-empty"]);
});
