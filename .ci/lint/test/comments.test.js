import assert from "node:assert/strict";
import {test} from "node:test";
import {prose} from "../comments.js";

/** Returns what is found as [line, text], each text with its blanks joined. */
const found = (source, ext) => {
  const {text, pieces} = prose(source, ext);
  assert.equal(text.split("\n").length, source.split("\n").length);
  return pieces.map(([start, end]) => [
    text.slice(0, start).split("\n").length,
    text.slice(start, end).replace(/\s+/g, " ").trim(),
  ]);
};

test("Java: comments, Javadoc, messages and names of methods, each on its line", () => {
  const source = `package a;
/**
 * Returns the sum.
 */
class A { // of all
  String url = "https://a // b", short = "no", message = "the broker is down";
  char quote = '"'; // not a string
  @Test
  void aLike_isRefused() {}
}`;
  assert.deepEqual(found(source, ".java"), [
    [2, "Returns the sum."],
    [5, "of all"],
    [6, "the broker is down"],
    [7, "not a string"],
    [9, "a like, is refused"],
  ]);
});

test("lines of comments that follow each other are one piece", () => {
  assert.deepEqual(found("// one idea\n// a sentence\nint a;\n", ".java"), [[1, "one idea a sentence"]]);
  assert.deepEqual(found("a: 1 # one idea\n     # a sentence\n", ".yml"), [[1, "one idea a sentence"]]);
});

test("JavaScript: a quote in a regular expression begins no string", () => {
  assert.deepEqual(found("s.replace(/[\"'`]/g, ''); // the reason\nf('a name of three')", ".js"), [
    [1, "the reason"],
    [2, "a name of three"],
  ]);
});

test("YAML: descriptions, with the lines that belong to them", () => {
  assert.deepEqual(found("a:\n  description: |\n    The first line\n\n    and the last.\n  other: value of this\n", ".yaml"), [
    [2, "| The first line and the last."],
  ]);
});

test("shell: a parameter's # begins no comment", () => {
  assert.deepEqual(found("#!/bin/sh\n((${#missing[@]})) && a=${b#c} # the reason\n", ".sh"), [[1, "!/bin/sh"], [2, "the reason"]]);
});

test("XML and HTML: comments and texts, but no scripts", () => {
  assert.deepEqual(found("<!-- a reason -->\n<message>Tests are written for JUnit.</message>\n<v>1</v>", ".xml"), [
    [1, "a reason"],
    [2, "Tests are written for JUnit."],
  ]);
  assert.deepEqual(found("<script>a < b and more of it</script><p>The text of it</p>", ".html"), [[1, "The text of it"]]);
});
