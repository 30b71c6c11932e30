"""A tiny model for the tests of training, made once."""

from pathlib import Path

import pytest

from training import tiny as tiny_model
from training.lookups import sft_rows


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """A model of random weights whose tokenizer knows the look-up items."""
    import torch

    torch.set_num_threads(1)
    directory = tmp_path_factory.mktemp("tiny")
    tiny_model.make(tiny_model.texts_of(sft_rows()), directory)
    return directory
