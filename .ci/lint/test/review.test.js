import assert from "node:assert/strict";
import {test} from "node:test";
import {review} from "../review.js";

const findings = ["docs/http.md", "bench/src/main/A.java"].map(file => ({file}));

test("a finding fails the check unless its path is listed", () => {
  assert.deepEqual(review(findings, ["bench/src"]), {failures: [{file: "docs/http.md"}], stale: []});
  assert.deepEqual(review(findings, ["docs/http.md", "bench"]), {failures: [], stale: []});
  assert.equal(review(findings, ["bench/src", "docs/http"]).failures.length, 1);
});

test("a listed path without a finding is stale", () => {
  assert.deepEqual(review(findings, ["bench", "docs", "proxy"]), {failures: [], stale: ["proxy"]});
});
