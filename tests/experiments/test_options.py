"""The options that a page offers are those that the trainers take, with bounds and defaults that they accept."""

import dataclasses
import types
import typing
from typing import Any

import pytest

from qftapp.experiments.jobs import options
from training import config

CONFIGS = {"sft": config.Sft, "grpo": config.Grpo}
PLACES = {"model": "m", "data": "d", "output": "o"}


def field_of(kind: type, name: str) -> Any:
    """The type of an option in the trainer's configuration."""
    part, _, rest = name.partition(".")
    found = typing.get_type_hints(kind)[part]
    if not rest:
        return found
    inner = [one for one in typing.get_args(found) or (found,) if one is not types.NoneType]
    return field_of(inner[0], rest)


@pytest.mark.parametrize("method", ["sft", "grpo"])
def test_every_option_is_one_of_the_trainer(method):
    for option in options.options_of(method):
        found = field_of(CONFIGS[method], option.name)
        choices = typing.get_args(found)
        if typing.get_origin(found) is typing.Literal:
            assert set(option.choices) <= set(choices), option.name
        else:
            assert found is option.type, option.name


@pytest.mark.parametrize("method", ["sft", "grpo"])
def test_defaults_are_accepted_by_the_trainer(method):
    chosen = config_of(method, options.checked(method, {}))
    assert list(chosen.problems()) == []


def config_of(method: str, told: dict[str, Any]) -> Any:
    """The trainer's configuration of what a job tells."""
    kind = CONFIGS[method]
    hints = typing.get_type_hints(kind)
    parts = {name: part_of(hints[name], value) if isinstance(value, dict) else value for name, value in told.items()}
    return kind(**PLACES, **parts)


def part_of(hint: Any, value: dict[str, Any]) -> Any:
    inner = [one for one in typing.get_args(hint) or (hint,) if dataclasses.is_dataclass(one)]
    return inner[0](**value)


@pytest.mark.parametrize(
    ("method", "told"),
    [("sft", {"lora": {"rank": 8}}), ("grpo", {"vllm": {"mode": "colocate"}, "reward": {"length": 1}})],
)
def test_parts_are_accepted_by_the_trainer(method, told):
    assert list(config_of(method, options.checked(method, told)).problems()) == []
