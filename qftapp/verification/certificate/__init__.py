"""A proof, while an item is written, that two solutions are the same function; never a part of a verdict.

`scalars` writes four-vector products out, `quotients` compares fractions of polynomials exactly, `algebra` asks SymPy
in a process that is killed in time, `proof` tries one after the other.
"""

from qftapp.verification.certificate.proof import prove

__all__ = ["prove"]
