# SPDX-License-Identifier: EUPL-1.2
"""A block device that forgets, as a disk does at a power cut: it certainly keeps only what was written before its last flush.

    python tests/faults/forgetful_disk.py IMAGE MEGABYTES

This process is a file system in user space with one file, IMAGE, over which the kernel lays a loop device. The kernel turns each flush
of that device into an fsync of the file, so this process knows which blocks no flush has covered yet. A copy of the disk at an instant
has, for each of those blocks, the new content or the content at the last flush; random numbers decide. It speaks to /dev/fuse itself
(kernel protocol 7.31), needs root and a kernel with FUSE and loop devices, and no device mapper.
"""

import ctypes
import errno
import os
import random
import select
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 4096
"""How many bytes a disk writes completely or not at all."""
_MOST_BYTES = 1 << 20
_MOST_WRITES, _MOST_S = 30, 1.0
_HEAD, _REPLY = struct.Struct("<IIQQIIIHH"), struct.Struct("<IiQ")
_INIT, _GETATTR, _SETATTR, _OPEN, _READ, _WRITE, _STATFS = 26, 3, 4, 14, 15, 16, 17
_FSYNC, _DONE, _UNANSWERED = 20, {18, 25, 38}, {2, 36, 42}
_DIRECT_IO, _MAX_PAGES, _BIG_WRITES = 1, 1 << 22, 1 << 5


