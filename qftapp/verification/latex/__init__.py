"""Answers in LaTeX, read by the symbols that the contract declares."""

from qftapp.verification.latex.statements import Reading, read
from qftapp.verification.latex.units import read as read_unit
from qftapp.verification.latex.vocabulary import Discovery, Undeclared, Vocabulary, vocabulary_of

__all__ = ["Discovery", "Reading", "Undeclared", "Vocabulary", "read", "read_unit", "vocabulary_of"]
