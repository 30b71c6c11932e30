"""Classes of length by which traces are found: a class has an index, a limit of one's own would have none."""

from typing import Any

from django.db.models import Func, IntegerField

BOUNDS = (1_000, 4_000, 16_000, 64_000)
"""Characters at which the next class begins; a migration's index holds the same."""

TITLES = {
    "0": "below 1 000 characters",
    "1": "1 000 to 4 000",
    "2": "4 000 to 16 000",
    "3": "16 000 to 64 000",
    "4": "64 000 and more",
}


class LengthClass(Func):
    """The class of a number of characters, from 0."""

    function = "width_bucket"
    template = f"%(function)s(%(expressions)s, ARRAY[{', '.join(map(str, BOUNDS))}])"
    output_field = IntegerField()

    def __init__(self, expression: Any) -> None:
        super().__init__(expression)
