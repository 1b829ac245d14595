# SPDX-License-Identifier: EUPL-1.2
"""Users of the operating system for parts of Rollkeeper, where root runs it: one for each server and each app.

One user cannot read another's files and memory. If an ordinary user runs Rollkeeper, there is one user for all processes and no
such separation: `docs/decisions/0009-an-os-user-per-process.md` says what risk remains.
"""

import fcntl
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def system_user(name: str) -> str | None:
    """Return a system user, made on first use; None if an ordinary user runs Rollkeeper."""
    if os.geteuid() != 0:
        return None
    with _accounts():
        if not _is_known(name):
            subprocess.run(  # noqa: S603
                [  # noqa: S607
                    "useradd",
                    "--system",
                    "--user-group",
                    "--no-create-home",
                    "--shell",
                    "/usr/sbin/nologin",
                    name,
                ],
                check=True,
                capture_output=True,
            )
    return name


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def _accounts() -> Iterator[None]:
    """Hold the machine's accounts alone: two that make one user at once each take a number, and one of them is lost.

    The lock lies on the folder, since `useradd` puts new files in the place of the old, and nothing has to be written.
    """
    folder = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def allow_traversal(path: Path) -> None:
    """Let every user pass through the folders above `path`: the right to enter, not to list or read."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def is_readable_by_others(path: Path) -> bool:
    """Tell whether every user can read a file, or enter and list a directory, and pass through those above it."""
    wanted = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
    passes = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)
    return passes and path.stat().st_mode & wanted == wanted


def processes_in(folder: Path) -> list[int]:
    """Return the processes whose working directory is this one: a server's or an app's."""
    return [int(process.name) for process in Path("/proc").glob("[0-9]*") if _works_in(process, folder)]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:
        return False
