"""Finding traces by their words; `words.py` makes the words, the database's qft_plain makes both sides alike."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, Func, Q

MAX_LENGTH = 400
"""Characters of a search that are read."""


class WordsQuery(SearchQuery):
    """A search as people type it, read by the database function qft_query."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.function = "qft_query"

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        """The call of the function; there is no configuration to choose."""
        return super().as_sql(*args, **(kwargs | {"template": "%(function)s(%(expressions)s)"}))


def search(words: str) -> Q:
    """The condition on traces that hold all that is asked for; every trace where nothing is.

    Words stand anywhere, `"words in quotes"` in a row, and `-word` or `-"words"` nowhere. What is written without a
    space, such as `\\gamma_5`, `F^{\\mu\\nu}` or `two-body`, is in a row too, in any notation: `γ⁵` and `gamma5` are
    found by `\\gamma_5`. Words in a row are found among the first 16,383 of a trace. Traces that came a moment ago are
    found once their words are made.
    """
    asked = words.replace("\0", " ")[:MAX_LENGTH]
    if not asked.strip():
        return Q()
    is_dear = Func("words__words", function="qft_must_be_read", output_field=BooleanField())
    return Q(words__words=WordsQuery(asked)) & Q(is_dear)
