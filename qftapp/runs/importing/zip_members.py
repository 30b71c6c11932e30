"""The members of a zip archive, each unpacked up to a bound; zstd, which this Python's zipfile lacks, is among them."""

import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

import pyarrow

from qftapp.runs.importing.rows import Unreadable

ZSTD = 93
MAX_DIRECTORY_BYTES = 64 * 2**20
"""The list of members is held in memory: some hundreds of thousands of them."""

END = b"PK\x05\x06"
END_BYTES = 22
MAX_COMMENT_BYTES = 2**16
LOCAL_HEADER = struct.Struct("<4s5H3I2H")


class TooLong(Exception):
    """The member unpacks to more than is held in memory."""


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive, opened for reading; raises Unreadable where it is none or lists more members than can be held."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - END_BYTES - MAX_COMMENT_BYTES))
        tail = file.read()
    found = tail.rfind(END)
    if found < 0 or len(tail) < found + END_BYTES:
        raise Unreadable("The file is not a zip archive, or ends in the middle.")
    (directory_bytes,) = struct.unpack_from("<I", tail, found + 12)
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise Unreadable("The archive has too many members.")
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable(f"The archive cannot be read: {error}.") from None


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, at_most: int) -> bytes:
    """What the member holds; raises TooLong, and ValueError where it is damaged.

    What the archive says of the length is not believed: no more than `at_most` bytes are ever unpacked.
    """
    try:
        if member.compress_type == ZSTD:
            content = _unpack_zstd(archive, member, at_most)
        else:
            with archive.open(member) as stream:
                content = stream.read(at_most + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"cannot be unpacked: {error}") from None
    if len(content) > at_most:
        raise TooLong
    return content


def _unpack_zstd(archive: zipfile.ZipFile, member: zipfile.ZipInfo, at_most: int) -> bytes:
    packed = archive.fp
    assert packed is not None
    packed.seek(member.header_offset)
    header = LOCAL_HEADER.unpack(packed.read(LOCAL_HEADER.size))
    packed.seek(header[-2] + header[-1], 1)
    with pyarrow.CompressedInputStream(_Slice(packed, member.compress_size), "zstd") as stream:
        content = bytearray()
        while len(content) <= at_most and (piece := stream.read(min(2**20, at_most + 1 - len(content)))):
            content += piece
    if len(content) <= at_most and zlib.crc32(content) != member.CRC:
        raise zipfile.BadZipFile("its checksum is another")
    return bytes(content)


class _Slice:
    """The next bytes of a file as a file of their own."""

    closed = False

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.left = size

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size` where that is told."""
        piece = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        """Nothing: the file is the archive's."""
