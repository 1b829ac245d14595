# SPDX-License-Identifier: EUPL-1.2
"""An archive: a stream of any length, sealed while it is written, under its own key, which the root wraps.

The format of backups, described here because only backups use it. Without the root only an archive's note can be read. An archive
that was cut, lengthened, reordered or joined with another one does not open.

::

    0          8        9              11            11 + w      15 + w
    +----------+--------+--------------+-------------+-----------+----------+--------//--------+----------------+
    | RKARCHIV | 01     | w (2)        | wrapped (w) | n (4)     | note (n) | chunk 0, 1, ...  | last chunk     |
    +----------+--------+--------------+-------------+-----------+----------+--------//--------+----------------+
    head = everything before the first chunk; the note is in clear

    wrapped: 32 random bytes, the archive's key, wrapped by the root with the context "rollkeeper/archive" || 00
    chunk:   AES-256-GCM of 1,048,576 bytes, tag (16) behind; the last one of 0 to 1,048,576 bytes
    nonce:   number of the chunk (11) || 00, of the last chunk (11) || 01   (STREAM: Hoang, Reyhanitabar, Rogaway, Vizar)
    associated data of every chunk = SHA-256(head)

A rotation destroys the root's older versions, and with them every archive made before it.
"""

import hashlib
import io
import secrets
from typing import IO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rollkeeper.vault import wire
from rollkeeper.vault.errors import ARCHIVE_OF_ANOTHER_ROOT, ArchiveDamaged, CannotOpen
from rollkeeper.vault.root import RootOfTrust

MAGIC = b"RKARCHIV"
CHUNK_BYTES = 1024 * 1024
MAX_NOTE_BYTES = 1024 * 1024
_CONTEXT = b"rollkeeper/archive\x00"
_START = MAGIC + bytes([wire.VERSION])


class ArchiveWriter:
    """Seals what is written to it. The archive can be opened only after `finish`."""

    def __init__(self, out: IO[bytes], *, key: bytes, head: bytes) -> None:
        self._out, self._aead, self._bound = out, AESGCM(key), hashlib.sha256(head).digest()
        self._waiting, self._number = bytearray(), 0
        out.write(head)

    @classmethod
    def begin(cls, out: IO[bytes], *, root: RootOfTrust, note: bytes) -> Self:
        """Begin an archive under a fresh key. The note is not secret."""
        key = secrets.token_bytes(wire.KEY_BYTES)
        return cls(out, key=key, head=make_head(root.wrap(key, context=_CONTEXT), note=note))

    def write(self, data: bytes) -> None:
        """Seal all complete chunks except one, which may be the last."""
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]

    def finish(self) -> None:
        """Seal the last chunk."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._out.write(self._aead.encrypt(nonce_of(self._number, last=last), data, self._bound))
        self._number += 1


class ArchiveReader(io.RawIOBase):
    """Gives back what was sealed, chunk by chunk, each only after it was found genuine.

    The content is complete only once `drain` has returned. Refuses: ArchiveDamaged, ARCHIVE_OF_ANOTHER_ROOT.
    """

    def __init__(self, source: IO[bytes], *, root: RootOfTrust) -> None:
        super().__init__()
        head, wrapped, self.note = read_head(source)
        self._source, self._bound = source, hashlib.sha256(head).digest()
        try:
            self._aead = AESGCM(root.unwrap(wrapped, context=_CONTEXT))
        except CannotOpen:
            raise ARCHIVE_OF_ANOTHER_ROOT() from None
        self._next, self._number, self._ready, self._over = (
            source.read(_SEALED_BYTES),
            0,
            memoryview(b""),
            False,
        )

    def readable(self) -> bool:
        """Return True, always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one chunk goes; 0 at the end."""
        while not self._ready and not self._over:
            self._ready = memoryview(self._open_next())
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def drain(self) -> None:
        """Read what is left, so that a cut or an addition at the end is noticed."""
        while self.read(CHUNK_BYTES):
            pass

    def _open_next(self) -> bytes:
        sealed, self._next = self._next, self._source.read(_SEALED_BYTES)
        self._over = not self._next
        try:
            data = self._aead.decrypt(nonce_of(self._number, last=self._over), sealed, self._bound)
        except (InvalidTag, ValueError):
            raise ArchiveDamaged from None
        self._number += 1
        return data


_SEALED_BYTES = CHUNK_BYTES + wire.TAG_BYTES


def make_head(wrapped: bytes, *, note: bytes) -> bytes:
    """Return the bytes before the first chunk."""
    return _START + len(wrapped).to_bytes(2) + wrapped + len(note).to_bytes(4) + note


def read_head(source: IO[bytes]) -> tuple[bytes, bytes, bytes]:
    """Return the head, the wrapped key and the note; only an opened chunk proves them genuine. Refuses: ArchiveDamaged."""
    start = _exactly(source, len(_START) + 2)
    if not start.startswith(_START):
        raise ArchiveDamaged
    wrapped = _exactly(source, int.from_bytes(start[-2:]))
    length = _exactly(source, 4)
    if int.from_bytes(length) > MAX_NOTE_BYTES:
        raise ArchiveDamaged
    note = _exactly(source, int.from_bytes(length))
    return start + wrapped + length + note, wrapped, note


def nonce_of(number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk: its number, and whether it is the last."""
    return number.to_bytes(wire.NONCE_BYTES - 1) + bytes([last])


def _exactly(source: IO[bytes], count: int) -> bytes:
    data = source.read(count)
    if len(data) != count:
        raise ArchiveDamaged
    return data
