"""Prose with formulas: Markdown to safe HTML, the list of its formulas, which of them set, and what changed."""