class ForgetfulFile:
    """The one file: what was written last, and for each block that no flush covers, its content at the last flush."""

    def __init__(self, place: Path, size: int) -> None:
        self.size = size
        self._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.ftruncate(self._file, size)
        self._place, self._sure, self.writes = place, dict[int, bytes](), 0

    def read(self, offset: int, count: int) -> bytes:
        return os.pread(self._file, count, offset)

    def write(self, offset: int, content: bytes) -> None:
        for block in range(offset // BLOCK, -(-(offset + len(content)) // BLOCK)):
            if block not in self._sure:
                self._sure[block] = os.pread(self._file, BLOCK, block * BLOCK)
        os.pwrite(self._file, content, offset)
        self.writes += 1

    def flush(self) -> None:
        self._sure.clear()

    def copy(self, to: Path, dice: random.Random) -> tuple[int, int]:
        """Copy the disk as a power cut would leave it; return how many unflushed blocks there were and how many were forgotten."""
        subprocess.run(["cp", "--sparse=always", self._place, to], check=True)
        share, lost = dice.choice((0.0, 0.5, 0.9, 1.0)), 0
        with to.open("r+b") as copied:
            for block, sure in self._sure.items():
                if dice.random() < share:
                    copied.seek(block * BLOCK)
                    copied.write(sure)
                    lost += 1
        return len(self._sure), lost


def serve(place: Path, size: int) -> None:
    """Answer the kernel and, on standard input, who wants copies: a line with a path each.

    A copy is made some writes later, among those that no flush covers: at most other instants the disk has nothing to forget.
    """
    with tempfile.TemporaryDirectory(prefix="rollkeeper-sure-", dir=place.parent) as folder:
        file, wire = ForgetfulFile(Path(folder) / "content", size), os.open("/dev/fuse", os.O_RDWR)
        _mount(place, wire)
        print("ready", flush=True)
        dice, wanted, due = random.Random(size), None, (0, 0.0)  # noqa: S311
        waiting = select.poll()
        waiting.register(wire, select.POLLIN)
        waiting.register(0, select.POLLIN)
        while True:
            if wanted and (file.writes >= due[0] or time.monotonic() > due[1]):
                print(*file.copy(wanted, dice), flush=True)
                wanted = None
            for ready, _ in waiting.poll(100):
                if ready == wire:
                    try:
                        _answer(wire, file)
                    except OSError as end:
                        if end.errno == errno.ENODEV:  # unmounted
                            return
                        if end.errno not in {errno.ENOENT, errno.EINTR, errno.EAGAIN}:
                            raise
                elif line := sys.stdin.readline().strip():
                    wanted = Path(line)
                    due = file.writes + dice.randint(0, _MOST_WRITES), time.monotonic() + _MOST_S
                else:
                    waiting.unregister(0)


def _mount(place: Path, wire: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={wire},rootmode={stat.S_IFREG:o},user_id=0,group_id=0"
    if libc.mount(b"forgetful", str(place).encode(), b"fuse", 0, options.encode()):
        raise OSError(ctypes.get_errno(), "mount")


def _answer(wire: int, file: ForgetfulFile) -> None:
    asked = os.read(wire, _MOST_BYTES + 65536)
    _, code, unique, *_ = _HEAD.unpack_from(asked)
    body, fault = asked[_HEAD.size :], 0
    said = b""
    match code:
        case _ if code in _UNANSWERED:
            return
        case _ if code == _INIT:
            said = struct.pack(
                "<IIIIHHIIHHI28x",
                7,
                31,
                0,
                _MAX_PAGES | _BIG_WRITES,
                12,
                9,
                _MOST_BYTES,
                1,
                _MOST_BYTES // 4096,
                0,
                0,
            )
        case _ if code in {_GETATTR, _SETATTR}:
            said = struct.pack("<QII", 3600, 0, 0) + _attributes(file.size)
        case _ if code == _OPEN:
            said = struct.pack("<QIi", 1, _DIRECT_IO, 0)
        case _ if code == _READ:
            _, offset, count = struct.unpack_from("<QQI", body)
            said = file.read(offset, count)
        case _ if code == _WRITE:
            _, offset, count = struct.unpack_from("<QQI", body)
            file.write(offset, body[40 : 40 + count])
            said = struct.pack("<II", count, 0)
        case _ if code == _FSYNC:
            file.flush()
        case _ if code == _STATFS:
            said = struct.pack("<QQQQQIIII24x", 0, 0, 0, 0, 0, 4096, 255, 4096, 0)
        case _ if code not in _DONE:
            fault = -errno.ENOSYS
    os.writev(wire, [_REPLY.pack(_REPLY.size + len(said), fault, unique), said])


def _attributes(size: int) -> bytes:
    return struct.pack(
        "<QQQQQQIIIIIIIIII", 1, size, size // 512, 0, 0, 0, 0, 0, 0, stat.S_IFREG | 0o600, 1, 0, 0, 0, 4096, 0
    )


class Disk:
    """The disk as a test has it: a mounted file system, copies of it at an instant, and copies mounted in its place."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.place, self._image, self._megabytes = folder / "disk", folder / "image", megabytes
        self.place.mkdir(mode=0o755)
        self._image.touch()

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """Have the disk that forgets, with an empty file system, for the length of a block. Then it is gone, as are its copies not."""
        with subprocess.Popen(
            [sys.executable, __file__, self._image, str(self._megabytes)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as self._process:  # fmt: skip
            try:
                assert self._said() == "ready"
                with _looped(self._image) as device:
                    subprocess.run(["mkfs.ext4", "-q", "-E", "nodiscard", device], check=True)
                    with _mounted(device, self.place):
                        yield
            finally:
                subprocess.run(["umount", self._image], check=True)
                self._process.stdin.close()

    def copy(self, to: Path) -> tuple[int, int]:
        """Copy it at this instant; return how many blocks no flush had covered, and how many of them the copy forgot."""
        print(to, file=self._process.stdin, flush=True)
        unsure, lost = map(int, self._said().split())
        return unsure, lost

    @contextmanager
    def mounted_copy(self, copy: Path) -> Iterator[None]:
        """Mount a copy in the place of the disk."""
        with _looped(copy) as device, _mounted(device, self.place):
            yield

    def _said(self) -> str:
        return str(self._process.stdout.readline()).strip()


@contextmanager
def _looped(image: Path) -> Iterator[str]:
    device = subprocess.run(
        ["losetup", "--find", "--show", image], check=True, text=True, stdout=subprocess.PIPE
    ).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


@contextmanager
def _mounted(device: str, place: Path) -> Iterator[None]:
    subprocess.run(["mount", device, place], check=True)
    place.chmod(0o755)
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        serve(Path(sys.argv[1]), int(sys.argv[2]) << 20)
