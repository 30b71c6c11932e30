"""vLLM's own Python, and what it wants to hear on a CPU."""

import os
from pathlib import Path

from django.conf import settings

PYTHON = settings.BASE_DIR / ".vllm" / "bin" / "python"
ENVIRONMENT = {
    "PYTHONPATH": str(settings.BASE_DIR),
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_CACHE_ROOT": str(settings.BASE_DIR / ".vllm" / "cache"),
}
REPLACING_WEIGHTS = {"PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), str(Path(__file__).parent / "plugin")])}
"""For GRPO: see plugin/plain_linear.py."""
EAGER = ("--eager", "--precision", "float32")
