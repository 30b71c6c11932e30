"""A model of some hundred thousand numbers and its tokenizer, made of rows on the spot: for laptops, tests, the demo.

python -m training.tiny ROWS DIRECTORY [--seed N]

It learns by heart, in seconds, what it is asked again and again; it does not learn to calculate. Its chat template
shows it the first line of a question only: among the hundred words that all prompts share it would see nothing else.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from training import models
from training.chat import TEMPLATES
from training.rows import lines

VOCABULARY = 600
HIDDEN, LAYERS, HEADS = 128, 2, 4
POSITIONS = 2048
END, START = "<|im_end|>", "<|im_start|>"


def make(texts: Iterable[str], directory: Path, *, seed: int = 0, template: str = "") -> None:
    """Write a Qwen2 of random weights, a tokenizer of these texts, a chat template: its own unless told otherwise."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    tokenizer = _tokenizer(list(texts))
    tokenizer.chat_template = template or (TEMPLATES / "tiny.jinja").read_text(encoding="utf-8")
    tokenizer.save_pretrained(directory)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        intermediate_size=2 * HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=2,
        max_position_embeddings=POSITIONS,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
    )
    model = Qwen2ForCausalLM(config)
    model.generation_config.do_sample = True  # servers draw only where the model says so
    model.save_pretrained(directory)


def _tokenizer(texts: list[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END, START],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    pieces.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=pieces, eos_token=END, pad_token=END)


def texts_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return all that the rows' messages say."""
    return [message["content"] for row in rows for name in ("prompt", "completion") for message in row.get(name, ())]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a model of the rows of a file."""
    parser = argparse.ArgumentParser(prog="python -m training.tiny", description="Make a tiny model of an export.")
    parser.add_argument("rows")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    models.quiet(offline=True)
    make(texts_of(row for _, row in lines(given.rows)), given.directory, seed=given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
