"""Finding traces by their words; `words.py` makes the words, the database's qft_plain makes both sides alike."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, Func, Q
from psycopg.errors import QueryCanceled

MAX_LENGTH = 400
"""Characters of a search that are read."""
PATIENCE_SECONDS = 5
"""How long a search may take; one for words that are everywhere, but nowhere in that row, would read every trace."""


class TooBroad(ValidationError):
    """A search that takes too long; what it says is for whoever searches."""

    def __init__(self) -> None:
        super().__init__("This search looks at too many traces. Add a rarer word, or choose a run or an item.")


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


def within_patience(found: Iterable[int]) -> list[int]:
    """What a query finds; raises TooBroad where that takes too long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [1000 * PATIENCE_SECONDS])
            ids = list(found)
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
            return ids
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooBroad from None
        raise
