// A textlint rule: a sentence has at most `max` words. Code counts as one word.
import {splitAST, SentenceSplitterSyntax} from "sentence-splitter";

const EMPHASIS = new Set(["Strong", "Emphasis"]);

export default function (context, {max = 25} = {}) {
  const {Syntax, RuleError, report, getSource} = context;
  const check = node => {
    for (const sentence of splitAST(splittable(node)).children) {
      if (sentence.type !== SentenceSplitterSyntax.Sentence) continue;
      const text = sentence.children.map(child => (child.type === Syntax.Code ? " code " : getSource(child))).join("");
      const words = text.split(/\s+/).filter(word => /\w/.test(word)).length;
      if (words > max) {
        const index = sentence.range[0] - node.range[0];
        report(node, new RuleError(`sentence of ${words} words: at most ${max}, one idea each`, {index}));
      }
    }
  };
  return {[Syntax.Paragraph]: check, [Syntax.TableCell]: check};
}

/**
 * Returns the paragraph in a form in which the splitter finds more ends of sentences. It takes a number for a list's item, and
 * `ms` for a title, and it finds no end in emphasis. Each character keeps its position.
 */
function splittable(node) {
  const raw = node.raw.replace(/(?<=\s)(?:\d+|ms)(?=\.\s)/g, word => "n".repeat(word.length))
    .replace(/([.?!])(\*\*|__|\*|_)(?=\s)/g, "$2$1");
  return {...node, type: "Paragraph", raw, children: node.children.flatMap(withoutEmphasis)};
}

/** Returns the node, or the nodes in it and the marks around them if it is emphasis. */
function withoutEmphasis(node) {
  if (!EMPHASIS.has(node.type) || !node.children.length) return [node];
  const [start, end] = node.range;
  const mark = (from, to) => ({type: "Str", range: [from, to], loc: node.loc, raw: "", value: ""});
  return [
    mark(start, node.children[0].range[0]),
    ...node.children.flatMap(withoutEmphasis),
    mark(node.children.at(-1).range[1], end),
  ];
}
