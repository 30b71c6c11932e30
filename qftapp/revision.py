"""Which revision of the code runs here."""

import subprocess
from functools import cache

from django.conf import settings

UNKNOWN = "unknown"


@cache
def code_revision() -> str:
    """The revision that CODE_REVISION names (an image has no history), else that of the folder's Git history."""
    if named := settings.CODE_REVISION.strip():
        return named[:60]
    told = ["git", "-C", str(settings.BASE_DIR), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(told, capture_output=True, text=True, timeout=10, check=True).stdout.strip() or UNKNOWN
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
