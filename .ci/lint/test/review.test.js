import assert from "node:assert/strict";
import {test} from "node:test";
import {review} from "../review.js";

const http = {file: "docs/http.md", source: "| nobody |", column: 3};
const java = {file: "bench/src/main/A.java", source: "// nobody asks nobody", column: 4};

test("a finding fails the check unless its path is listed", () => {
  assert.deepEqual(review([http, java], [], ["bench/src"]), {failures: [http], others: [java], stale: []});
  assert.deepEqual(review([http, java], [], ["docs/http.md", "bench"]), {failures: [], others: [http, java], stale: []});
  assert.equal(review([http, java], [], ["bench/src", "docs/http"]).failures.length, 1);
});

test("a listed path without a finding is stale", () => {
  assert.deepEqual(review([http, java], [], ["bench", "docs", "proxy"]).stale, ["proxy"]);
});

test("an exempt text counts in its path, and at its column", () => {
  const exempt = [{path: "docs", text: "| nobody |", reason: "a name"}];
  assert.deepEqual(review([http, java], exempt, []).failures, [java]);

  const second = {...java, column: 16};
  assert.deepEqual(review([java, second], [{path: "bench", text: "asks nobody", reason: "a name"}], []).failures, [java]);
});

test("an exempt text without a finding is stale", () => {
  assert.deepEqual(review([http], [{path: "bench", text: "| nobody |", reason: "a name"}], []).stale, ["bench: | nobody |"]);
  assert.deepEqual(review([http], [{path: "docs", text: "| nobody |", reason: "a name"}], ["docs"]).stale, ["docs"]);
});
