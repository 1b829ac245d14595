# SPDX-License-Identifier: EUPL-1.2
"""Disables core dumps and ptrace for this process.

A core dump would contain keys and opened values, on an unencrypted disk. Child processes inherit the limit, PostgreSQL too, but it
does not apply to a core that the system pipes to a program. So each process also makes itself non-dumpable; then other processes of
its user cannot read its memory or its environment either.
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def disable_core_dumps() -> None:
    """Prevent core dumps of this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
