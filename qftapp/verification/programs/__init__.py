"""Straight-line programs: what a Python answer computes, operation by operation, in ball arithmetic.

`admission` says which syntax they have, `sorts` are the kinds of number that Python and its libraries tell apart,
`operations` and `conversions` what is done with them, `libraries` the names they have in math, cmath, NumPy, SciPy,
SymPy and mpmath, `steps` a program and its values.
"""
