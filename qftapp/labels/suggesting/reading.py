r"""A language model's reply read as an annotation: forgiving in how it is written down, strict in what it says.

Thoughts, words and fences around the JSON do not matter, nor do backslashes of LaTeX that JSON would have twice, nor a
category's name in place of its code. A verdict, category, step or severity that does not exist is not guessed at.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qftapp.actors.text import storable
from qftapp.labels.agreement import Span
from qftapp.labels.models import MAX_COMMENT, MAX_NOTE, Annotation, ErrorCategory, SpanLabel
from qftapp.labels.suggesting.locating import locate

_LATEX_ESCAPE = re.compile(r'\\(?:(["\\/]|u[0-9a-fA-F]{4}|[bfnrt](?![a-z]))|)')
_EATEN = re.compile(r"[\b\f]|[\t\r](?=[A-Za-z])|\n(?=(?:u|abla|eq|e|ot|onumber)(?![A-Za-z]))")
_LETTER = {"\b": "b", "\f": "f", "\t": "t", "\r": "r", "\n": "n"}
NOT_FOUND = "What it quotes does not stand in the step once: "
_OPENING = re.compile(r'\{\s*"')
MOST_OPENINGS = 1_000
"""Places where an object may begin that are tried, from the end: each failure costs as much as the reply is long."""

_DECODER = json.JSONDecoder(strict=False)


class Unreadable(Exception):
    """The reply is no annotation; the message says why."""


@dataclass(frozen=True)
class Known:
    """What a reply is read against: the trace's text and steps, and the categories by code and by name."""

    text: str
    steps: list[Span]
    categories: dict[str, int]


def names_of(categories: Iterable[ErrorCategory]) -> dict[str, int]:
    """The categories by all that a reply may call them: code, and name where only one has it."""
    every = list(categories)
    names = [each.name.casefold() for each in every]
    by_name = {each.name.casefold(): each.pk for each in every if names.count(each.name.casefold()) == 1}
    return by_name | {each.code.casefold(): each.pk for each in every}


def read_reply(reply: str, known: Known) -> dict[str, Any]:
    """Verdict, comment and marks as `annotating.save` takes them; raises Unreadable."""
    said = _object_in(reply)
    verdict = _word(said.get("verdict"), "verdict").replace(" ", "_").replace("-", "_")
    if verdict not in Annotation.Verdict.values:
        raise Unreadable(f"It gives the verdict “{verdict[:40]}”, which there is not.")
    marks = said.get("marks") or []
    if not isinstance(marks, list):
        raise Unreadable("Its marks are no list.")
    return {
        "verdict": verdict,
        "comment": _text(said.get("comment"), "comment", MAX_COMMENT),
        "marks": [_mark(mark, number, known) for number, mark in enumerate(marks, 1)],
    }


def _object_in(reply: str) -> dict[str, Any]:
    """The last JSON object with a verdict after the thought; as it stands, or with LaTeX's backslashes mended."""
    thought, closed, answer = reply.rpartition("</think>")
    if not closed and "<think>" in thought + answer:
        raise Unreadable("It thought and never answered.")
    for wording in (answer, _LATEX_ESCAPE.sub(lambda found: found[0] if found[1] else r"\\", answer)):
        if found := _last_object(wording):
            return found
    raise Unreadable("It holds no JSON object with a verdict.")


def _last_object(text: str) -> dict[str, Any] | None:
    last, after = None, 0
    for start in [found.start() for found in _OPENING.finditer(text)][-MOST_OPENINGS:]:
        if start < after:
            continue
        try:
            found, after = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        last = found if "verdict" in found else last
    return last


def _mark(mark: Any, number: int, known: Known) -> dict[str, Any]:
    if not isinstance(mark, dict):
        raise Unreadable(f"Mark {number} is no object.")
    category = _word(mark.get("category"), f"category of mark {number}")
    names = [category, *(part.strip() for part in re.split(r"[:/>]", category)[-1:])]
    category_id = next((known.categories[name] for name in names if name in known.categories), None)
    if category_id is None:
        raise Unreadable(f"Mark {number} has the category “{category[:40]}”, which the taxonomy does not have.")
    severity = _word(mark.get("severity", "major"), f"severity of mark {number}")
    if severity not in SpanLabel.Severity.values:
        raise Unreadable(f"Mark {number} has the severity “{severity[:40]}”, which there is not.")
    propagates = mark.get("propagates") or False
    if not isinstance(propagates, bool):
        raise Unreadable(f"Mark {number} does not say whether it propagates.")
    texts = {name: _text(mark.get(name), name, MAX_NOTE) for name in ("claim", "correction", "note")}
    placed = _placed(_step(mark.get("step"), known), texts, number, known)
    return {"category_id": category_id, "severity": severity, "propagates": propagates, **texts, **placed}


def _step(said: Any, known: Known) -> int | None:
    """The index of the step a mark names; nothing where there is no such step."""
    digits = re.search(r"\d{1,6}", str(said)) if isinstance(said, int | str) and not isinstance(said, bool) else None
    step = int(digits[0]) - 1 if digits else -1
    return step if 0 <= step < len(known.steps) else None


def _placed(step: int | None, texts: dict[str, str], number: int, known: Known) -> dict[str, Any]:
    """Where a mark lies: on what it quotes, else on its whole step; the claim is what stands there."""
    if place := locate(texts["claim"], known.text, known.steps, step):
        start, end = place
        return {"start": start, "end": end, "claim": known.text[start:end][:MAX_NOTE]}
    if step is None:
        raise Unreadable(f"Mark {number} names no step of the trace, and no words that stand in it once.")
    start, end = known.steps[step]
    whole = {"start": start, "end": end, "claim": known.text[start:end][:MAX_NOTE]}
    if texts["claim"].strip():
        note = f"{NOT_FOUND}“{texts['claim']}”"
        whole["note"] = "\n".join(filter(None, [texts["note"], note]))[:MAX_NOTE]
    return whole


def _word(said: Any, what: str) -> str:
    if not isinstance(said, str) or not said.strip():
        raise Unreadable(f"It gives no {what}.")
    return _restored(said).strip().casefold()


def _text(said: Any, what: str, most: int) -> str:
    if said is None:
        return ""
    if not isinstance(said, str):
        raise Unreadable(f"Its {what} is no text.")
    text: str = storable(_restored(said))
    return text[:most]


def _restored(text: str) -> str:
    r"""The text with the backslashes that JSON took from LaTeX: a form feed before ``rac`` was ``\frac``."""
    return _EATEN.sub(lambda found: "\\" + _LETTER[found[0]], text)
