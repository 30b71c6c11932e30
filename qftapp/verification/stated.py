r"""The final answer that a response states in prose, where neither a box nor code holds it.

Read only where a contract was guessed from a bare gold answer: a prompt of ours asks for a box or for code.

| the response says | the answer is |
|---|---|
| `The final answer is $x^2$. I hope it is correct.` | x², what follows “(final) answer”, “result” or “solution” |
| `So the answer is 42.`, `Answer: **42**`, `42 is our answer` | 42 |
| two such statements that differ | none: unreadable |
| `Hence the width is $\frac{g^2}{8\pi}$.` | the formula that ends the last line |
| `The volume is 120.`, `3 + 10 = 13` | the number behind “is”, “are”, “equals” or “=” that ends the last line |
| anything else | none |
"""

import re

_FORMULA = r"(?:\$\$[^$]{1,999}\$\$|\$[^$\n]{1,999}\$|\\\(.{1,999}?\\\)|\\\[.{1,999}?\\\]|\*\*[^*\n]{1,999}\*\*)"
_LIST = rf"{_FORMULA}(?:(?:\s*,\s*|\s+)(?:and\s+|or\s+)?{_FORMULA})*"
_NUMBER = r"[-+−]?[$€£]?\s?(?:\d[\d,]{0,40}(?:\.\d{1,40})?|\.\d{1,40})(?:/\d{1,40})?(?:\s*(?:\\?%|[€£]))?"
_NOUN = r"(?:answer|result|solution)"
_PHRASES = tuple(
    re.compile(rf"\b{adjective}{_NOUN}(?:\*\*)?\s*(?:(?:is|are|was)\b\s*:?|[:=]|(?=[$\\*]))\s*", re.IGNORECASE)
    for adjective in (r"final\s+", r"(?:(?:our|the|correct)\s+)?")
)
_HAS_NOUN = re.compile(_NOUN, re.IGNORECASE)
_TURNED = re.compile(rf"({_FORMULA}|{_NUMBER})\s+(?:is|are)\s+(?:the|our|my)\s+(?:final\s+)?{_NOUN}\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(.*?)(?:[.!](?=\s|$)|\n|$|\s(?:because|since|which|where|when|as|if)\b)", re.DOTALL)
_ENDING_FORMULA = re.compile(rf"({_FORMULA})[\s.,;:!\"')]*$")
_ENDING_NUMBER = re.compile(rf"(?:\b(?:is|are|equals|of|by|about)\b|[=:])\s*(?:just\s+|about\s+)?({_NUMBER})[\s.!]*$")
_ENDINGS = (_ENDING_FORMULA, _ENDING_NUMBER)
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}\s+[A-Za-z]{2,}\b")
_PERCENT = re.compile(r"(?<=[\d$}])\s*(?:percent(?:age)?|pct)\b\.?")
_CHAT = re.compile(r"<\|[a-z_]+\|>")
_TICKS = " \t\n\"'“”"
LENGTH_LIMIT = 4_000
"""Characters at the end of a response in which a statement is looked for: the patterns take time beyond linear."""


class Contradiction(ValueError):
    """A response that states two different final answers."""


def final(response: str) -> str | None:
    """Return the text of the final answer that a response states, None if it states none clearly.

    Raises Contradiction.
    """
    text = _PERCENT.sub(r"\\%", _CHAT.split(response[-LENGTH_LIMIT:], maxsplit=1)[0]).strip()
    speaks_of_it = _HAS_NOUN.search(text) is not None
    for phrase in _PHRASES if speaks_of_it else ():
        found = [_behind(text[match.end() :]) for match in phrase.finditer(text)]
        stated = {"".join(answer.split()): answer for answer in found if answer}
        if len(stated) > 1:
            raise Contradiction
        if stated:
            return next(iter(stated.values()))
    line = text.rpartition("\n")[2]
    for ending in (_TURNED, *_ENDINGS) if speaks_of_it else _ENDINGS:
        if found_last := list(ending.finditer(line))[-1:]:
            return _plain(found_last[0][1])
    return _plain(line) if re.fullmatch(_NUMBER, line) else None


def _behind(rest: str) -> str | None:
    """Return what a statement says, from behind its phrase on."""
    if listed := re.match(_LIST, rest, re.DOTALL):
        formulas = [_plain(formula) for formula in re.findall(_FORMULA, listed[0], re.DOTALL)]
        return ", ".join(formulas)
    sentence = _SENTENCE.match(rest)
    said = _plain(sentence[1]) if sentence else ""
    if said and not _PROSE.search(said):
        return said
    number = re.match(rf"{_NUMBER}(?![\w.]*\w)", rest)
    return _plain(number[0]) if number else None


def _plain(text: str) -> str:
    """Return a formula without its delimiters, a number without its currency."""
    text = text.strip(_TICKS)
    for left, right in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("**", "**")):
        if text.startswith(left) and text.endswith(right) and len(text) >= len(left) + len(right):
            return text[len(left) : len(text) - len(right)].strip()
    return re.sub(r"[$€£]\s?", "", text) if text.count("$") < 2 else text
