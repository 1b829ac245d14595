# SPDX-License-Identifier: EUPL-1.2
"""Which processes a parent keeps going: a check of the instance's health misses one of them that answers nothing.

A parent holds a lock file for each, so that nothing is left to read once it has ended, however it ended.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from rollkeeper.kernel import stores
from rollkeeper.kernel.locks import try_exclusive_lock


def keeping(name: str) -> AbstractContextManager[bool]:
    """Say that a process of this name is kept going here, for the length of a block. Raises OSError where no file can be written."""
    return try_exclusive_lock(_folder() / name)


def kept_names() -> Iterator[str]:
    """Yield the names of the processes that some parent keeps going now."""
    folder = _folder()
    for file in sorted(folder.iterdir()) if folder.exists() else ():
        with try_exclusive_lock(file) as is_free:
            if not is_free:
                yield file.name


def _folder() -> Path:
    return stores.sockets() / "kept"
