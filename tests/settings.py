"""The settings of the application, under test."""

import os

os.environ["QFT_MODE"] = "test"

# All of them, and then what tests have otherwise.
from qftapp.settings import *  # noqa: F403  # all of them, and a few changed

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A name of its own for each run, so that two runs at the same time do not meet.
DATABASES["default"]["TEST"] = {"NAME": f"test_qft_{os.getpid()}"}  # noqa: F405  # of the settings above
MIDDLEWARE = ["tests.gate.middleware", *MIDDLEWARE]  # noqa: F405  # of the settings above
