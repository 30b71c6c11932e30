"""The formats of exports: opened by datasets and TRL, with README and manifest, judged by the verifier alone."""

import hashlib
import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from qftapp.experiments.exporting import keeping
from qftapp.experiments.exporting.formats.writing import FILES
from qftapp.experiments.exporting.packaging import FORMATS, formats_of
from qftapp.experiments.exporting.recipes import ProcessRecipe, RLRecipe
from qftapp.experiments.models import Export
from tests.experiments.exports import (
    answered,
    export_of,
    files_folder,
    release_of,
    rl_export,
    rows_of,
    sft_export,
    teacher,
    version,
)
from tests.labels.desk import taxonomy
from tests.labels.judged import STEPS, TEXT, campaign_of, judge

__all__ = ["files_folder"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unpack(tmp_path, monkeypatch):
    """Unpacks an export in a format; whoever opens it keeps what it caches there too."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    def unpacked(export: Export, code: str) -> Path:
        with zipfile.ZipFile(keeping.archive(export, code)) as archive:
            archive.extractall(tmp_path)
        return tmp_path / f"{export.slug}-{code}"

    return unpacked


def process_export() -> Export:
    each = version(0)
    campaign = campaign_of(0)
    (trace,) = answered(teacher(), each, "wrong", text=TEXT)
    campaign.entries.create(trace=trace, position=0)
    judge(campaign, 0, "dana", "flawed", "sign flips")
    return export_of(release_of(each), ProcessRecipe(taxonomy=taxonomy().slug))


EXPORTS = {"sft": sft_export, "rl": rl_export, "process": process_export}


def opened(script: str, *arguments: object, cache: Path) -> dict:
    """What a script prints that opens files with libraries too heavy to load into this process."""
    ended = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=settings.BASE_DIR,
        env={"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1", "PATH": "", "TRL_EXPERIMENTAL_SILENCE": "1"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3_000:]
    return json.loads(ended.stdout.splitlines()[-1])


DATASETS = """
import json, sys
from datasets import load_dataset
lines = load_dataset("json", data_files=sys.argv[1], split="train")
folder = load_dataset(sys.argv[2], sys.argv[3], split="train")
print(json.dumps({"lines": lines.to_list(), "folder": folder.to_list()}, default=str))
"""


@pytest.mark.parametrize("kind", EXPORTS)
def test_datasets_loads_lines_and_folder_as_they_stand(kind, unpack, tmp_path):
    export = EXPORTS[kind]()
    plain, folder = unpack(export, "jsonl"), unpack(export, "huggingface")
    told = opened(DATASETS, plain / "rows.jsonl", folder, kind, cache=tmp_path / "cache")
    assert told["lines"] == told["folder"] == rows_of(export)


TRL_SFT = """
import json, sys
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM
data = load_dataset("json", data_files=sys.argv[1], split="train")
letters = sorted({c for row in data for m in row["prompt"] + row["completion"] for c in m["content"]})
known = {c: i for i, c in enumerate(["<unk>", "<eos>", *letters])}
words = Tokenizer(WordLevel(known, unk_token="<unk>"))
words.pre_tokenizer = Split("", "isolated")
tokens = PreTrainedTokenizerFast(
    tokenizer_object=words, unk_token="<unk>", eos_token="<eos>", pad_token="<eos>"
)
tokens.chat_template = (
    "{% for m in messages %}{{ m['content'] }}{% if m['role'] == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
)
config = Qwen2Config(vocab_size=len(tokens), hidden_size=16, intermediate_size=16, num_hidden_layers=1,
                     num_attention_heads=2, num_key_value_heads=2)
args = SFTConfig(output_dir=sys.argv[2], max_steps=1, per_device_train_batch_size=1, bf16=False, use_cpu=True,
                 gradient_checkpointing=False, max_length=None, report_to="none", logging_strategy="no",
                 save_strategy="no")
trainer = SFTTrainer(model=Qwen2ForCausalLM(config), args=args, train_dataset=data, processing_class=tokens)
trainer.train()
batch = next(iter(trainer.get_train_dataloader()))
seen = ["".join(tokens.convert_ids_to_tokens([i for i in row.tolist() if i >= 0])) for row in batch["labels"]]
print(json.dumps({"steps": trainer.state.global_step, "seen": seen}))
"""


def test_trl_trains_on_whole_completions(unpack, tmp_path):
    export = sft_export()
    path = unpack(export, "trl") / "train.jsonl"
    told = opened(TRL_SFT, path, tmp_path / "out", cache=tmp_path / "cache")
    completions = [row["completion"][0]["content"] for row in rows_of(export)]
    assert told["steps"] == 1
    assert told["seen"][0].removesuffix("<eos>") in completions


TRL_RL = """
import json, sys
sys.path.insert(0, sys.argv[1])
from datasets import load_dataset
from trl.data_utils import is_conversational
from reward import reward
data = load_dataset("json", data_files=sys.argv[1] + "/train.jsonl", split="train")
gold = [json.loads(row["contract"])["gold"]["source"] for row in data]
right = [[{"role": "assistant", "content": f"```python\\n{source}\\n```"}] for source in gold]
columns = {name: data[name] for name in data.column_names}
print(json.dumps({
    "conversational": is_conversational(data[0]),
    "right": reward(completions=right, prompts=columns.pop("prompt"), trainer_state=None, **columns),
    "none": reward(completions=["I do not know."] * len(data), contract=data["contract"]),
}))
"""


def test_trl_hands_contracts_to_the_reward(unpack, tmp_path):
    folder = unpack(rl_export(), "trl")
    told = opened(TRL_RL, folder, cache=tmp_path / "cache")
    assert told == {"conversational": True, "right": [1.0, 1.0], "none": [0.0, 0.0]}


def test_trl_has_steps_as_its_stepwise_supervision_names_them(unpack):
    (line,) = (unpack(process_export(), "trl") / "train.jsonl").read_text().splitlines()
    row = json.loads(line)
    assert (row["completions"], row["labels"]) == (STEPS[:2], [True, False])
    assert isinstance(row["prompt"], str)


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind in EXPORTS for code in formats_of(kind)])
def test_every_format_has_a_readme_and_a_manifest_of_its_files(kind, code, unpack):
    export = EXPORTS[kind]()
    folder = unpack(export, code)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert manifest["files"].keys() == paths - {"manifest.json"}
    for name, sha256 in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
    assert manifest["rows"] == {"count": export.rows, "sha256": export.sha256}
    assert manifest["release"] == {"name": export.release.name, "sha256": export.release.sha256}
    assert manifest["recipe"] == export.recipe
    assert manifest["verifier"]
    text = (folder / "README.md").read_text()
    judges = FORMATS[code].judges or (kind, code) == ("rl", "trl")
    assert ("pip install python-flint" in text) is judges
    assert export.sha256 in text


def test_card_of_the_hugging_face_folder_has_its_front_matter(unpack):
    text = (unpack(rl_export(), "huggingface") / "README.md").read_text()
    front = yaml.safe_load(text.split("---")[1])
    assert front["configs"] == [{"config_name": "rl", "data_files": [{"split": "train", "path": "rl/train-*.parquet"}]}]
    assert (front["language"], front["size_categories"], front["license"]) == (["en"], ["n<1K"], "other")


def test_private_export_says_so_in_name_and_readme(unpack):
    export = export_of(release_of(version(0), is_private=True), RLRecipe())
    assert export.report["private"] is True
    assert "**Private" in (unpack(export, "jsonl") / "README.md").read_text()


def test_files_that_judge_ask_the_verifier_and_nothing_else():
    for path in FILES.glob("*.py"):
        text = path.read_text()
        imported = [line for line in text.splitlines() if "qftapp" in line and "import" in line]
        expected = ["from qftapp.verification import Contract, Outcome, Verdict, verify"]
        assert imported == (expected if path.name == "scoring.py" else []), path.name
        assert "sympy" not in text


def test_scoring_tells_a_broken_item_from_a_wrong_answer():
    spec = importlib.util.spec_from_file_location("scoring", FILES / "scoring.py")
    scoring = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scoring)
    contract = rows_of(rl_export())[0]["contract"]
    broken = json.dumps(json.loads(contract) | {"gold": {"language": "python", "source": BROKEN}})
    assert scoring.score(contract, "nothing") == 0
    assert scoring.score(broken, "\\boxed{1}") is None


BROKEN = "def helicity_sum(s, t):\n    raise ValueError\n"


@pytest.mark.parametrize("kind", EXPORTS)
def test_example_in_the_documentation_has_the_columns_of_a_row(kind):
    documented = (settings.BASE_DIR / "docs" / "exports.md").read_text().split("## Rows")[1]
    examples = [json.loads(line) for line in documented.splitlines() if line.startswith('{"item"')]
    example = examples[list(EXPORTS).index(kind)]
    row = rows_of(EXPORTS[kind]())[0]
    assert list(example) == list(row)
    assert {name: type(value) for name, value in example.items()} == {name: type(value) for name, value in row.items()}
