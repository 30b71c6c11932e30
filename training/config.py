"""What can be configured: common keys, those of SFT, those of GRPO. Every default is safe on one small machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

TooLong = Literal["refuse", "drop", "truncate"]


@dataclass(frozen=True, slots=True)
class Lora:
    """Adapters in place of all weights (arXiv 2106.09685)."""

    rank: int = 32
    alpha: int = 64
    dropout: float = 0.0
    targets: str = "all-linear"

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        if self.rank < 1:
            yield "rank: must be at least 1"
        if not 0 <= self.dropout < 1:
            yield "dropout: must be from 0 to 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What SFT and GRPO share."""

    model: str
    """Folder, or name on a hub, of the model that is trained."""
    data: str
    """Rows of an export: .jsonl or .jsonl.gz."""
    output: str
    """Folder of progress and checkpoints."""
    template: str = ""
    """Chat template: the tokenizer's own if empty, else plain, chatml, or a .jinja file."""
    seed: int = 0
    epochs: float = 1.0
    steps: int = 0
    """Updates of the weights; 0 means as many as the epochs take."""
    devices: int = 1
    """Processes, one for each GPU, for which batch and accumulation were chosen."""
    batch: int = 1
    """Sequences of one device in one pass."""
    accumulation: int = 1
    """Passes in one step."""
    learning_rate: float = 1e-5
    schedule: Literal["constant", "constant_with_warmup", "linear", "cosine"] = "cosine"
    warmup: float = 0.03
    """Share of the steps."""
    weight_decay: float = 0.0
    max_gradient_norm: float = 1.0
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    """auto: bf16 where a GPU has it, else fp32. All weights are kept in fp32 where all are trained."""
    attention: Literal["", "eager", "sdpa", "flash_attention_2"] = ""
    gradient_checkpointing: bool = True
    lora: Lora | None = None
    zero_stage: Literal[0, 1, 2, 3] = 0
    """Sharding by DeepSpeed (arXiv 1910.02054); 0 is none."""
    log_every: int = 1
    save_every: int = 50
    keep_checkpoints: int = 3
    resume: bool = True
    """Go on from the last checkpoint in the output, if there is one."""
    offline: bool = True
    """Never ask a hub for anything."""

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        for name in ("batch", "accumulation", "devices", "log_every", "save_every", "keep_checkpoints"):
            if getattr(self, name) < 1:
                yield f"{name}: must be at least 1"
        if self.steps < 0:
            yield "steps: must not be negative"
        if self.steps == 0 and self.epochs <= 0:
            yield "epochs: must be positive, or give steps"
        if self.learning_rate <= 0:
            yield "learning_rate: must be positive"
        if not 0 <= self.warmup < 1:
            yield "warmup: is a share of the steps, from 0 to 1"
        if self.zero_stage and self.precision == "fp32":
            yield "zero_stage: DeepSpeed is configured for bf16 only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sft(Common):
    """Supervised fine-tuning: the loss is on the completion only."""

    max_length: int = 16384
    """Tokens of prompt and completion together."""
    too_long: TooLong = "refuse"
    """What becomes of rows that are longer; a truncated trace teaches to think without end."""
    packing: bool = False
    """Several rows in one sequence, which wants FlashAttention."""

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from Common.problems(self)
        if self.max_length < 2:
            yield "max_length: must be at least 2"
        if self.packing and self.attention != "flash_attention_2":
            yield "packing: without attention: flash_attention_2 the rows of a sequence would see each other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vllm:
    """Rollouts by vLLM: on the same GPUs, or by a server of its own whose weights TRL replaces."""

    mode: Literal["colocate", "server"] = "colocate"
    url: str = ""
    """Of the server, such as http://10.0.0.2:8000."""
    memory: float = 0.3
    """Share of each GPU's memory that vLLM takes, colocated."""
    tensor_parallel: int = 1
    sleep: bool = True
    """Give that memory back while the weights are updated."""
    max_length: int = 0
    """Tokens of prompt and completion; 0 means what the model was made for."""

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        if (self.mode == "server") != bool(self.url):
            yield "url: is the address of the server, and of mode: server only"
        if not 0 < self.memory < 1:
            yield "memory: is a share of the GPU's memory, from 0 to 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewarding:
    """How completions are rewarded: 1 for a correct answer, and terms that are off by default."""

    seconds: float = 5.0
    """For one answer; a loop that never ends costs so much."""
    batch_seconds: float = 300.0
    """For all completions of a step; what is not judged by then has no reward and is left out."""
    processes: int = 0
    """That judge; 0 means one for each core of the machine, shared by its GPUs."""
    readable: float = 0.0
    """Added where the answer can be read at all, right or wrong."""
    length: float = 0.0
    """Taken off in proportion as a completion nears its limit (soft overlong punishment, arXiv 2503.14476)."""
    length_margin: int = 1024
    """Tokens before the limit at which that begins."""

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        for name in ("seconds", "batch_seconds", "length_margin"):
            if getattr(self, name) <= 0:
                yield f"{name}: must be positive"
        for name in ("processes", "readable", "length"):
            if getattr(self, name) < 0:
                yield f"{name}: must not be negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grpo(Common):
    """Group-relative policy optimisation (arXiv 2402.03300) with the verifier's reward."""

    learning_rate: float = 1e-6
    schedule: Literal["constant", "constant_with_warmup", "linear", "cosine"] = "constant_with_warmup"
    generations: int = 8
    """Completions of one prompt: the group."""
    max_prompt_length: int = 2048
    too_long: Literal["refuse", "drop"] = "refuse"
    max_completion_length: int = 8192
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    loss: Literal["grpo", "dr_grpo", "dapo", "bnpo", "cispo"] = "dapo"
    importance_sampling: Literal["token", "sequence"] = "token"
    """sequence with loss: grpo is GSPO (arXiv 2507.18071)."""
    scale_rewards: Literal["group", "batch", "none"] = "group"
    iterations: int = 1
    """Updates with the same completions."""
    clip_low: float = 0.2
    clip_high: float = 0.2
    kl: float = 0.0
    """Weight of the divergence from the first model; 0 needs no copy of it."""
    mask_truncated: bool = True
    """Leave completions that reached the limit out of the loss."""
    vllm: Vllm | None = None
    """Without it the trainer generates by itself, which is slow for large models."""
    reward: Rewarding = field(default_factory=Rewarding)

    @property
    def prompts(self) -> int:
        """Prompts in one step."""
        return self.batch * self.accumulation * self.devices // self.generations

    def problems(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from Common.problems(self)
        if self.generations < 2:
            yield "generations: a group needs at least 2"
        elif (self.batch * self.accumulation * self.devices) % self.generations:
            product = f"{self.batch} × {self.accumulation} × {self.devices}"
            yield f"generations: {self.generations} does not divide batch × accumulation × devices = {product}"
        for name in ("max_prompt_length", "max_completion_length", "iterations", "temperature"):
            if getattr(self, name) <= 0:
                yield f"{name}: must be positive"
        if self.importance_sampling == "sequence" and self.loss != "grpo":
            yield "importance_sampling: sequence goes with loss: grpo"
