// A textlint plugin that finds the prose in source code: comments, Javadoc, messages in strings, descriptions in YAML, and names
// of methods. It hands textlint a text that has the source's lines, so that a finding has the line of the source.

const QUOTED = String.raw`"""[^]*?"""|"(?:\\.|[^"\\\n])*"`;
const C_COMMENT = String.raw`/\*[^]*?\*/|//[^\n]*(?:\n[ \t]*//[^\n]*)*`;
const HASH_COMMENT = String.raw`(?<=^|[ \t])#[^\n]*(?:\n[ \t]*#[^\n]*)*`;
const JS_REGEX = String.raw`(?<=[=(,:!&|?{;[]\s*)/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+/`;
const YAML_DESCRIPTION = String.raw`^([ \t]*)(?:description|summary):[ \t]+[^{"\s][^\n]*(?:\n(?:\1[ \t]+[^\n]*|[ \t]*(?=\n)))*`;

// What may contain prose, by the file's extension. A group named `method` is split into words.
const SYNTAX = {
  ".java": [C_COMMENT, QUOTED, String.raw`'(?:\\.|[^'\\\n])'`, String.raw`(?<=\bvoid )(?<method>\w+)(?=\()`],
  ".js": [C_COMMENT, JS_REGEX, QUOTED, String.raw`'(?:\\.|[^'\\\n])*'`, "`(?:\\\\.|[^`\\\\])*`"],
  ".css": [C_COMMENT],
  ".xml": ["<!--[^]*?-->", "(?<=>)[^<>]+(?=<)"],
  ".html": ["<!--[^]*?-->", "<(?:script|style)[^]*?</", "(?<=>)[^<>]+(?=<)"],
  ".yml": [HASH_COMMENT, YAML_DESCRIPTION, QUOTED],
  ".sh": [HASH_COMMENT],
  ".py": [HASH_COMMENT, QUOTED],
  ".graphqls": [HASH_COMMENT, QUOTED],
};
SYNTAX[".yaml"] = SYNTAX[".yml"];
for (const like of [".conf", ".env", ".properties", ".config"]) SYNTAX[like] = SYNTAX[".sh"];

const MARKERS = /^[ \t]*(?:\/\*+|\*(?!\/)|\/\/+|#+)[ \t]?|\*\/|<!--|-->|^[ \t]*(?:description|summary):(?=[ \t])/gm;
const QUOTES = /^(?:"""|["'`])|(?:"""|["'`])$/g;
// Ends a paragraph: an empty line, an item of a list, a tag, or a cell of a table. In a help text also an option or a setting.
const PARAGRAPH_END =
  /\n(?=[ \t]*(?:\n|@\w|<(?:p|li|ul|ol|pre|table|tr)>|[-*] |--\w[^\n]* {2,}\S|[a-z]+\.[a-z.-]+ {2,}\S))|(?=<(?:p|li|tr|td)>)|(?<=\s)(?=\|\s)/;
const CODE = /```[^]*?```|\{@[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|`[^`]*`|<[^<>\n]+>|^\s*@(?:param\s+<?\w+>?|(?:throws|see)\s+\S+|\w+)|https?:\S+/g;

const blank = text => text.replace(/[^\n]/g, " ");
const isProse = text => !/^<\w/.test(text) && (/^(?:\/\/|\/\*|#|<!--)/.test(text) || /\w+\s+\w+\s+\w+/.test(text));

/** Returns the source's lines with everything blank that is not prose, and where each piece of prose is in them. */
export function prose(source, ext) {
  let text = "";
  let from = 0;
  const pieces = [];
  for (const match of source.matchAll(new RegExp(SYNTAX[ext].join("|"), "gm"))) {
    text += blank(source.slice(from, match.index));
    from = match.index + match[0].length;
    const method = match.groups?.method;
    if (method ? /[_A-Z]/.test(method) : isProse(match[0])) {
      const start = text.length;
      text += method ? words(method) : match[0].replace(MARKERS, blank).replace(QUOTES, blank);
      pieces.push([start, text.length]);
    } else {
      text += blank(match[0]);
    }
  }
  return {text: text + blank(source.slice(from)), pieces};
}

const words = method => method.replace(/_/g, ", ").replace(/(?<=[a-z0-9])[A-Z]/g, letter => " " + letter.toLowerCase());

/** Returns textlint's tree of that text: a paragraph for each paragraph of each piece, in which code is apart. */
function tree({text, pieces}) {
  const lines = [0, ...[...text.matchAll(/\n/g)].map(match => match.index + 1)];
  const position = index => {
    let line = lines.length;
    while (lines[line - 1] > index) line--;
    return {line, column: index - lines[line - 1]};
  };
  const node = (type, start, end, rest) => ({
    type, range: [start, end], raw: text.slice(start, end), loc: {start: position(start), end: position(end)}, ...rest,
  });
  const paragraphs = [];
  for (const [start, end] of pieces) {
    let from = start;
    for (const part of text.slice(start, end).split(PARAGRAPH_END)) {
      const children = [];
      const leaf = (type, first, last) => {
        if (last > first) children.push(node(type, first, last, {value: text.slice(first, last)}));
      };
      let done = from;
      for (const code of part.matchAll(CODE)) {
        leaf("Str", done, from + code.index);
        done = from + code.index + code[0].length;
        leaf("Code", from + code.index, done);
      }
      leaf("Str", done, from + part.length);
      if (/\w/.test(part)) paragraphs.push(node("Paragraph", from, from + part.length, {children}));
      from += part.length;
      if (text[from] === "\n" && from < end) from++;
    }
  }
  return node("Document", 0, text.length, {children: paragraphs});
}

export class Processor {
  static availableExtensions() {
    return Object.keys(SYNTAX);
  }

  availableExtensions() {
    return Processor.availableExtensions();
  }

  processor(ext) {
    return {
      preProcess(source) {
        const found = prose(source, ext);
        return {text: found.text, ast: tree(found)};
      },
      postProcess: (messages, filePath) => ({messages, filePath: filePath ?? "<text>"}),
    };
  }
}

export default {Processor};
