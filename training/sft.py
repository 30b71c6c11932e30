"""Supervised fine-tuning on verified answers: python -m training.sft --config FILE [--key value …] [--dry-run]."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from training import models, planning, session
from training.chat import Chat
from training.config import Sft
from training.faults import CannotStart
from training.lengths import Lengths
from training.planning import Plan
from training.rows import Row, sft_rows

IGNORED = -100
"""The label of a token that is not learned."""


class Supervised:
    """The method of SFT."""

    kind = Sft

    def plan(self, config: Sft) -> Plan:
        """Return rows as tokens and labels, their lengths looked at. Raises CannotStart."""
        rows = sft_rows(config.data)
        chat = models.chat_of(config)
        examples = [example(chat, row) for row in rows]
        lengths = Lengths.of([len(one["input_ids"]) for one in examples], config.max_length)
        kept = _of_length(config, examples, lengths)
        sequences = config.batch * config.accumulation * config.devices
        epoch_steps = -(-len(kept) // sequences)
        return Plan(
            chat=chat,
            examples=kept,
            lengths={"lengths": lengths},
            steps=planning.steps_of(config, epoch_steps),
            epoch_steps=epoch_steps,
            dropped=len(examples) - len(kept),
            truncated=lengths.over if config.too_long == "truncate" else 0,
        )

    @contextmanager
    def trainer(self, config: Sft, plan: Plan, resumed_from: int) -> Iterator[Any]:
        """Yield TRL's trainer of tokens and labels."""
        from datasets import Dataset
        from trl import SFTConfig, SFTTrainer

        yield SFTTrainer(
            model=models.load(config, plan.chat),
            args=SFTConfig(**session.arguments_of(config, plan), max_length=config.max_length, packing=config.packing),
            train_dataset=Dataset.from_list(plan.examples),
            processing_class=plan.chat.tokenizer,
            peft_config=models.lora_config(config.lora) if config.lora else None,
        )


def example(chat: Chat, row: Row) -> dict[str, list[int]]:
    """Return tokens and labels of a row: the loss is on the completion alone, reasoning and closing included."""
    prompt = chat.ids(chat.prompt(row["prompt"]))
    completion = chat.ids(chat.completion(row["completion"][-1]["content"]))
    return {"input_ids": prompt + completion, "labels": [IGNORED] * len(prompt) + completion}


def _of_length(config: Sft, examples: list[dict[str, list[int]]], lengths: Lengths) -> list[dict[str, list[int]]]:
    """Return the examples that are learned, as configured for those that are too long."""
    if lengths.over and config.too_long == "refuse":
        raise CannotStart(
            f"max_length: {lengths.over:,} of {lengths.count:,} rows are longer ({lengths}); "
            "raise it, or set too_long to drop or truncate"
        )
    if config.too_long == "truncate":
        cut = [{name: ids[: config.max_length] for name, ids in one.items()} for one in examples]
        kept = [one for one in cut if one["labels"][-1] != IGNORED]
    else:
        kept = [one for one in examples if len(one["input_ids"]) <= config.max_length]
    if not kept:
        raise CannotStart(f"max_length: no row is left ({lengths})")
    return kept


def main(arguments: Sequence[str] | None = None) -> int:
    """Run SFT; returns the exit code."""
    return session.main(Supervised(), arguments)


if __name__ == "__main__":
    sys.exit(main())
