# SPDX-License-Identifier: EUPL-1.2
"""Reads a file first in another process, which has so much memory and no more.

A few kilobytes of a spreadsheet or of Parquet can unpack to gigabytes, and only unpacking shows it: a reader that cannot get the memory
ends its process, and that is not this one.
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
"""Its standard input is the file: one in memory, that came from a page, has no name that another process could open."""


def try_reading(file: Path, program: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a program that reads `file` and finds words from `sys.argv[2]` on; return how it ended. Code 0 says that it fits."""
    with file.open("rb") as source:
        return subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-P", "-c", _LIMITED + program, str(TRIAL_BYTES), *words],
            check=False,
            stdin=source,
            capture_output=True,
            text=True,
        )
