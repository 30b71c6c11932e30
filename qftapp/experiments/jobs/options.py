"""What a job may tell its trainer: every option with its type, bounds, default and help, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from qftapp.experiments.models import TrainingJob

SFT, GRPO = TrainingJob.Method.SFT, TrainingJob.Method.GRPO
Value = int | float | bool | str


@dataclass(frozen=True)
class Option:
    """One option of a trainer. What is left out is the trainer's own choice."""

    name: str
    section: str
    type: type[int] | type[float] | type[bool] | type[str]
    help: str
    default: Value | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    methods: tuple[TrainingJob.Method, ...] = (SFT, GRPO)

    @property
    def title(self) -> str:
        """The name for people."""
        return self.name.replace("_", " ").capitalize().replace("Lora", "LoRA").replace("Kl ", "KL ")

    def fault(self, value: Any) -> str:
        """What stands against a value; nothing where it may be told to the trainer."""
        is_number = self.type is float and type(value) is int
        if type(value) is not self.type and not is_number:
            return f"It must be {_KINDS[self.type]}."
        if self.choices and value not in self.choices:
            return f"It must be one of {', '.join(self.choices)}."
        # Written so that nan, which is neither above nor below, is refused.
        if self.low is not None and not value >= self.low:
            return f"It must be at least {self.low:g}."
        if self.high is not None and not value <= self.high:
            return f"It must be at most {self.high:g}."
        return ""


_KINDS: dict[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}

RUN, WEIGHTS, SAMPLES = "How long", "Which weights", "What it writes while it learns"

OPTIONS = (
    Option("epochs", RUN, float, "Passes over the rows; ignored where steps are given.", 1.0, 0.01, 100),
    Option("max_steps", RUN, int, "Optimiser steps; empty: as many as the passes make.", None, 1, 1_000_000),
    Option("batch_size", RUN, int, "Rows (GRPO: answers) of one optimiser step, over all processors.", 32, 1, 65_536),
    Option("learning_rate", RUN, float, "SFT 1e-5 for all weights, 1e-4 for LoRA; GRPO 1e-6.", None, 1e-9, 0.1),
    Option("warmup_ratio", RUN, float, "Share of the steps over which the rate rises.", 0.03, 0, 1),
    Option("seed", RUN, int, "The same seed shuffles alike; no run is exact to the bit.", 0, 0, 2**31 - 1),
    Option("save_steps", RUN, int, "Steps between checkpoints.", 100, 1, 100_000),
    Option("logging_steps", RUN, int, "Steps between points of the curves.", 1, 1, 1_000),
    Option("lora", WEIGHTS, bool, "Train adapters of low rank in place of all weights.", False),
    Option("lora_rank", WEIGHTS, int, "Rank of the adapters.", 32, 1, 1_024),
    Option("lora_alpha", WEIGHTS, int, "Scale of the adapters, usually twice the rank.", 64, 1, 4_096),
    Option(
        "max_length",
        WEIGHTS,
        int,
        "Tokens of prompt and answer together; longer rows are refused before the first step.",
        16_384,
        16,
        1_000_000,
        methods=(SFT,),
    ),
    Option("group_size", SAMPLES, int, "Answers to a prompt, compared with each other.", 8, 2, 1_024, methods=(GRPO,)),
    Option("max_completion_length", SAMPLES, int, "Tokens of one answer.", 8_192, 1, 1_000_000, methods=(GRPO,)),
    Option("temperature", SAMPLES, float, "How freely it draws its tokens.", 1.0, 0.01, 5, methods=(GRPO,)),
    Option(
        "loss_type",
        SAMPLES,
        str,
        "How the advantages of tokens become a loss.",
        "dapo",
        choices=("grpo", "dr_grpo", "dapo", "bnpo"),
        methods=(GRPO,),
    ),
    Option("beta", SAMPLES, float, "Weight of the KL divergence from the base; 0: none.", 0.0, 0, 10, methods=(GRPO,)),
    Option("epsilon", SAMPLES, float, "Clip of the ratio of probabilities.", 0.2, 0.001, 1, methods=(GRPO,)),
    Option(
        "mask_truncated_completions",
        SAMPLES,
        bool,
        "Leave answers that were cut off out of the loss.",
        True,
        methods=(GRPO,),
    ),
)


def options_of(method: str) -> list[Option]:
    """The options of a method in the order of the page."""
    return [option for option in OPTIONS if method in option.methods]


def defaults(method: str) -> dict[str, Value]:
    """What a job of the method tells its trainer where nobody chooses."""
    return {option.name: option.default for option in options_of(method) if option.default is not None}


def checked(method: str, config: Mapping[str, Any]) -> dict[str, Value]:
    """The config with numbers as the trainer wants them; raises ValidationError with every fault by option."""
    known = {option.name: option for option in options_of(method)}
    faults = {name: f"{method.upper()} has no such option." for name in config if name not in known}
    for name in known.keys() & config.keys():
        if fault := known[name].fault(config[name]):
            faults[name] = fault
    if faults:
        raise ValidationError(faults)
    return {name: known[name].type(value) for name, value in config.items()}
