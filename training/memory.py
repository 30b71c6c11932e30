"""What training will take of each GPU's memory: an estimate with its formula, to be compared with what is seen."""

from dataclasses import dataclass

from training.config import Common, Grpo, Sft

GIB = 2**30
MASTER, GRADIENT, MOMENTS = 4, 4, 8
"""Bytes of a trained number: itself in fp32, its gradient, two moments of Adam."""
FORMULA = (
    "weights: 16 bytes for each trained number (fp32, gradient, two moments of Adam), 2 for each frozen one (4 in "
    "fp32), shared by the devices as zero_stage says; a reference model of its own where kl > 0 without LoRA; "
    "activations: tokens × hidden × (2 × layers + 34) × bytes, or × 34 × layers without gradient checkpointing; "
    "logits: tokens × vocabulary × 8 bytes; plus 1.5 GiB for CUDA and what lies between allocations"
)
REST = 1.5 * GIB
INSIDE = 34
"""Numbers that one layer keeps for each number of a hidden state (arXiv 2205.05198, without its attention scores)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model."""

    parameters: int
    layers: int
    hidden: int
    vocabulary: int
    trained: int
    """Parameters that are trained: all, or those of the adapters."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes on each device."""

    weights: float
    activations: float
    logits: float

    @property
    def total(self) -> float:
        """Everything but what vLLM takes."""
        return self.weights + self.activations + self.logits + REST

    def __str__(self) -> str:
        """Return them as a line."""
        parts = f"weights {_gib(self.weights)}, activations {_gib(self.activations)}, logits {_gib(self.logits)}"
        return f"about {_gib(self.total)} on each device ({parts}, rest {_gib(REST)})"


def estimate(config: Common, shape: Shape, *, is_bf16: bool) -> Memory:
    """Return what one device needs, vLLM apart."""
    number = 2 if is_bf16 else 4
    tokens = config.batch * _tokens(config)
    layers = 2 * shape.layers + INSIDE if config.gradient_checkpointing else INSIDE * shape.layers
    return Memory(
        weights=_weights(config, shape, number),
        activations=tokens * shape.hidden * layers * number,
        logits=tokens * shape.vocabulary * 8,
    )


def _weights(config: Common, shape: Shape, number: int) -> float:
    """Bytes of weights, gradients and moments: stage 1 shares out the moments, 2 the gradients too, 3 everything."""
    stage, devices = config.zero_stage, config.devices
    states = [MASTER / (devices if stage >= 3 else 1), GRADIENT / (devices if stage >= 2 else 1)]
    states.append(MOMENTS / (devices if stage >= 1 else 1))
    frozen = shape.parameters if config.lora else 0
    if isinstance(config, Grpo) and config.kl and not config.lora:
        frozen = shape.parameters
    return shape.trained * sum(states) + frozen * number / (devices if stage >= 3 else 1)


def _tokens(config: Common) -> int:
    if isinstance(config, Grpo):
        return config.max_prompt_length + config.max_completion_length
    assert isinstance(config, Sft)
    return config.max_length


def _gib(bytes_: float) -> str:
    return f"{bytes_ / GIB:.1f} GiB"
