"""What tests of exports and jobs rely on."""

import pytest


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path) -> None:
    """A folder for files of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
