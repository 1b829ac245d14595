# SPDX-License-Identifier: EUPL-1.2
"""Files of keys: each line a name and a key in hexadecimal digits; written atomically, the replaced file overwritten with zeros.

On a disk that writes every change to a new place, zeros over an old file guarantee nothing (SECURITY.md).
"""

import os
from pathlib import Path

from rollkeeper.vault.errors import RootMissing


def read_keys(file: Path) -> dict[str, bytes]:
    """Return what a file of keys holds. Refuses: RootMissing."""
    try:
        lines = [line.split() for line in file.read_text("ascii").splitlines() if line and line[0] != "#"]
        found = {name: bytes.fromhex(key) for name, key in lines}
    except (OSError, ValueError) as fault:
        raise RootMissing(file=file) from fault
    if not found:  # as of a copy onto a full disk
        raise RootMissing(file=file)
    return found


def write_keys(file: Path, keys: dict[str, bytes]) -> None:
    """Write a key file atomically, mode 0600, synced to disk; then overwrite the replaced file with zeros.

    The file keeps its owner. The replaced file keeps a name until it is zeros, so that the next write finds what a killed write left.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft, older = file.with_suffix(".new"), file.with_suffix(".old")
    for left in (draft, older):
        _wipe(left, unless=file)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write("# Secret of Rollkeeper. docs/runbook/ says what it is and how it is kept.\n")
        out.writelines(f"{name} {key.hex()}\n" for name, key in keys.items())
        if file.exists() and os.geteuid() == 0:  # it may belong to the vault service's user
            os.fchown(out.fileno(), file.stat().st_uid, file.stat().st_gid)
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        older.hardlink_to(file)
    draft.replace(file)
    _keep_names(file.parent)
    _wipe(older, unless=file)


def _wipe(left: Path, *, unless: Path) -> None:
    """Write zeros over a file and remove it; if it is another name of the file in use, only remove that name."""
    if not left.exists():
        return
    if not (unless.exists() and left.samefile(unless)):
        with left.open("r+b") as out:
            out.write(bytes(os.fstat(out.fileno()).st_size))
            out.flush()
            os.fsync(out.fileno())
    left.unlink()


def _keep_names(folder: Path) -> None:
    """Sync the names in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
