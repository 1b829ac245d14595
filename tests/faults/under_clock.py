# SPDX-License-Identifier: EUPL-1.2
"""Run the command `rollkeeper` under a clock that a test sets, with all that it starts: apps, workers, the vault service, both servers.

The clock is libfaketime's (Debian's package), which reads how far it is off from a file, each second. The time since the machine
started stays true, as it does where someone sets a machine's clock.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_NAMES = (
    "LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_CACHE_DURATION", "FAKETIME_DISABLE_SHM", "FAKETIME_DONT_FAKE_MONOTONIC",
    "DONT_FAKE_MONOTONIC", "NO_FAKE_STAT", "FAKETIME_FORCE_MONOTONIC_FIX",
)  # fmt: skip
# The last is a mend for older C libraries: with it each wait of a thread for Python's lock ends at once, and threads spend their time on that.
_VALUES = ("1", "1", "1", "1", "1", "0")


def library() -> str | None:
    """Return the path of libfaketime; None if it is not installed."""
    return next(map(str, Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


def environment(file: Path) -> dict[str, str]:
    """Return the environment that puts a process and its children under the clock in a file; empty without the library."""
    found = library()
    if found is None:
        return {}
    if not file.exists():
        set_clock(file, "+0d")
    return dict(zip(_NAMES, (found, str(file), *_VALUES), strict=True))


def set_clock(file: Path, by: str) -> None:
    """Set the difference from the true time, such as "+7d"."""
    draft = file.with_suffix(".new")
    draft.write_text(by + "\n", "ascii")
    draft.chmod(0o644)
    draft.replace(file)


def put_servers_under() -> None:
    """Make this process, which is under a clock, start servers and apps under the same clock."""
    from rollkeeper.operations import credential_handover
    from rollkeeper.platform import embedded_postgres

    credential_handover._PASSED_VARIABLES += _NAMES

    clock = {name: os.environ[name] for name in _NAMES if name in os.environ}

    def run(*given: Any, env: Mapping[str, str], **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(*given, env={**env, **clock}, **more)  # noqa: PLW1510

    embedded_postgres.subprocess = SimpleNamespace(
        run=run,
        CompletedProcess=subprocess.CompletedProcess,
        CalledProcessError=subprocess.CalledProcessError,
        DEVNULL=subprocess.DEVNULL,
    )


def main() -> None:
    from rollkeeper.operations import cli

    put_servers_under()
    cli.main()


if __name__ == "__main__":
    main()
