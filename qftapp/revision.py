"""Which revision of the code runs here."""

import os
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNKNOWN = "unknown"


@cache
def code_revision() -> str:
    """The revision that CODE_REVISION names (an image has no history), else that of the folder's Git history."""
    if named := os.environ.get("CODE_REVISION", "").strip():
        return named[:60]
    told = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(told, capture_output=True, text=True, timeout=10, check=True).stdout.strip() or UNKNOWN
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
