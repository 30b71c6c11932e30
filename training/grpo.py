"""GRPO with the verifier's reward: python -m training.grpo --config FILE [--key value …] [--dry-run]."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qftapp.verification import Contract, ContractError
from training import models, planning, session
from training.config import Grpo
from training.faults import CannotStart
from training.lengths import Lengths
from training.planning import Plan
from training.reward import Reward
from training.rollouts import Rollouts
from training.rows import SHOWN, Row, rl_rows


class GroupRelative:
    """The method of GRPO."""

    kind = Grpo

    def plan(self, config: Grpo) -> Plan:
        """Return prompts with contracts, lengths and contracts looked at. Raises CannotStart."""
        rows = rl_rows(config.data)
        _check_contracts(config.data, rows)
        chat = models.chat_of(config)
        tokens = [len(chat.ids(chat.prompt(row["prompt"]))) for row in rows]
        lengths = Lengths.of(tokens, config.max_prompt_length)
        if lengths.over and config.too_long == "refuse":
            raise CannotStart(
                f"max_prompt_length: {lengths.over:,} of {lengths.count:,} prompts are longer ({lengths}); "
                "raise it, or set too_long: drop"
            )
        kept = [_example(row) for row, count in zip(rows, tokens, strict=True) if count <= config.max_prompt_length]
        if len(kept) < config.prompts:
            raise CannotStart(f"{config.data}: has {len(kept)} prompts, one step takes {config.prompts}")
        epoch_steps = len(kept) // config.prompts * config.iterations
        return Plan(
            chat=chat,
            examples=kept,
            lengths={"prompts": lengths},
            steps=planning.steps_of(config, epoch_steps),
            epoch_steps=epoch_steps,
            dropped=len(rows) - len(kept),
        )

    @contextmanager
    def trainer(self, config: Grpo, plan: Plan, resumed_from: int) -> Iterator[Any]:
        """Yield TRL's trainer, with the reward's processes around it."""
        from accelerate.utils import gather_object
        from datasets import Dataset
        from trl import GRPOConfig, GRPOTrainer

        model = models.load(config, plan.chat)
        ends = model.generation_config.eos_token_id
        is_first = int(os.environ.get("RANK", "0")) == 0
        reward = Reward(
            config.reward,
            processes=config.reward.processes or _processes(),
            max_tokens=config.max_completion_length,
            end_ids=ends,
            prefill=plan.chat.prefill,
            rollouts=Rollouts(Path(config.output), resumed_from=resumed_from) if is_first else None,
            gather=gather_object,
        )
        with reward:
            yield GRPOTrainer(
                model=model,
                reward_funcs=reward,
                args=GRPOConfig(**session.arguments_of(config, plan), **_arguments(config, ends)),
                train_dataset=Dataset.from_list(plan.examples),
                processing_class=plan.chat.tokenizer,
                peft_config=models.lora_config(config.lora) if config.lora else None,
            )


def _example(row: Row) -> dict[str, Any]:
    return {name: row.get(name) for name in ("prompt", "contract", "item", "version")}


def _check_contracts(path: str, rows: Sequence[Row]) -> None:
    """Refuse contracts that are not sound: their prompts would never be rewarded."""
    problems = []
    for row in rows:
        try:
            Contract.from_json(json.loads(row["contract"]))
        except ContractError as error:
            problems.append(f"{path}: {row['item']}: the contract is not sound: {error}")
        except (ValueError, RecursionError) as error:
            problems.append(f"{path}: {row['item']}: the contract is not JSON: {error}")
    if len(problems) > SHOWN:
        problems[SHOWN:] = [f"and {len(problems) - SHOWN:,} more items"]
    if problems:
        raise CannotStart(*problems)


def _processes() -> int:
    """Return this process's share of the machine's cores."""
    return max(1, len(os.sched_getaffinity(0)) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def _arguments(config: Grpo, ends: list[int]) -> dict[str, Any]:
    """Return what GRPO alone says, under TRL's names."""
    return {
        "num_generations": config.generations,
        "max_completion_length": config.max_completion_length,
        "temperature": config.temperature,
        "top_p": config.top_p,
        "top_k": config.top_k,
        "loss_type": config.loss,
        "importance_sampling_level": config.importance_sampling,
        "scale_rewards": config.scale_rewards,
        "num_iterations": config.iterations,
        "epsilon": config.clip_low,
        "epsilon_high": config.clip_high,
        "beta": config.kl,
        "mask_truncated_completions": config.mask_truncated,
        **_vllm_arguments(config, ends),
    }


def _vllm_arguments(config: Grpo, ends: list[int]) -> dict[str, Any]:
    """`ends` vLLM would not know of: it reads the folder of the base, not the model that we have changed."""
    vllm = config.vllm
    if vllm is None:
        return {"use_vllm": False}
    return {
        "use_vllm": True,
        "vllm_mode": vllm.mode,
        "vllm_server_base_url": vllm.url or None,
        "vllm_gpu_memory_utilization": vllm.memory,
        "vllm_tensor_parallel_size": vllm.tensor_parallel,
        "vllm_enable_sleep_mode": vllm.sleep and vllm.mode == "colocate",
        "vllm_max_model_length": vllm.max_length or None,
        "generation_kwargs": {"stop_token_ids": ends},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run GRPO; returns the exit code."""
    return session.main(GroupRelative(), arguments)


if __name__ == "__main__":
    sys.exit(main())
