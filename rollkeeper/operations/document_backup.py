# SPDX-License-Identifier: EUPL-1.2
"""Keeps a second folder like that of the document copies: what is new goes there, what was removed goes from there too.

Each object is sealed under one person's key, which no backup of the register contains, so it is copied unchanged. A store at an
S3-compatible address is not copied: its operator does that.
"""

import os
import shutil
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.errors import BACKUP_DAMAGED
from rollkeeper.vault import document_store

NAME = "documents"


def mirror_documents(folder: Path) -> int:
    """Make the folder's copies those of the instance; return how many were new. Refuses: BACKUP_DAMAGED."""
    place, kept = document_store.folder(), folder / NAME
    if place is None or not place.is_dir():
        return 0
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove([kept / name for name in _names(kept) if not (place / name).exists()], below=kept)
    new = [name for name in _names(place) if not (kept / name).exists()]
    for name in new:
        _copy(place / name, kept / name)
    return len(new)


def restore_documents(folder: Path) -> None:
    """Bring the copies of a backup into this instance, where they lie in a folder of it. Refuses: BACKUP_DAMAGED."""
    kept, place = folder / NAME, document_store.folder()
    if place is None or not kept.is_dir() or not place.is_relative_to(data_dir()):
        return
    for name in _names(kept):
        _copy(kept / name, place / name)


def _names(place: Path) -> Iterator[Path]:
    """Give the names of finished objects: two digits, a tenure, a person."""
    found = list(place.glob("??/*/*"))
    return (file.relative_to(place) for file in found if file.is_file() and "#" not in file.name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}#")
    shutil.copyfile(source, draft)
    with source.open("rb") as one, draft.open("r+b") as other:
        same = file_digest(one, "sha256").digest() == file_digest(other, "sha256").digest()
        os.fsync(other.fileno())
    if not same:
        draft.unlink()
        raise BACKUP_DAMAGED(file=target, why="what was written is not what was read")
    draft.chmod(0o600)
    draft.replace(target)


def _remove(files: list[Path], *, below: Path) -> None:
    for file in files:
        file.unlink()
        for parent in (file.parent, file.parent.parent):
            if parent != below and not any(parent.iterdir()):
                parent.rmdir()
