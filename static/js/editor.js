// Turns <textarea data-editor="latex|python"> into an editor; the textarea stays in the form and keeps the same text.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { enhance } from "./enhance.js";
import "./contract.js";
import { latex } from "./latex.js";

// Colours are the page's custom properties, so that one theme serves both schemes.
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--code-selection)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-soft)", border: "none" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-placeholder": { color: "var(--ink-soft)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--line-strong)" },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--warn-wash)" },
  ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--raised)", borderColor: "var(--line-strong)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--raised)", borderColor: "var(--line-strong)" },
});

const highlighting = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment], color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: [tags.processingInstruction, tags.contentSeparator], color: "var(--code-mark)", fontWeight: "600" },
  { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], color: "var(--code-name)" },
  { tag: [tags.operator, tags.bracket, tags.escape], color: "var(--ink-soft)" },
  { tag: tags.heading, fontWeight: "600" },
  { tag: tags.strong, fontWeight: "600" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.monospace, color: "var(--code-string)" },
]);

// Ctrl+Enter belongs to the page: it submits.
const pageKeys = new Set(["Mod-Enter"]);
const editingKeys = [...searchKeymap, ...historyKeymap, ...defaultKeymap].filter((binding) => !pageKeys.has(binding.key));

const LANGUAGES = {
  latex: [latex, EditorView.lineWrapping],
  python: [python(), lineNumbers(), indentUnit.of("    "), indentOnInput(), keymap.of([indentWithTab])],
};

// Names the editor by the label and the help of its textarea.
function attributes(textarea) {
  const label = textarea.labels?.[0];
  const named = { "aria-multiline": "true", spellcheck: String(textarea.dataset.editor === "latex") };
  if (label) {
    label.id ||= `${textarea.id}_label`;
    named["aria-labelledby"] = label.id;
  } else named["aria-label"] = textarea.getAttribute("aria-label") ?? textarea.name;
  const description = textarea.getAttribute("aria-describedby");
  if (description) named["aria-describedby"] = description;
  return named;
}

function mirror(textarea) {
  return EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    textarea.value = update.state.doc.toString();
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function start(textarea) {
  const shell = document.createElement("div");
  shell.className = "editor";
  shell.classList.toggle("tall", textarea.rows >= 10);
  const view = new EditorView({
    parent: shell,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        LANGUAGES[textarea.dataset.editor] ?? LANGUAGES.latex,
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        highlightSelectionMatches(),
        search({ top: true }),
        syntaxHighlighting(highlighting),
        theme,
        keymap.of(editingKeys),
        EditorState.readOnly.of(textarea.readOnly || textarea.disabled),
        EditorView.contentAttributes.of(attributes(textarea)),
        textarea.placeholder ? placeholder(textarea.placeholder) : [],
        mirror(textarea),
      ],
    }),
  });
  textarea.after(shell);
  textarea.hidden = true;
  // A hidden required field would block the form without a word; the server says what is missing.
  textarea.required = false;

  const takeText = () => {
    const now = view.state.doc.toString();
    if (now !== textarea.value) view.dispatch({ changes: { from: 0, to: now.length, insert: textarea.value } });
  };
  const showValidity = () => { shell.dataset.invalid = textarea.getAttribute("aria-invalid") ?? "false"; };
  showValidity();
  const label = textarea.labels?.[0];
  // The label names the editor now; tied to the hidden textarea too it would name two boxes.
  label?.removeAttribute("for");
  label?.addEventListener("click", () => view.focus());
  textarea.addEventListener("focus", () => view.focus());
  textarea.addEventListener("qft:restored", takeText);
  textarea.addEventListener("qft:validity", showValidity);
  textarea.form?.addEventListener("reset", () => setTimeout(takeText));
  textarea.dispatchEvent(new CustomEvent("qft:editor", { bubbles: true, detail: { view } }));
}

enhance("textarea[data-editor]", start);
