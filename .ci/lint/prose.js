#!/usr/bin/env node
// Checks the repository's prose, or that of the files and folders that are given. `--all` also prints the findings in files that
// are not yet reviewed, and fails because of them.
import {execFileSync} from "node:child_process";
import {readFileSync, statSync} from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {TextlintKernel} from "@textlint/kernel";
import markdown from "@textlint/textlint-plugin-markdown";
import prh from "textlint-rule-prh";
import comments, {Processor} from "./comments.js";
import {inside, review} from "./review.js";
import sentenceWords from "./sentence-words.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const {ignored, exempt, notYetReviewed} = JSON.parse(readFileSync(path.join(here, "prose.json"), "utf8"));
const extensions = new Set([".md", ...Processor.availableExtensions()]);
const kernel = new TextlintKernel();
const interop = module => module.default ?? module;

/** Returns the extension whose syntax the file has, or undefined if the file contains no prose. */
function syntax(file, text) {
  const ext = path.extname(file);
  if (extensions.has(ext)) return ext;
  return text.startsWith("#!") || path.basename(file) === "Dockerfile" ? ".sh" : undefined;
}

async function findings(file) {
  const text = readFileSync(path.join(root, file), "utf8");
  const ext = syntax(file, text);
  if (!ext) return [];
  const {messages} = await kernel.lintText(text, {
    filePath: path.join(root, file),
    ext,
    configBaseDir: here,
    plugins: [{pluginId: "markdown", plugin: interop(markdown)}, {pluginId: "comments", plugin: comments}],
    rules: [
      {ruleId: "terms", rule: interop(prh), options: {rulePaths: ["terms.yml"], checkLink: true, checkEmphasis: true}},
      {ruleId: "sentence-words", rule: sentenceWords, options: {max: 25}},
    ],
  });
  const lines = text.split("\n");
  return messages.map(({ruleId, line, column, message}) => ({file, ruleId, line, column, message, source: lines[line - 1]}));
}

const isFile = file => statSync(path.join(root, file), {throwIfNoEntry: false})?.isFile();

function repositoryFiles() {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {cwd: root, encoding: "utf8"});
  return listed.split("\0").filter(file => file && isFile(file));
}

/** Prints a finding on one line; prh puts its reason onto the last line of a message. */
function print({file, line, column, ruleId, message}) {
  const text = message.replace(/\n([^\n]*)$/, " ($1)").replace(" => ", " -> ").replace(/\s+/g, " ");
  console.log(`${file}:${line}:${column} ${ruleId}: ${text}`);
}

const args = process.argv.slice(2);
const all = args.includes("--all");
const given = args.filter(arg => arg !== "--all").map(file => path.relative(root, path.resolve(file)));
const files = given.length
  ? given.flatMap(listed => (isFile(listed) ? [listed] : repositoryFiles().filter(file => inside(file, listed))))
  : repositoryFiles().filter(file => !ignored.some(listed => inside(file, listed)));
const found = [];
for (const file of files) found.push(...(await findings(file)));

const {failures, others, stale} = review(found, exempt, notYetReviewed);
if (given.length || all) {
  [...failures, ...others].forEach(print);
  process.exitCode = failures.length || others.length ? 1 : 0;
} else {
  failures.forEach(print);
  for (const listed of stale) console.log(`no findings left, so remove it from .ci/lint/prose.json: ${listed}`);
  console.log(`${files.length} files: ${failures.length} findings, and ${others.length} in paths that are not yet reviewed`);
  process.exitCode = failures.length || stale.length ? 1 : 0;
}
