"""What changed between two texts, by words and whole formulas: as rendered prose and as source lines."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

from django.utils.safestring import SafeString

from qftapp.prose.render import MAX_CHARACTERS, render

# A formula, a run of blanks, a line's Markdown marker, or a word.
TOKEN = re.compile(
    r"\$\$.+?\$\$|\$[^$\n]+\$|\\\(.+?\\\)|\\\[.+?\\\]|\\begin\{(\w+\*?)\}.+?\\end\{\1\}"
    r"|^[ \t]*(?:[-+*>]|\d+[.)]|#{1,6})[ \t]+|\s+|[^\s$]+|\$",
    re.DOTALL | re.MULTILINE,
)
MARKER = re.compile(r"\s*(?:[-+*>]|\d+[.)]|#{1,6})?\s*\Z")
# Private-use characters stand for the tags while Markdown is rendered; a text's own are dropped first.
INS, INS_END, DEL, DEL_END = "\ue000", "\ue001", "\ue002", "\ue003"
TAGS = str.maketrans({INS: "<ins>", INS_END: "</ins>", DEL: "<del>", DEL_END: "</del>"})
NO_TAGS = str.maketrans("", "", INS + INS_END + DEL + DEL_END)


def rendered(old: str, new: str) -> SafeString:
    """Return `new` as HTML with added words and formulas in ins, dropped ones in del; formulas change whole."""
    before, after = _tokens(old), _tokens(new)
    parts: list[str] = []
    for kind, i1, i2, j1, j2 in _operations(before, after):
        if kind == "equal":
            parts += after[j1:j2]
            continue
        parts += (_wrapped(token, DEL, DEL_END) for token in before[i1:i2] if not _is_structure(token))
        parts += (_wrapped(token, INS, INS_END) for token in after[j1:j2])
    return SafeString(render("".join(parts)).translate(TAGS))


def source(old: str, new: str) -> SafeString:
    """Return both sources line by line as spans `line added` and `line removed`, unchanged lines between."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[str] = []
    for kind, i1, i2, j1, j2 in _operations(before, after):
        if kind == "equal":
            lines += (f'<span class="line">{escape(line)}</span>' for line in after[j1:j2])
            continue
        lines += (f'<span class="line removed">{escape(line)}</span>' for line in before[i1:i2])
        lines += (f'<span class="line added">{escape(line)}</span>' for line in after[j1:j2])
    return SafeString("".join(lines))


def _tokens(text: str) -> list[str]:
    clean = text[:MAX_CHARACTERS].translate(NO_TAGS)
    return [match[0] for match in TOKEN.finditer(clean)]


def _operations(before: list[str], after: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > 20_000).get_opcodes()


def _is_structure(token: str) -> bool:
    return MARKER.fullmatch(token) is not None


def _wrapped(token: str, opening: str, closing: str) -> str:
    """Return a token between marks; blanks and line markers stay bare, or the text would lose its structure."""
    if _is_structure(token):
        return token
    # A displayed formula in the middle of a line must not look like a block of its own.
    flat = " ".join(token.split()) if "\n" in token else token
    return f"{opening}{flat}{closing} " if opening == DEL else f"{opening}{flat}{closing}"
