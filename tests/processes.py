# SPDX-License-Identifier: EUPL-1.2
"""What the kernel's table of processes says; a process may end while it is asked for."""

from pathlib import Path


def is_alive(pid: int) -> bool:
    """Tell whether a process works: one that ended may stay in the table until its parent has asked how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started and that are still in the table; none once it has ended itself."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def words_of(pid: int) -> list[bytes]:
    """Return the words a process was started with; none once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
