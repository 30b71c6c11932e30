"""Finding the answer in a response: code, a box, or a bare expression on the last line.

Looked at, in this order, after everything up to the last `</think>` is dropped:

| the response holds | the answer is |
|---|---|
| code blocks defining the entry point | the last of them, with what it uses of earlier ones |
| no fences, the whole text is Python defining the entry point | the text |
| one box, or several that say the same | its content |
| the entry point without a body, as in the prompt | none |
| boxes that differ | unreadable |
| code blocks, none defining the entry point | unreadable |
| with `in_prose`, a final answer in words | what it states (see `stated`) |
| none of these, and it ends with a displayed formula | that formula |
| none of these | the last line, if it reads as an expression |

Every step takes time linear in the length of the response.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qftapp.verification import stated
from qftapp.verification.fragments import completed
from qftapp.verification.sources import SourceError, is_stub, parse_module

RESPONSE_LIMIT = 1_000_000
CODE_LIMIT = 50_000
STUB_LIMIT = 5_000

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*$", re.MULTILINE)
_BOX = re.compile(r"\\f?boxed\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_DISPLAYS = (
    ("$$", "$$"),
    (r"\[", r"\]"),
    (r"\begin{equation}", r"\end{equation}"),
    (r"\begin{equation*}", r"\end{equation*}"),
)
_LABELLED = re.compile(
    r"^(?:\*\*)?(?:the\s+)?(?:final\s+)?(?:answer|result)(?:\*\*)?\s*(?:is|:|=)(?:\*\*)?\s*", re.IGNORECASE
)
_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]?\s+[A-Za-z]{2,}[,;:]?\s+[A-Za-z]{2,}")
_TEXT_COMMAND = re.compile(r"\\(?:text|textrm|textbf|textit|mathrm|mathbf|texttt)\s*\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the response hands in: Python code, or text in a box or on the last line."""

    form: Literal["code", "text"]
    source: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a response holds no usable answer; `is_unreadable` tells an unclear answer from an absent one."""

    reason: str
    is_unreadable: bool


@lru_cache(maxsize=1)  # a contract that is guessed asks for the answer too
def extract(response: str, entry_point: str, *, in_prose: bool = False) -> Answer | Missing:
    """Return the answer in a response, or why there is none; `in_prose` also finds one that sentences state."""
    if len(response) > RESPONSE_LIMIT:
        return Missing(f"the response has more than {RESPONSE_LIMIT} characters", is_unreadable=True)
    text = _without_reasoning(response)
    if not text.strip():
        reason = "the response is empty" if not response.strip() else "the reasoning was never closed by </think>"
        return Missing(reason, is_unreadable=False)
    blocks = list(code_blocks(text))
    echoed = [block for block in blocks if _is_echo(block, entry_point)]
    blocks = [block for block in blocks if block not in echoed]
    for place in reversed(range(len(blocks))):
        if defines(blocks[place], entry_point):
            return _code(completed(_dedented(blocks[place]), [_dedented(block) for block in blocks[:place]]))
    if not blocks and _is_echo(text, entry_point):
        echoed = [text]
    elif not blocks and defines(text, entry_point) and _is_python(text):
        return _code(text)
    boxes = list(boxed(text))
    if boxes:
        return _boxed_answer(boxes)
    if blocks:
        return Missing(_other_function(blocks[-1], entry_point), is_unreadable=True)
    if echoed:
        return Missing(f"{entry_point} stands there as in the prompt, without a body", is_unreadable=False)
    if defines(text, entry_point):
        return Missing(f"the code of {entry_point} is mixed with prose: put it in a code block", is_unreadable=True)
    return (_stated(text) if in_prose else None) or _last_display(text) or _last_line(text)


def _without_reasoning(response: str) -> str:
    """Drop everything up to the last </think>, and reasoning that was opened after it and never closed."""
    text = response.rpartition("</think>")[2]
    return text.partition("<think>")[0]


def code_blocks(text: str) -> Iterator[str]:
    """Yield the contents of fenced blocks; one that is never closed reaches to the end."""
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opening is None:
            opening = fence
        elif fence.group(1)[0] == opening.group(1)[0] and len(fence.group(1)) >= len(opening.group(1)):
            yield text[opening.end() + 1 : fence.start()]
            # A fence with a language closes the block before it and opens the next: models forget fences.
            opening = fence if fence.group(2) else None
    if opening is not None:
        yield text[opening.end() + 1 :]


def defines(code: str, entry_point: str) -> bool:
    """Whether a line of the code begins the definition of the entry point."""
    if entry_point not in code:
        return False
    name = re.escape(entry_point)
    return re.search(rf"^[ \t]*(?:def[ \t]+{name}[ \t]*\(|{name}[ \t]*=[ \t]*lambda\b)", code, re.MULTILINE) is not None


def _is_echo(code: str, entry_point: str) -> bool:
    """Whether code is the stub of the prompt again."""
    return len(code) <= STUB_LIMIT and defines(code, entry_point) and is_stub(_dedented(code), entry_point)


def _code(source: str) -> Answer | Missing:
    if len(source) > CODE_LIMIT:
        return Missing(f"the code has more than {CODE_LIMIT} characters", is_unreadable=True)
    return Answer("code", _dedented(source))


def _dedented(source: str) -> str:
    """Remove the indentation of the first line from all lines, as in a block inside a list."""
    lines = source.expandtabs(4).split("\n")
    first = next((line for line in lines if line.strip()), "")
    width = len(first) - len(first.lstrip(" "))
    if not width or any(line.strip() and line[:width].strip() for line in lines):
        return source
    return "\n".join(line[width:] for line in lines)


def _is_python(text: str) -> bool:
    try:
        parse_module(text[: CODE_LIMIT + 1])
    except SourceError:
        return False
    return True


def boxed(text: str) -> Iterator[str]:
    r"""Yield the contents of the outermost balanced \boxed{…}, in order."""
    end = 0
    for start in _BOX.finditer(text):
        if start.start() < end:
            continue
        closing = _closing(text, start.end())
        if closing is None:
            # Unbalanced to the end of the text: no later box is balanced inside it but for nested ones.
            return
        yield text[start.end() : closing]
        end = closing


def _closing(text: str, start: int) -> int | None:
    """Return the index of the brace that closes the one before `start`; escaped braces do not count."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if depth == 0:
            return brace.start()
    return None


