# SPDX-License-Identifier: EUPL-1.2
"""The processes that a parent keeps running, so that a health check notices if one of them does not answer.

A parent holds a lock on a file for each process. When the parent ends, for any reason, its locks end too.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from rollkeeper.kernel import stores
from rollkeeper.kernel.locks import try_exclusive_lock


def keeping(name: str) -> AbstractContextManager[bool]:
    """Declare, for the length of a block, that this process keeps a process of this name running. Raises OSError where no file can be written."""
    return try_exclusive_lock(_folder() / name)


def kept_names() -> Iterator[str]:
    """Yield the names of the processes that some parent keeps running now."""
    folder = _folder()
    for file in sorted(folder.iterdir()) if folder.exists() else ():
        with try_exclusive_lock(file) as is_free:
            if not is_free:
                yield file.name


def _folder() -> Path:
    return stores.sockets() / "kept"
