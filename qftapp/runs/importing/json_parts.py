"""A JSON object that does not fit into memory: its members one after the other, those of arrays element by element."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from qftapp.runs.importing.rows import MAX_ROW_BYTES, Unreadable

CHUNK = 2**20
_OUTSIDE = re.compile(rb'[{}\[\]",:]')
_INSIDE = re.compile(rb'["\\]')
_SPACE = b" \t\r\n"


class _Parts:
    """Reads on through the stream; holds no more than the part that is being read."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.held = bytearray()
        self.position = 0
        self.is_too_long = False

    def more(self) -> None:
        """Hold the next piece; a part that has become too long is let go."""
        piece = self.stream.read(CHUNK)
        if not piece:
            raise Unreadable("The file ends in the middle.")
        if len(self.held) > MAX_ROW_BYTES:
            self.is_too_long = True
            del self.held[: self.position]
            self.position = 0
        self.held += piece

    def next_of(self, pattern: re.Pattern[bytes]) -> bytes:
        """Go behind the next byte that the pattern finds, and return it."""
        while not (found := pattern.search(self.held, self.position)):
            self.position = len(self.held)
            self.more()
        self.position = found.end()
        return found.group()

    def take(self) -> bytes | None:
        """What was passed since the last time; None where it was too long to be held."""
        taken = None if self.is_too_long else bytes(self.held[: self.position])
        del self.held[: self.position]
        self.position, self.is_too_long = 0, False
        return taken

    def pass_string(self) -> None:
        """Go behind the end of the string whose first quotation mark was passed."""
        while self.next_of(_INSIDE) == b"\\":
            while self.position >= len(self.held):
                self.more()
            self.position += 1

    def value(self) -> tuple[bytes | None, bytes]:
        """The next value, and the byte that follows it: a comma or the bracket that closes what holds it."""
        depth = 0
        while True:
            mark = self.next_of(_OUTSIDE)
            if mark == b'"':
                self.pass_string()
            elif mark in b"{[":
                depth += 1
            elif depth == 0 and mark in b",}]":
                self.position -= 1
                taken = self.take()
                self.position = 1
                self.take()
                return taken, mark
            elif mark in b"}]":
                depth -= 1

    def first(self) -> bytes:
        """The next byte that is no white space; it is not passed."""
        while True:
            while self.position < len(self.held):
                if self.held[self.position] not in _SPACE:
                    return bytes(self.held[self.position : self.position + 1])
                self.position += 1
            self.more()


def parts(stream: BinaryIO) -> Iterator[tuple[str, bytes | None]]:
    """The members of the object in the stream as name and JSON; an array gives one pair for each of its elements.

    A part that is too long to be held comes as None. Raises Unreadable where the stream holds no object.
    """
    reader = _Parts(stream)
    if reader.first() != b"{":
        raise Unreadable("The file is not a JSON object.")
    reader.position += 1
    reader.take()
    end = b""
    while end != b"}":
        mark = reader.next_of(_OUTSIDE)
        if mark == b"}":
            return
        if mark != b'"':
            raise Unreadable("The file is not a JSON object.")
        reader.take()
        reader.pass_string()
        name = (reader.take() or b"")[:-1].decode("utf-8", "replace")
        if reader.next_of(_OUTSIDE) != b":":
            raise Unreadable("The file is not a JSON object.")
        reader.take()
        if reader.first() == b"[":
            reader.position += 1
            reader.take()
            yield from _elements(reader, name)
            end = reader.next_of(_OUTSIDE)
            reader.take()
        else:
            value, end = reader.value()
            yield name, value


def _elements(reader: _Parts, name: str) -> Iterator[tuple[str, bytes | None]]:
    """The elements of the array whose opening bracket was passed; its closing one is passed at the end."""
    if reader.first() == b"]":
        reader.position += 1
        reader.take()
        return
    end = b","
    while end == b",":
        element, end = reader.value()
        yield name, element
