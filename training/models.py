"""Models and tokenizers, from a folder or a hub; the heavy libraries are imported where they are used."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.chat import Chat
from training.config import Common, Lora
from training.faults import CannotStart
from training.memory import Shape


def quiet(*, offline: bool) -> None:
    """Forbid telemetry, and hubs altogether where offline; to be called before the libraries are imported."""
    os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "TRL_DISABLE_TELEMETRY": "1"}
    os.environ |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if offline:
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


def chat_of(config: Common) -> Chat:
    """Return the model's tokenizer with its chat template. Raises CannotStart."""
    from transformers import AutoTokenizer

    with named(config.model):
        tokenizer = AutoTokenizer.from_pretrained(config.model)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return Chat(tokenizer, config.template)


def shape_of(config: Common) -> Shape:
    """Return the size of the model, from its configuration alone. Raises CannotStart."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    with named(config.model):
        settings = AutoConfig.from_pretrained(config.model)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(settings)
    parameters = sum(weight.numel() for weight in model.parameters())
    trained = parameters
    if config.lora:
        from peft import get_peft_model

        adapted = get_peft_model(model, lora_config(config.lora), low_cpu_mem_usage=True)
        trained = sum(weight.numel() for weight in adapted.parameters() if weight.requires_grad)
    text = settings.get_text_config()
    return Shape(parameters, text.num_hidden_layers, text.hidden_size, text.vocab_size, trained)


def has_bf16(config: Common) -> bool:
    """Whether numbers are of 16 bits where that loses nothing that lasts."""
    import torch

    if config.precision == "auto":
        return bool(torch.cuda.is_available() and torch.cuda.is_bf16_supported())
    return config.precision == "bf16"


def load(config: Common, chat: Chat) -> Any:
    """Return the model: its weights in fp32 where all are trained, since updates of 1e-6 vanish in bf16."""
    import torch
    from transformers import AutoModelForCausalLM

    keeps_bf16 = has_bf16(config) and (config.lora is not None or config.zero_stage > 0)
    given = {"attn_implementation": config.attention} if config.attention else {}
    with named(config.model):
        model = AutoModelForCausalLM.from_pretrained(
            config.model, dtype=torch.bfloat16 if keeps_bf16 else torch.float32, **given
        )
    _end_at(model, chat)
    return model


def _end_at(model: Any, chat: Chat) -> None:
    """Have the model stop at what closes an answer, here and wherever its checkpoints are served."""
    known = model.generation_config.eos_token_id
    known = [] if known is None else [known] if isinstance(known, int) else list(known)
    ends = [*known, *(number for number in chat.closing_ids[:1] if number not in known)]
    if ends:
        model.generation_config.eos_token_id = ends
    model.generation_config.pad_token_id = chat.tokenizer.pad_token_id


def lora_config(lora: Lora) -> Any:
    """Return PEFT's configuration of adapters."""
    from peft import LoraConfig

    targets = lora.targets if lora.targets == "all-linear" else [name.strip() for name in lora.targets.split(",")]
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets,
    )


@contextlib.contextmanager
def named(locator: str) -> Iterator[None]:
    """Turn what the libraries say of a model that cannot be loaded into one line with a remedy."""
    try:
        yield
    except CannotStart:
        raise
    except (OSError, ValueError, KeyError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        remedy = ""
        if os.environ.get("HF_HUB_OFFLINE") and not Path(locator).is_dir():
            remedy = " (offline: download it first with `hf download`, or set offline: false)"
        raise CannotStart(f"model: {locator} cannot be loaded: {first}{remedy}") from None
