# SPDX-License-Identifier: EUPL-1.2
"""Tells a file's type by its first bytes, and whether it is also another type. Not a parser, only a check."""

import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from rollkeeper.documents.reading.refusals import FileRejectedError, RejectReason

MAX_BYTES: Final = 20 * 1024 * 1024


class FileKind(StrEnum):
    """The file types that are read."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIC"
    PDF = "PDF"


_ENDINGS: Final = {
    FileKind.JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
    FileKind.PNG: {".png"},
    FileKind.WEBP: {".webp"},
    FileKind.HEIC: {".heic", ".heif", ".hif"},
    FileKind.PDF: {".pdf"},
}
_STILL_HEIC: Final = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_MOVING_HEIC: Final = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
# Content that belongs in no picture. It does not match what telephones append (a second JPEG, a short film).
_OF_OTHER_KINDS: Final = re.compile(
    rb"%PDF-1|%PDF-2|<\?php|<script[\s>]|<html[\s>]|<!doctype html|#!/bin/|\x7fELF[\x01\x02]\x01\x01|PK\x03\x04.{22}",
    re.IGNORECASE | re.DOTALL,
)
_ZIP_END: Final = b"PK\x05\x06"
_ACTIVE: Final = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE)(?![A-Za-z])"
)
_STREAM: Final = re.compile(rb"stream\r?\n")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAMS_LOOKED_AT, _STREAM_BYTES, _STREAM_BYTES_IN_ALL = 400, 1 << 20, 1 << 23


def sniff(data: bytes, *, name: str = "") -> FileKind:
    """Return what a file is. Refuses: FileRejectedError."""
    if not data:
        raise FileRejectedError(RejectReason.EMPTY)
    if len(data) > MAX_BYTES:
        raise FileRejectedError(RejectReason.TOO_LARGE)
    kind = _by_first_bytes(data)
    ending = PurePath(name).suffix.lower()
    if ending and ending not in _ENDINGS[kind]:
        raise FileRejectedError(RejectReason.NOT_WHAT_IT_SAYS)
    if kind is FileKind.PDF:
        _refuse_active(data)
    _refuse_two_in_one(data, kind=kind)
    return kind


def _by_first_bytes(data: bytes) -> FileKind:
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return FileKind.WEBP
    if data.startswith(b"%PDF-"):
        return FileKind.PDF
    if data[4:8] == b"ftyp":
        if data[8:12] in _MOVING_HEIC:
            raise FileRejectedError(RejectReason.MOVING)
        if data[8:12] in _STILL_HEIC:
            return FileKind.HEIC
    raise FileRejectedError(RejectReason.UNKNOWN_KIND)


def _refuse_two_in_one(data: bytes, *, kind: FileKind) -> None:
    end = data.rfind(_ZIP_END, max(0, len(data) - 65_557))
    is_zip = end >= 0 and len(data) - end - 22 == int.from_bytes(data[end + 20 : end + 22], "little")
    # A PDF begins with this sign itself, and later versions of the file may be appended to it.
    found = _OF_OTHER_KINDS.search(data, 8 if kind is FileKind.PDF else 0)
    if is_zip or (found and not (kind is FileKind.PDF and found.group()[:4] == b"%PDF")):
        raise FileRejectedError(RejectReason.TWO_IN_ONE)


def _refuse_active(data: bytes) -> None:
    """Refuse a PDF that carries programs, files or forms, in clear or in a compressed stream."""
    if re.search(rb"/Encrypt(?![A-Za-z])", data):
        raise FileRejectedError(RejectReason.LOCKED)
    for part in (data, *_streams(data)):
        if _ACTIVE.search(_ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), part)):
            raise FileRejectedError(RejectReason.ACTIVE)


def _streams(data: bytes) -> Iterator[bytes]:
    """Give the content of compressed streams that may hold objects; pictures, which are long, are skipped."""
    left = _STREAM_BYTES_IN_ALL
    for number, found in enumerate(_STREAM.finditer(data)):
        if number == _STREAMS_LOOKED_AT or left <= 0:
            raise FileRejectedError(RejectReason.TOO_MUCH_WORK)
        header = data[max(0, found.start() - 400) : found.start()].rpartition(b"obj")[2]
        if b"/Image" in header:
            continue
        try:
            plain = zlib.decompressobj().decompress(
                data[found.end() : found.end() + _STREAM_BYTES], _STREAM_BYTES
            )
        except zlib.error:
            continue
        left -= len(plain)
        yield plain
