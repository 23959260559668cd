// A textlint rule: a sentence has at most `max` words. Code counts as one word.
import {splitAST, SentenceSplitterSyntax} from "sentence-splitter";

export default function (context, {max = 25} = {}) {
  const {Syntax, RuleError, report, getSource} = context;
  const check = node => {
    for (const sentence of splitAST({...node, type: Syntax.Paragraph}).children) {
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
