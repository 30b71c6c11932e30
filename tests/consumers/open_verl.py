"""Run by verl's own Python: reads the table as its trainer does, and asks the reward as its reward loop does."""

import json
import sys
from pathlib import Path

from answers import gold_answer
from omegaconf import OmegaConf
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import PreTrainedTokenizerFast
from verl.trainer.ppo.reward import get_custom_reward_fn
from verl.utils.dataset.rl_dataset import RLHFDataset

folder = Path(sys.argv[1])
words = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
words.pre_tokenizer = Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]")
tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }} {% endfor %}"

config = OmegaConf.create({"max_prompt_length": 4096, "cache_dir": str(folder / "cache")})
data = RLHFDataset(str(folder / "train.parquet"), tokenizer, config)
custom = {"path": str(folder / "reward.py"), "name": "compute_score"}
compute_score = get_custom_reward_fn(OmegaConf.create({"reward": {"custom_reward_function": custom}}))


def score(row: dict, answer: str | None) -> dict:
    truth = row["reward_model"]["ground_truth"]
    return compute_score(
        data_source=row["data_source"],
        solution_str=gold_answer(truth) if answer is None else answer,
        ground_truth=truth,
        extra_info=row["extra_info"],
    )


rows = [data[index] for index in range(len(data))]
print(
    json.dumps(
        {
            "samples": len(rows),
            "prompt": rows[0]["raw_prompt"][-1]["role"],
            "right": [score(row, None) for row in rows],
            "none": [score(row, "I do not know.") for row in rows],
        }
    )
)
