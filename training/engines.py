"""What generates: vLLM on GPUs, transformers where a small model on a CPU is enough."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from training.chat import Chat
from training.rows import Messages


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 8192


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and which sample of which version of an item its answer will be."""

    item: str
    version: int
    sample: int
    prompt: Messages
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model wrote, reasoning included."""

    text: str
    finish_reason: str
    input_tokens: int
    output_tokens: int


class Engine(Protocol):
    """A model that answers."""

    def answers(self, asked: Sequence[Asked]) -> list[Answer]:
        """Return an answer for each question, in their order."""


class TransformersEngine:
    """One question after the other with `generate`, each from its seed: exact, and slow."""

    def __init__(self, model: str, template: str, sampling: Sampling) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self._chat = Chat(AutoTokenizer.from_pretrained(model), template)
        self._model = AutoModelForCausalLM.from_pretrained(model, dtype="auto").eval()
        if torch.cuda.is_available():
            self._model.cuda()
        self._sampling = sampling

    def answers(self, asked: Sequence[Asked]) -> list[Answer]:
        """Return an answer for each question, in their order."""
        return [self._answer(question) for question in asked]

    def _answer(self, question: Asked) -> Answer:
        import torch

        prompt = self._chat.ids(self._chat.prompt(question.prompt))
        torch.manual_seed(question.seed)
        ends = _ends(self._chat, self._model.generation_config.eos_token_id)
        draws = self._sampling.temperature > 0
        given = {"temperature": self._sampling.temperature, "top_p": self._sampling.top_p, "top_k": 0} if draws else {}
        tokens = torch.tensor([prompt], device=self._model.device)
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=tokens,
                attention_mask=torch.ones_like(tokens),
                max_new_tokens=self._sampling.max_tokens,
                do_sample=draws,
                eos_token_id=ends,
                pad_token_id=ends[0],
                **given,
            )[0, len(prompt) :].tolist()
        has_ended = written[-1:] and written[-1] in ends
        return Answer(_text(self._chat, written, ends), "stop" if has_ended else "length", len(prompt), len(written))


class VllmEngine:
    """vLLM's offline engine: all questions at once, batched as memory allows; adapters on their base."""

    def __init__(self, model: str, template: str, sampling: Sampling, options: dict[str, Any]) -> None:
        os.environ |= {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
        # In a process of its own the engine would outlive us when we are killed, and keep the memory of the GPU.
        os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        from transformers import AutoTokenizer
        from vllm import LLM

        self._chat = Chat(AutoTokenizer.from_pretrained(model), template)
        self._adapter, base = None, model
        if (adapter := Path(model) / "adapter_config.json").is_file():
            from peft import PeftConfig
            from vllm.lora.request import LoRARequest

            config = PeftConfig.from_pretrained(adapter.parent)
            base = str(config.base_model_name_or_path)
            self._adapter = LoRARequest("adapter", 1, model)
            options = {"enable_lora": True, "max_lora_rank": getattr(config, "r", 16), **options}
        self._llm = LLM(model=base, tokenizer=model, **options)
        self._sampling = sampling

    def answers(self, asked: Sequence[Asked]) -> list[Answer]:
        """Return an answer for each question, in their order."""
        from vllm import SamplingParams

        prompts = [self._chat.ids(self._chat.prompt(question.prompt)) for question in asked]
        ends = self._chat.closing_ids[:1]
        drawn = [
            SamplingParams(
                temperature=self._sampling.temperature,
                top_p=self._sampling.top_p,
                max_tokens=self._sampling.max_tokens,
                seed=question.seed,
                stop_token_ids=ends,
                detokenize=False,  # it would hold back what may become a letter, at the end too
            )
            for question in asked
        ]
        given = [{"prompt_token_ids": prompt} for prompt in prompts]
        found = self._llm.generate(given, drawn, lora_request=self._adapter, use_tqdm=False)
        return [
            Answer(
                _text(self._chat, list(one.outputs[0].token_ids), ends),
                one.outputs[0].finish_reason or "",
                len(prompt),
                len(one.outputs[0].token_ids),
            )
            for one, prompt in zip(found, prompts, strict=True)
        ]


def _text(chat: Chat, written: list[int], ends: Sequence[int]) -> str:
    """Return what was written as people read it, the reasoning that the prompt opened included."""
    if written and written[-1] in ends:
        written = written[:-1]
    return chat.prefill + str(chat.tokenizer.decode(written, skip_special_tokens=True))


def _ends(chat: Chat, of_model: int | list[int] | None) -> list[int]:
    """Return the tokens that end an answer."""
    known = [] if of_model is None else [of_model] if isinstance(of_model, int) else list(of_model)
    return list(dict.fromkeys([*chat.closing_ids[:1], *known]))
