"""What a job may tell its trainer: every option with its type, bounds, default and help, in one place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from qftapp.experiments.models import TrainingJob

SFT, GRPO = TrainingJob.Method.SFT, TrainingJob.Method.GRPO
Value = int | float | bool | str

_KINDS: dict[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


@dataclass(frozen=True)
class Option:
    """One option of a trainer; a dot leads into a part of its config. What is left out is the trainer's own choice."""

    name: str
    section: str
    type: type[int] | type[float] | type[bool] | type[str]
    help: str
    default: Value | None = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    methods: tuple[TrainingJob.Method, ...] = (SFT, GRPO)
    for_grpo: Value | None = None
    """The default of GRPO where it is another than that of SFT."""

    @property
    def title(self) -> str:
        """The name for people."""
        words = self.name.replace("_", " ").replace(".", " ").capitalize()
        return words.replace("Lora", "LoRA").replace("Kl", "KL").replace("Vllm", "vLLM")

    def default_of(self, method: str) -> Value | None:
        """What a job of the method tells where nobody chooses."""
        return self.for_grpo if method == GRPO and self.for_grpo is not None else self.default

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


RUN, WEIGHTS, ROWS, ANSWERS, UPDATE = (
    "How long, how fast", "Which weights", "Rows", "What it writes while it learns", "How it learns from it"
)  # fmt: skip
SCHEDULES = ("constant", "constant_with_warmup", "linear", "cosine")

OPTIONS = (
    Option("epochs", RUN, float, "Passes over the rows, where no steps are given.", 1.0, 0.001, 1_000),
    Option("steps", RUN, int, "Updates of the weights; empty: as many as the passes take.", None, 1, 10_000_000),
    Option("devices", RUN, int, "GPUs of the worker, a process each.", 1, 1, 1_024),
    Option("batch", RUN, int, "Sequences of one device in one pass; memory bounds it.", 1, 1, 4_096, for_grpo=8),
    Option("accumulation", RUN, int, "Passes in one step: × batch × devices.", 16, 1, 4_096, for_grpo=8),
    Option("learning_rate", RUN, float, "For adapters ten times as much.", 1e-5, 1e-9, 1.0, for_grpo=1e-6),
    Option("schedule", RUN, str, "How the rate falls.", "cosine", choices=SCHEDULES, for_grpo="constant_with_warmup"),
    Option("warmup", RUN, float, "Share of the steps over which the rate rises.", 0.03, 0, 0.999),
    Option("weight_decay", RUN, float, "Pull of the weights towards zero.", 0.0, 0, 10),
    Option("max_gradient_norm", RUN, float, "Longer gradients are cut to it.", 1.0, 1e-6, 1e6),
    Option("seed", RUN, int, "The same seed shuffles alike; no training is exact to the bit.", 0, 0, 2**31 - 1),
    Option("save_every", RUN, int, "Steps between checkpoints.", 50, 1, 10_000_000),
    Option("keep_checkpoints", RUN, int, "Of the newest, the weights stay on the worker’s disk.", 3, 1, 10_000),
    Option("log_every", RUN, int, "Steps between points of the curves.", 1, 1, 100_000),
    Option("lora.rank", WEIGHTS, int, "Adapters of that rank learn in place of all weights.", None, 1, 4_096),
    Option("lora.alpha", WEIGHTS, int, "Their scale, usually twice the rank.", None, 1, 16_384),
    Option("lora.dropout", WEIGHTS, float, "Share of them that rests in a step.", None, 0, 0.99),
    Option("template", WEIGHTS, str, "Chat template; empty: the base’s own.", None, choices=("plain", "chatml")),
    Option("gradient_checkpointing", WEIGHTS, bool, "Less memory, a third slower.", True),
    Option("precision", WEIGHTS, str, "Auto: bf16 where the GPU has it.", "auto", choices=("auto", "bf16", "fp32")),
    Option("max_length", ROWS, int, "Tokens of prompt and answer together.", 16_384, 2, 10_000_000, methods=(SFT,)),
    Option("max_prompt_length", ROWS, int, "Tokens of a prompt.", 2_048, 1, 10_000_000, methods=(GRPO,)),
    Option("too_long", ROWS, str, "What becomes of longer rows.", "refuse", choices=("refuse", "drop")),
    Option("generations", ANSWERS, int, "Answers to one prompt: the group.", 8, 2, 4_096, methods=(GRPO,)),
    Option("max_completion_length", ANSWERS, int, "Tokens of one answer.", 8_192, 1, 10_000_000, methods=(GRPO,)),
    Option("temperature", ANSWERS, float, "How freely it draws its tokens.", 1.0, 0.01, 5, methods=(GRPO,)),
    Option("top_p", ANSWERS, float, "Share of the likeliest tokens it draws from.", 1.0, 0.001, 1, methods=(GRPO,)),
    Option(
        "vllm.mode", ANSWERS, str, "vLLM on the same GPUs; empty: the trainer writes by itself, slowly.",
        choices=("colocate",), methods=(GRPO,),
    ),
    Option("vllm.memory", ANSWERS, float, "Share of each GPU that vLLM takes.", None, 0.01, 0.99, methods=(GRPO,)),
    Option("vllm.tensor_parallel", ANSWERS, int, "GPUs that share one copy.", None, 1, 64, methods=(GRPO,)),
    Option(
        "loss", UPDATE, str, "How the advantages of tokens become a loss.", "dapo",
        choices=("grpo", "dr_grpo", "dapo", "bnpo", "cispo"), methods=(GRPO,),
    ),
    Option("kl", UPDATE, float, "Weight of the divergence from the base; 0: none.", 0.0, 0, 100, methods=(GRPO,)),
    Option("clip_low", UPDATE, float, "How far a probability may fall at once.", 0.2, 0.001, 1, methods=(GRPO,)),
    Option("clip_high", UPDATE, float, "How far it may rise.", 0.2, 0.001, 10, methods=(GRPO,)),
    Option("iterations", UPDATE, int, "Updates with the same answers.", 1, 1, 100, methods=(GRPO,)),
    Option("mask_truncated", UPDATE, bool, "Leave answers that were cut off out of the loss.", True, methods=(GRPO,)),
    Option("reward.readable", UPDATE, float, "Added for an answer that can be read.", None, 0, 1, methods=(GRPO,)),
    Option("reward.length", UPDATE, float, "Taken off as an answer nears its limit.", None, 0, 1, methods=(GRPO,)),
)  # fmt: skip

