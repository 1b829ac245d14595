# SPDX-License-Identifier: EUPL-1.2
"""The most memory that this process and each of the servers' processes ever held: the kernel's own figures.

A server's process counts the shared buffers that it has touched as its own, so that the figure can only be too high.
"""

from collections.abc import Iterator
from pathlib import Path

from rollkeeper.kernel import stores
from tests.processes import children_of


class Peaks:
    """Peaks by sort of process, in MiB, kept from every look: look often enough to meet what does not live long."""

    def __init__(self) -> None:
        self.mib: dict[str, int] = {}

    def look(self) -> None:
        """Note the peaks of the processes that are there now."""
        for sort, kib in _processes():
            self.mib[sort] = max(self.mib.get(sort, 0), kib // 1024)

    def say(self) -> str:
        """Return the figures in one line, the largest first."""
        ordered = sorted(self.mib.items(), key=lambda item: -item[1])
        return "most memory of one process: " + ", ".join(f"{sort} {mib} MiB" for sort, mib in ordered)


def _processes() -> Iterator[tuple[str, int]]:
    yield "Rollkeeper", _peak_kib("self")
    for store in stores.STORES:
        postmaster = int((store.data / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
        pids = (postmaster, *children_of(postmaster))
        yield from ((f"PostgreSQL ({store.name})", _peak_kib(pid)) for pid in pids)


def _peak_kib(pid: int | str) -> int:
    """Return the kernel's figure, nothing where the process has ended meanwhile."""
    try:
        said = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in said.splitlines() if line.startswith("VmHWM:")), 0)
