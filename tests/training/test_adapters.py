"""LoRA: adapters are trained on a frozen base, kept with the tokenizer, and sampled."""

from safetensors.torch import load_file

from tests.training.trainers import metric, run
from training.engines import Asked, Sampling, TransformersEngine
from training.lookups import rl_row, sft_rows, write


def test_adapters_are_trained_kept_and_sampled(tiny, tmp_path):
    data = write(tmp_path / "sft.jsonl", sft_rows())
    given = ["--model", str(tiny), "--data", data, "--output", str(tmp_path / "out"), "--max_length", "256"]
    given += ["--lora.rank", "4", "--learning_rate", "1e-2", "--batch", "8", "--steps", "3", "--warmup", "0"]

    told = run("sft", *given)

    assert told.returncode == 0, told.stdout[-3000:]
    assert "0.4 M parameters, 0.0 M trained" in told.stdout
    assert len(metric(tmp_path / "out", "loss")) == 3
    checkpoint = tmp_path / "out/checkpoint-3"
    assert not (checkpoint / "model.safetensors").exists()
    learned = load_file(checkpoint / "adapter_model.safetensors")
    assert all(weight.abs().max() > 0 for name, weight in learned.items() if "lora_B" in name)  # they begin as zeros
    engine = TransformersEngine(str(checkpoint), "", Sampling(max_tokens=4))
    asked = Asked("charge-pion", 1, 0, rl_row("pion")["prompt"], 1)
    assert engine.answers([asked])[0].output_tokens <= 4
    plain = TransformersEngine(str(tiny), "", Sampling(max_tokens=4))
    assert not hasattr(plain._model, "peft_config")
    assert engine._model.peft_config
