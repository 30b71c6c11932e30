"""The models that tests of figures compare."""

import pytest

from qftapp.actors.models import LanguageModel
from tests.factories import LanguageModelFactory


@pytest.fixture
def base(db) -> LanguageModel:
    return LanguageModelFactory(slug="base")


@pytest.fixture
def trained(base) -> LanguageModel:
    """A model made from the base, without a job."""
    return LanguageModelFactory(slug="trained", parent=base)
