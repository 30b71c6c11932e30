"""Exports: a recipe, the rows it takes from a frozen release, and the formats in which they leave."""
