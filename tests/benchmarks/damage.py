"""Texts that a reader has to survive: golden answers with bytes and tokens changed."""

import random
import re
from collections.abc import Sequence

PIECES = (
    *r"{ } ( ) [ ] ^ _ ^{ _{ \left( \right) \left. \right| | \| & \\ , ; = . ! ' % # $ ~ : / * + - \pm \dagger".split(),
    *r"\frac \frac{ \sqrt \sqrt[ \int \int_0^1 \sum_{n=1}^{\infty} \prod d \mathrm{d} dx \partial \overline{".split(),
    *r"\gamma^\mu \gamma_5 \epsilon^{\mu\nu\rho\sigma} g_{\mu\nu} p^\mu p\cdot \operatorname{Tr} \not \slashed".split(),
    *r"\begin{pmatrix} \end{pmatrix} \begin{cases} \end{cases} \sin \log \Gamma( \mathrm{Li}_2 \theta( \delta(".split(),
    *r"{}_2F_1 \binom \vec \hat \infty \pi i e ħ √ ² ₃ − ½ 0 1 1.5e3 9999999999 1,000 0{,}5 \mathrm{ \text{".split(),
    *r"\mathrm{GeV} \mathrm{MeV}^{-2} \circ \langle \rangle \lfloor \rceil \boxed{ \substack \over \stackrel".split(),
    *r"**2 sqrt( polylog(2, lambda def answer( ``` \x 0x1F 1e400 '' \' \u0000 \operatorname* \limits \cdots".split(),
)
_TOKENS = re.compile(r"\\[A-Za-z]+|\\.|[0-9.]+|\s+|.", re.DOTALL)
LONGEST = 4_000


def damaged_bytes(text: str, chance: random.Random) -> str:
    """Return a text with a few bytes replaced, left out, doubled or put elsewhere."""
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(data) + 1)
        stop = min(len(data), start + chance.randint(0, 6))
        data[start:stop] = chance.choice(
            (b"", bytes([chance.randrange(256)]), bytes(data[start:stop]) * 2, bytes(data[stop : stop + 9]))
        )
    return data.decode(errors="replace")


def damaged_tokens(text: str, others: Sequence[str], chance: random.Random) -> str:
    """Return a text with a few tokens replaced, left out, repeated, or taken from other texts."""
    tokens = _TOKENS.findall(text)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(tokens) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            tokens[place : place + 1] = []
        elif kind == 1:
            tokens.insert(place, chance.choice(PIECES))
        elif kind == 2:
            tokens[place : place + 1] = [chance.choice(PIECES)]
        elif kind == 3:
            tokens[place:place] = tokens[place : place + chance.randint(1, 12)] * chance.choice((1, 2, 60))
        elif kind == 4:
            start = chance.randrange(len(tokens) + 1)
            tokens[place:place] = tokens[start : start + chance.randint(1, 20)]
        else:
            theirs = _TOKENS.findall(chance.choice(others))
            start = chance.randrange(len(theirs) + 1)
            tokens[place:place] = theirs[start : start + chance.randint(1, 20)]
    return "".join(tokens)[:LONGEST]
