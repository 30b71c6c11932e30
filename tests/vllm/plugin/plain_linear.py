"""A plugin of vLLM for the CPU: weights stay as they were loaded, so that others may be loaded over them.

On a CPU vLLM packs weights for oneDNN and drops the originals; TRL, colocated, replaces them at every step, as it may
on a GPU, where they stay.
"""

from vllm import _custom_ops


def keep_weights() -> None:
    """Have vLLM believe that it was built without oneDNN."""
    _custom_ops._supports_onednn = False
