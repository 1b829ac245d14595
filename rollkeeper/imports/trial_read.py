# SPDX-License-Identifier: EUPL-1.2
"""Reads a file first in another process, whose memory is limited.

A few kilobytes of a spreadsheet or of Parquet can unpack to gigabytes, and only unpacking shows it. A reader that cannot get the memory
ends its own process, not this one.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

TRIAL_BYTES: Final = 2 << 30
_LIMITED: Final = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
file = "/proc/self/fd/0"
"""
"""Its standard input is the file: a file in memory, which came from a page, has no name that another process could open."""


def try_reading(file: Path, program: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a program that reads `file` and finds `words` from `sys.argv[2]` on; return how it ended. Code 0: the file fits."""
    with file.open("rb") as source:
        return subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-P", "-c", _LIMITED + program, str(TRIAL_BYTES), *words],
            check=False,
            stdin=source,
            capture_output=True,
            text=True,
        )
