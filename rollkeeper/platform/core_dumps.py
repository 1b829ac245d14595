# SPDX-License-Identifier: EUPL-1.2
"""Disables core dumps and ptrace for this process.

A core would hold keys and what was opened with them, on a disk that nobody seals. The limit is inherited by whatever a process
starts, PostgreSQL too, but a core that the system pipes to a program passes it by. So each process also takes from itself that
it can be dumped; then no other process of its user reads its memory or its environment either.
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def disable_core_dumps() -> None:
    """Let this process dump no core, whatever ends it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
