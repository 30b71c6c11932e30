"""The number of the pattern by which backtracks of traces are counted; docs/backtracks.md says what it holds."""

PATTERN = 1
"""A database function counts, `qft_backtracks`; the migration that changes it changes this number."""
