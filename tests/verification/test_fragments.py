"""Code in several blocks: imports and helpers of earlier ones come along, nothing else."""

import pytest

from qftapp.verification import Outcome, verify
from qftapp.verification.fragments import completed
from tests.verification.builders import contract

LAST = "def width(m, g):\n    return helper(g)/(16*np.pi*m)"


def response(*blocks: str) -> str:
    return "\n\n".join(f"Next\n```python\n{block}\n```" for block in blocks)


@pytest.mark.parametrize(
    "earlier",
    [
        ["import numpy as np", "def helper(g):\n    return g**2"],
        ["import numpy as np\nimport nowhere\nprint(1/0)", "def helper(g):\n    return g**2\nassert False"],
        ["import numpy as np", "def helper(g):\n    return 0", "two = 2\ndef helper(g):\n    return g**two"],
        ["  import numpy as np\n  def helper(g):\n      return g**2"],
        ["not python at all", "import numpy as np\nhelper = lambda g: g**2"],
    ],
)
def test_what_the_last_block_lacks_is_found(earlier):
    assert verify(contract(), response(*earlier, LAST)).outcome is Outcome.CORRECT


def test_block_that_lacks_nothing_stays_as_it_is():
    block = "import math\ndef width(m, g):\n    return g**2/(16*math.pi*m)"
    assert completed(block, ["import numpy as np\ndef width(m, g):\n    return 0"]) == block


def test_own_definition_goes_before_an_earlier_one():
    block = "def helper(g):\n    return g**2\ndef width(m, g):\n    return helper(g)"
    assert completed(block, ["def helper(g):\n    return 0"]) == block


def test_what_is_nowhere_defined_is_an_error_of_the_answer():
    assert verify(contract(), response("import numpy as np", LAST)).outcome is Outcome.WRONG
