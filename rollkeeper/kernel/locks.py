# SPDX-License-Identifier: EUPL-1.2
"""Lock files of the instance, by which processes wait for each other; a lock ends with its process."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive_lock(file: Path, *, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Wait until no other process holds this file, and hold it; only its owner may read it. Call `on_wait` before waiting."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "a", opener=_owner_only) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def try_exclusive_lock(file: Path) -> Iterator[bool]:
    """Hold this file if no other process does, without waiting; yield whether it is held."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(file, "a", opener=_owner_only) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _owner_only(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