NEEDS = {"lora.alpha": "lora.rank", "lora.dropout": "lora.rank",
         "vllm.memory": "vllm.mode", "vllm.tensor_parallel": "vllm.mode"}  # fmt: skip
"""Options that mean nothing without another."""


def options_of(method: str) -> list[Option]:
    """The options of a method in the order of the page."""
    return [option for option in OPTIONS if method in option.methods]


def defaults(method: str) -> dict[str, Value]:
    """What a job of the method tells its trainer where nobody chooses, by option."""
    chosen = {option.name: option.default_of(method) for option in options_of(method)}
    return {name: value for name, value in chosen.items() if value is not None}


def checked(method: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The config as the trainer's file says it, defaults included; raises ValidationError with the faults by option."""
    known = {option.name: option for option in options_of(method)}
    given = dict(_flat(config))
    faults = {name: f"{method.upper()} has no such option." for name in given if name not in known}
    for name in known.keys() & given.keys():
        if fault := known[name].fault(given[name]):
            faults[name] = fault
    if not faults:
        chosen = defaults(method) | {name: known[name].type(value) for name, value in given.items()}
        faults = _misfits(method, chosen)
    if faults:
        raise ValidationError(faults)
    return _nested(chosen)


def _misfits(method: str, chosen: Mapping[str, Any]) -> dict[str, str]:
    """What does not go together among options that are sound one by one."""
    faults = {name: f"This needs {NEEDS[name]}." for name in chosen if name in NEEDS and NEEDS[name] not in chosen}
    if method == GRPO:
        answers = chosen["batch"] * chosen["accumulation"] * chosen["devices"]
        if answers % chosen["generations"]:
            faults["generations"] = f"It must divide batch × accumulation × devices, which is {answers:,}."
    return faults


def _flat(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its name, the parts of which are joined by dots."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _nested(chosen: Mapping[str, Value]) -> dict[str, Any]:
    """The same, part in part."""
    config: dict[str, Any] = {}
    for name, value in chosen.items():
        part, dot, rest = name.partition(".")
        if dot:
            config.setdefault(part, {})[rest] = value
        else:
            config[name] = value
    return config


def explained(job: TrainingJob) -> list[tuple[Option, Any]]:
    """What a job tells its trainer, each value with its option, in the order of the page."""
    told = dict(_flat(job.config))
    return [(option, told[option.name]) for option in options_of(job.method) if option.name in told]
