# SPDX-License-Identifier: EUPL-1.2
"""Keeps a backup folder of the document copies: new copies are added to it, and erased copies are removed from it.

A copy that the register knows stays in the backup even if the store lacks it: the store's disk may be lost, or not mounted.

Each object is sealed under one person's key, which no backup of the register contains, so it is copied unchanged. A store at an
S3-compatible address is not copied: its operator does that.
"""

from itertools import batched
from pathlib import Path
from typing import Final

from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.errors import BACKUP_DAMAGED, DOCUMENT_COPIES_MISSING
from rollkeeper.vault import copy_folder, document_store

NAME: Final = "documents"
_BATCH: Final = 1000


def mirror_documents(folder: Path) -> int:
    """Bring the backup folder up to date with the store; return how many copies were new. Refuses: BACKUP_DAMAGED, DOCUMENT_COPIES_MISSING."""
    place, kept = document_store.folder(), folder / NAME
    if place is None:
        return 0
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    there, had = set(copy_folder.names(place)) if place.is_dir() else set(), set(copy_folder.names(kept))
    missing = 0
    for lacking in batched(sorted(had - there), _BATCH):
        known = document_store.known(list(lacking))
        missing += len(known)
        for name in set(lacking) - known:
            copy_folder.remove_object(kept, name)
    new = sorted(there - had)
    for name in new:
        _copy(name, place, kept)
    if missing:
        raise DOCUMENT_COPIES_MISSING(count=missing, place=place, kept=kept)
    return len(new)


def restore_documents(folder: Path) -> None:
    """Bring the copies of a backup back, if this instance stores them in its data directory. Refuses: BACKUP_DAMAGED."""
    kept, place = folder / NAME, document_store.folder()
    if place is None or not kept.is_dir() or not document_store.is_in(data_dir()):
        return
    for name in copy_folder.names(kept):
        _copy(name, kept, place)


def _copy(name: str, source: Path, target: Path) -> None:
    with copy_folder.open_object(source, name) as found:
        if not copy_folder.write_object(target, name, found):
            raise BACKUP_DAMAGED(file=target / name, why="what was written is not what was read")
