// The editor's view of a text: Markdown with formulas between $ $, $$ $$, \( \), \[ \] or \begin{align} \end{align}.
import { StreamLanguage } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const BEGIN = /^\\begin\{((?:equation|align|gather|multline|alignat|eqnarray)\*?)\}/;

function opening(stream) {
  for (const [open, close] of [["$$", "$$"], ["\\(", "\\)"], ["\\[", "\\]"]]) {
    if (stream.match(open)) return close;
  }
  const environment = stream.match(BEGIN);
  if (environment) return `\\end{${environment[1]}}`;
  // A lone $ opens a formula only where one closes it in the same paragraph line, as the renderer reads it.
  if (stream.match(/^\$(?=[^\s$](?:[^$]*[^\s$])?\$(?!\d))/)) return "$";
  return "";
}

function math(stream, state) {
  if (stream.match(state.close)) {
    state.close = "";
    return "mathMark";
  }
  if (stream.match(/^\\([a-zA-Z@]+|.)/)) return "mathCommand";
  if (stream.match(/^%.*/)) return "comment";
  if (stream.match(/^\d+(\.\d+)?/)) return "number";
  if (stream.match(/^[{}[\]()]/)) return "bracket";
  if (stream.match(/^[&^_=+\-*/<>|]/)) return "operator";
  stream.next();
  return "mathText";
}

function text(stream, state) {
  if (stream.sol() && stream.match(/^#{1,6}\s.*/)) return "heading";
  if (stream.sol() && stream.match(/^\s*([-+*]|\d+[.)]|>)\s/)) return "listMark";
  if (stream.match(/^\\[$`*_#\\]/)) return "escape";
  if (stream.match(/^`[^`]*`/)) return "monospace";
  if (stream.match(/^\*\*[^*]+\*\*/)) return "strong";
  if (stream.match(/^\*[^*\s][^*]*\*/)) return "emphasis";
  const close = opening(stream);
  if (close) {
    state.close = close;
    return "mathMark";
  }
  if (stream.match(/^\\[a-zA-Z]+/)) return "mathCommand";
  stream.next();
  stream.eatWhile(/[^\\$`*]/);
  return null;
}

export const latex = StreamLanguage.define({
  name: "latex-prose",
  startState: () => ({ close: "" }),
  copyState: (state) => ({ ...state }),
  token: (stream, state) => (state.close ? math(stream, state) : text(stream, state)),
  blankLine: (state) => { state.close = ""; },
  tokenTable: {
    mathMark: tags.processingInstruction,
    mathCommand: tags.keyword,
    mathText: tags.string,
    listMark: tags.contentSeparator,
    escape: tags.escape,
  },
});
