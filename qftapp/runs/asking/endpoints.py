"""The servers that answer for language models, by name: addresses from the settings, keys from the environment."""

import os
import re
from dataclasses import dataclass, field

from django.conf import settings

NO_KEY = "none"
"""What is sent to a server without a key, so that the client looks for none elsewhere."""


class NotConfigured(Exception):
    """The settings name no such endpoint."""


@dataclass(frozen=True)
class Endpoint:
    """A server with an OpenAI-compatible API; its key is shown nowhere."""

    name: str
    address: str
    key: str = field(repr=False)


def names() -> list[str]:
    """The endpoints that the settings name, in their order."""
    return list(settings.ENDPOINTS)


def key_variable(name: str) -> str:
    """The environment variable that holds the endpoint's key: ENDPOINT_LOCAL_GPU_KEY of `local-gpu`."""
    return f"ENDPOINT_{re.sub(r'[^A-Z0-9]', '_', name.upper())}_KEY"


def endpoint(name: str) -> Endpoint:
    """The endpoint with its key of this moment; raises NotConfigured."""
    address = settings.ENDPOINTS.get(name)
    if not address:
        raise NotConfigured(f"No endpoint is called “{name}” here; name it in ENDPOINTS, restart, and try again.")
    return Endpoint(name, address, os.environ.get(key_variable(name)) or NO_KEY)
