# SPDX-License-Identifier: EUPL-1.2
"""Whether a process works."""

from pathlib import Path


def is_alive(pid: int) -> bool:
    """Tell whether a process works: one that ended may stay in the table until its parent has asked how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