def _boxed_answer(boxes: list[str]) -> Answer | Missing:
    contents = {"".join(plain(box).split()): plain(box) for box in boxes}
    if len(contents) > 1:
        return Missing(f"the response holds {len(contents)} different boxes", is_unreadable=True)
    content = next(iter(contents.values()))
    return Answer("text", content) if content else Missing("the box is empty", is_unreadable=False)


def plain(text: str) -> str:
    r"""Return text without math delimiters, code ticks and \text{…} around the whole of it."""
    text = re.sub(r"^\\(?:display|text)style\b", "", text.strip()).strip()
    for left, right in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("`", "`"), ("**", "**")):
        if text.startswith(left) and text.endswith(right) and len(text) >= len(left) + len(right):
            text = text[len(left) : len(text) - len(right)].strip()
    whole = _TEXT_COMMAND.fullmatch(text)
    return " ".join(re.sub(r"\\ |~", " ", whole.group(1)).split()) if whole else text


def _other_function(block: str, entry_point: str) -> str:
    found = re.findall(r"^[ \t]*def[ \t]+(\w{1,60})[ \t]*\(", block, re.MULTILINE)
    if found:
        return f"the code defines {', '.join(found[:5])}, but the answer must define {entry_point}"
    return f"the code block does not define {entry_point}"


def _stated(text: str) -> Answer | Missing | None:
    try:
        found = stated.final(text)
    except stated.Contradiction:
        return Missing("the response states two different final answers", is_unreadable=True)
    return Answer("text", found) if found else None


def _last_display(text: str) -> Answer | None:
    r"""Return the formula in $$…$$, \[…\] or an equation environment that ends the text."""
    ended = text.rstrip().rstrip(".,;").rstrip()
    for opening, closing in _DISPLAYS:
        if ended.endswith(closing):
            inner, end = ended.removesuffix(closing), len(ended) - len(closing)
            start = inner.rfind(opening)
            if start >= 0 and (content := inner[start + len(opening) : end].strip()):
                return Answer("text", content)
    return None


def _last_line(text: str) -> Answer | Missing:
    lines = text.rstrip().rsplit("\n", 1)
    line = lines[-1].strip()
    bare = plain(_LABELLED.sub("", line, count=1).rstrip(".") if len(line) <= CODE_LIMIT else line)
    if not bare or _WORDS.search(bare[:2000]):
        return Missing("the response ends without a code block, a box or an expression", is_unreadable=False)
    return Answer("text", bare)
