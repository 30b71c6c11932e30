"""Uploaded files on their way to the disk they stay on: none is ever held in memory, however large."""

import shutil
import tempfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

CHUNK = 2**20


def folder() -> Path:
    """Where files lie while they are written; on the disk of the stored ones, so that keeping one only renames it."""
    path = Path(settings.MEDIA_ROOT) / "uploads"
    path.mkdir(parents=True, exist_ok=True)
    return path


class _Upload(TemporaryUploadedFile):
    """An upload in our folder."""

    def __init__(self, name: str, content_type: str | None, charset: str | None, extra: Any) -> None:
        file = tempfile.NamedTemporaryFile(suffix=".upload", dir=folder())  # noqa: SIM115 - it is closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


def spooled(stream: IO[bytes]) -> UploadedFile:
    """What a stream holds as a file of our folder; nothing of it stays where the stream breaks off."""
    upload = _Upload("stream", None, None, None)
    try:
        shutil.copyfileobj(stream, upload, CHUNK)
    except BaseException:
        upload.close()
        raise
    upload.seek(0)
    return upload


class UploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to our folder, of people who have logged in: nobody else may fill the disk."""

    request: HttpRequest | None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file of the request."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            raise StopUpload(connection_reset=True)
        self.file = _Upload(self.file_name or "", self.content_type, self.charset, self.content_type_extra)
