"""HTTP of sources, items, their editor, their review and their import."""
