r"""Markdown rules for display formulas ($$ $$, \[ \], align …) and for \( \)."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

ENVIRONMENTS = "equation|align|gather|multline|alignat|eqnarray|displaymath"
# Bounds the search for a closing delimiter, so that a text of openings costs linear time.
MAX_FORMULA = 10_000
BLANK_LINE = re.compile(r"\n[ \t]*\n")
BEGIN = re.compile(rf"\\begin\{{((?:{ENVIRONMENTS})\*?)\}}")


def delimiters_plugin(markdown: MarkdownIt) -> None:
    r"""Let `markdown` read \( \) as math_inline, \[ \] and display environments as math_inline_double or math_block."""
    markdown.inline.ruler.before("escape", "math_delimiters", _inline)
    markdown.block.ruler.before(
        "fence", "math_environment", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def closing_of(text: str, start: int) -> tuple[str, str, bool] | None:
    """Return opening delimiter, closing delimiter and whether they display, for the formula that starts at `start`."""
    if text.startswith("\\(", start):
        return "\\(", "\\)", False
    if text.startswith("\\[", start):
        return "\\[", "\\]", True
    if begin := BEGIN.match(text, start):
        return begin[0], f"\\end{{{begin[1]}}}", True
    return None


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "\\":
        return False
    delimiters = closing_of(state.src, state.pos)
    if delimiters is None:
        return False
    opening, closing, display = delimiters
    start = state.pos + len(opening)
    end = state.src.find(closing, start, min(state.posMax, start + MAX_FORMULA))
    if end < 0:
        return False
    if not silent:
        token = state.push("math_inline_double" if display else "math_inline", "math", 0)
        token.content = _content(state.src[state.pos : end + len(closing)], opening, closing)
        token.markup = opening
    state.pos = end + len(closing)
    return True


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    begin = state.bMarks[start_line] + state.tShift[start_line]
    delimiters = ("$$", "$$", True) if state.src.startswith("$$", begin) else closing_of(state.src, begin)
    if delimiters is None or not delimiters[2]:
        return False
    opening, closing, _ = delimiters
    last_line = _closing_line(state, start_line, end_line, closing, begin + len(opening))
    if last_line is None:
        return False
    if silent:
        return True
    text = state.getLines(start_line, last_line + 1, state.blkIndent, False).strip()
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = _content(text, opening, closing)
    token.markup = opening
    token.map = [start_line, last_line + 1]
    state.line = last_line + 1
    return True


def _closing_line(state: StateBlock, start_line: int, end_line: int, closing: str, start: int) -> int | None:
    """Return the line that ends with `closing`; None if a blank line comes first or text follows the formula."""
    end = state.src.find(closing, start, start + MAX_FORMULA)
    if end < 0 or BLANK_LINE.search(state.src, start, end):
        return None
    line = start_line
    while line < end_line and state.eMarks[line] < end:
        line += 1
        if line == end_line or state.sCount[line] < state.blkIndent:
            return None
    rest = state.src[end + len(closing) : state.eMarks[line]]
    return None if rest.strip(" .,;") else line


def _content(text: str, opening: str, closing: str) -> str:
    """Return what KaTeX sets: environments keep their delimiters, punctuation after a display moves into it."""
    body, _, rest = text[len(opening) :].rpartition(closing)
    inside = f"{opening}{body}{closing}" if opening.startswith("\\begin") else body.strip()
    return inside + rest.strip()
