"""Upright text and letters that stand together: declared words, functions, units, or one letter at a time."""

from typing import TYPE_CHECKING

from qftapp.verification import tree
from qftapp.verification.latex import calls, commands, powers, symbols, units, unknowns
from qftapp.verification.latex.scripts import read_scripts
from qftapp.verification.latex.spelling import GREEK, key
from qftapp.verification.latex.tokens import END, tokenize
from qftapp.verification.tree import Node

if TYPE_CHECKING:
    from qftapp.verification.latex.parser import Parser


def read_roman(parser: "Parser", text: str) -> Node:
    """Read upright text: a declared symbol, a function, a constant or a unit."""
    plain = text.replace(" ", "")
    if plain in commands.FUNCTIONS or plain in ("diag", "arg"):
        return calls.named(parser, plain)
    if plain in commands.ORDERED_FUNCTIONS and parser.at("_"):
        return calls.ordered(parser, plain)
    scripts = read_scripts(parser)
    spelled = key(tokenize(text, scientific=False))
    if (node := unknowns.read(parser, spelled, scripts)) is not None:
        return node
    if (node := symbols.declared(parser, spelled, scripts)) is not None:
        return node
    if plain in ("i", "e") and not scripts.sub:
        return powers.superscripted(parser, tree.Constant(plain), scripts)
    if (unit := units.read(text)) is not None and not scripts.sub:
        return powers.superscripted(parser, unit, scripts)
    if plain in parser.vocabulary.words:
        return powers.superscripted(parser, parser.vocabulary.words[plain], scripts)
    raise parser.vocabulary.undeclared(text + (f"_{key(scripts.sub)}" if scripts.sub else ""))


def read_letters(parser: "Parser") -> Node:
    """Read a word of glued letters where it is declared or names a function, else one letter."""
    word = parser.glued_word()
    for length in range(len(word), 1, -1):
        part = word[:length]
        if part in parser.vocabulary.words:
            parser.position += length
            return symbols.read(parser, part, part)
        if part in commands.FUNCTIONS:
            parser.position += length
            return calls.named(parser, part)
        if part in commands.ORDERED_FUNCTIONS and parser.peek(length).text == "_":
            parser.position += length
            return calls.ordered(parser, part)
    if len(word) > 1 and not _are_declared(parser, word):
        if word in GREEK and parser.vocabulary.knows(f"\\{word} "):
            parser.position += len(word)
            return symbols.read(parser, f"\\{word} ", word)
        if _may_be_unit(parser, len(word)) and (unit := units.named(word)) is not None:
            parser.position += len(word)
            return powers.superscripted(parser, unit, read_scripts(parser))
        if word in ("pi", "oo", "inf"):
            parser.position += len(word)
            return symbols.read(parser, "\\pi " if word == "pi" else "\\infty ", word)
    letter = parser.advance().text
    return symbols.read(parser, letter, letter)


def _may_be_unit(parser: "Parser", length: int) -> bool:
    """Whether plain letters stand where a unit does: behind a number or a power, and without a subscript."""
    before = parser.tokens[parser.position - 1] if parser.position else END
    return parser.peek(length).text != "_" and (before.kind in ("number", "letter") or before.text == "}")


def _are_declared(parser: "Parser", word: str) -> bool:
    """Whether every letter of a word means something by itself."""
    return all(letter in "ei" or letter in parser.bound or parser.vocabulary.symbols.get(letter) for letter in word)
