"""A tiny model for the tests of training, made once."""

from pathlib import Path

import pytest

from tests.training.lookups import NAMES, sft_row, texts


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """A model of random weights whose tokenizer knows the look-up items."""
    import torch

    from training import tiny

    torch.set_num_threads(1)
    directory = tmp_path_factory.mktemp("tiny")
    tiny.make(texts([sft_row(name) for name in NAMES]), directory)
    return directory
