"""A row of an item file, for tests to spoil."""

from tests.factories import contract


def row(**given) -> dict:
    """A usable row of an original item, with the given keys in place of its own."""
    return {
        "schema": 1,
        "slug": "yukawa-width",
        "origin": "original",
        "topic": "cross-sections-decays",
        "domain_level": "graduate",
        "operational_level": "easy",
        "task_type": "direct_calculation",
        "source": None,
        "problem": None,
        "statement": "Find the width.",
        "contract": contract(),
        "solution": "Compute it.",
        "second_solution": "",
    } | given
