# SPDX-License-Identifier: EUPL-1.2
"""Backs up the two stores separately, and seals each backup while it is written.

::

    DIR/register/20260301T101500Z.sealed    the register as it was; one file a backup, all are kept
    DIR/keys/keys.sealed                    the keys; the newest alone: it takes the older one's place
    DIR/documents/                          the copies of documents, with each backup of the register (`document_backup`)

Only a backup of the keys can bring an erased person back. So there is one such backup, it holds living keys only, and the older one
is overwritten with zeros and removed. Neither backup holds a root, an index key or a password.
"""

import datetime as dt
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any, cast

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock, room
from rollkeeper.kernel.console import err
from rollkeeper.kernel.database import action
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.kernel.settings import data_dir, settings_file
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations.document_backup import mirror_documents
from rollkeeper.operations.errors import (
    BACKUP_DAMAGED,
    BACKUP_IN_THE_INSTANCE,
    BACKUP_NEEDS_ROOM,
    BACKUP_OF_ANOTHER_INSTANCE,
    BACKUP_OF_UNFINISHED_RESTORE,
    EXTERNAL_DATABASES,
)
from rollkeeper.operations.settings import restored_mark
from rollkeeper.platform import pg_backup
from rollkeeper.vault.archive import ArchiveReader, ArchiveWriter, read_head
from rollkeeper.vault.epochs import require_fitting_root
from rollkeeper.vault.errors import ArchiveDamaged
from rollkeeper.vault.keys import living_epoch_ids
from rollkeeper.vault.root import RootOfTrust, root_of_trust

NOTE_FORMAT = 1
_PIECE_BYTES = 1024 * 1024
_TAR_BYTES = 64 * 1024
"""How much of a tar is read ahead: each of its many small reads copies the rest."""
_STAMP = "%Y%m%dT%H%M%SZ"
_A_DAY_S = 86_400

OnProgress = Callable[[int], None]


class Part(StrEnum):
    """The two stores that are backed up."""

    REGISTER = "register"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Note:
    """The unencrypted note at the head of a backup, which is bound to it."""

    format: int
    part: Part
    register: str
    made_at: str
    settings: str


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup that was made and read again."""

    part: Part
    file: Path
    byte_count: int
    digest: str


@dataclass(frozen=True, slots=True)
class LastBackup:
    """What the instance stores about a backup for the doctor."""

    at: dt.datetime
    epoch_id: int


def back_up(
    authority: Authority,
    folder: Path,
    *,
    parts: Iterable[Part],
    on: dt.date,
    on_progress: OnProgress = lambda _: None,
) -> list[Backup]:
    """Back up the stores into a folder, read each backup again, and only then put it in its place.

    Ledger: operations:backup:made a store. Refuses: NOT_ALLOWED, EXTERNAL_DATABASES, ROOT_DOES_NOT_FIT, BACKUP_OF_ANOTHER_INSTANCE,
    BACKUP_OF_UNFINISHED_RESTORE, BACKUP_TOOL_FAILED, BACKUP_DAMAGED, BACKUP_IN_THE_INSTANCE, BACKUP_NEEDS_ROOM, DOCUMENT_COPIES_MISSING.
    """
    role = require(authority, Permission.BACK_UP)
    if folder.resolve().is_relative_to(data_dir().resolve()):
        raise BACKUP_IN_THE_INSTANCE(folder=folder)
    _require_embedded()
    made = []
    with _alone():
        _require_own(folder)
        require_fitting_root(
            living_epoch_ids()[-1:]
        )  # under another root the one copy of the keys would open nothing
        for part in parts:
            backup = _back_up(part, folder / part.value, on_progress=on_progress)
            _remember(part)
            with action():
                append_entry(
                    authority, verb=Verb.BACKUP_MADE, role=role.value, on=on,
                    facts={"store": part.value, "bytes": backup.byte_count, "sha256": backup.digest},
                )  # fmt: skip
            made.append(backup)
        if Part.REGISTER in {backup.part for backup in made}:
            mirror_documents(folder)
    return made


def estimated_bytes(parts: Iterable[Part]) -> int:
    """Estimate how many bytes there are to read and to check. Refuses: EXTERNAL_DATABASES."""
    _require_embedded()
    return 2 * pg_backup.register_bytes() if Part.REGISTER in set(parts) else 0


def _require_embedded() -> None:
    if instance().register_url or instance().keys_url:
        raise EXTERNAL_DATABASES()


def last_backup(part: Part) -> LastBackup | None:
    """Return when a store was last backed up, by the machine's clock, and under which epoch; None if never."""
    found = _remembered().get(part.value)
    if not isinstance(found, dict):
        return None
    return LastBackup(dt.datetime.fromtimestamp(found["at"], dt.UTC), found["epoch"])


def newest(folder: Path, part: Part, *, name: str | None = None) -> Path:
    """Return the newest backup of a store in a folder, or the named one. Refuses: BACKUP_DAMAGED.

    The keys have one file name: an older copy under another name would bring erased people back. A register with a day in the future
    was made while the clock was ahead: it is taken only if it is named, or if there is no other.
    """
    found = sorted((folder / part.value).glob("keys.sealed" if part is Part.KEYS else "*.sealed"))
    soon = _stamp(clock.true_seconds() + _A_DAY_S)
    chosen = [file for file in found if (file.stem <= soon if name is None else file.stem == name)]
    chosen = chosen or (found if name is None else [])
    if not chosen:
        raise BACKUP_DAMAGED(file=folder / part.value, why="there is no such backup in this folder")
    return chosen[-1]


def read_note(file: Path, part: Part) -> Note:
    """Return the note at the head of a backup; only opening the backup with this note verifies it. Refuses: BACKUP_DAMAGED."""
    try:
        with file.open("rb") as source:
            _, _, raw = read_head(source)
        note = Note(**json.loads(raw))
    except (ArchiveDamaged, ValueError, TypeError):
        raise BACKUP_DAMAGED(file=file, why="it is no backup or was cut short") from None
    if note.format != NOTE_FORMAT or note.part != part:
        raise BACKUP_DAMAGED(file=file, why=f"it is no backup of the {part.value} that this version reads")
    return note


@contextmanager
def opened(
    file: Path, *, root: RootOfTrust, note: Note | None = None, on_progress: OnProgress = lambda _: None
) -> Iterator[ArchiveReader]:
    """Open a backup, with the note that was read before; at the end of the block the whole backup has been read.

    Refuses: BACKUP_DAMAGED, ARCHIVE_OF_ANOTHER_ROOT.
    """
    with file.open("rb") as source:
        try:
            reader = _ProgressReader(source, root=root, on_progress=on_progress)
            _require_same(reader, note, file)
            yield reader
            reader.drain()
        except (ArchiveDamaged, tarfile.TarError):
            raise BACKUP_DAMAGED(file=file, why="it was cut short or changed") from None


def require_opening(file: Path, *, root: RootOfTrust, note: Note) -> None:
    """See that this root opens a backup, with the note that was read before. Refuses: BACKUP_DAMAGED, ARCHIVE_OF_ANOTHER_ROOT."""
    with file.open("rb") as source:
        try:
            reader = ArchiveReader(source, root=root)
            _require_same(reader, note, file)
            reader.read(1)
        except ArchiveDamaged:
            raise BACKUP_DAMAGED(file=file, why="it was cut short or changed") from None


def _require_same(reader: ArchiveReader, note: Note | None, file: Path) -> None:
    """Require that the file still has this note: the server of the folder may give another file each time. Refuses: BACKUP_DAMAGED."""
    if note is not None and json.loads(reader.note) != asdict(note):
        raise BACKUP_DAMAGED(file=file, why="it is not the file that was read a moment before")


def pieces(reader: ArchiveReader) -> Iterator[bytes]:
    """Yield the content of a backup, piece by piece."""
    while piece := reader.read(_PIECE_BYTES):
        yield piece


def unpack_register(reader: ArchiveReader, *, to: Path) -> None:
    """Unpack a backup of the register and hold it against its manifest. Refuses: BACKUP_DAMAGED, BACKUP_TOOL_FAILED."""
    with tarfile.open(fileobj=cast("IO[bytes]", reader), mode="r|", bufsize=_TAR_BYTES) as tar:
        tar.extractall(to, filter=_plain)  # noqa: S202 - stricter than the filters that the rule knows
    reader.drain()
    pg_backup.verify_register(to)


def _plain(member: tarfile.TarInfo, place: str) -> tarfile.TarInfo:
    """Accept a file or folder whose name stays inside the target, owned by us and dated now. A cluster has no links here.

    The library's filter `data` follows each name on the disk, because a link may lie there: that takes a third of a whole backup's time.
    """
    if not (member.isreg() or member.isdir()):
        raise tarfile.SpecialFileError(member)
    if member.name.startswith("/") or ".." in member.name.split("/"):
        raise tarfile.OutsideDestinationError(member, place)
    for owner_or_time in ("uid", "gid", "uname", "gname", "mtime"):
        setattr(member, owner_or_time, None)
    member.mode = 0o700 if member.isdir() else 0o600
    return member


class _ProgressReader(ArchiveReader):
    def __init__(self, source: IO[bytes], *, root: RootOfTrust, on_progress: OnProgress) -> None:
        super().__init__(source, root=root)
        self._on_progress = on_progress

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = super().readinto(buffer)
        self._on_progress(count)
        return count


def _require_own(folder: Path) -> None:
    """Require that these are not another instance's backups: its one copy of the keys and its documents would be destroyed.

    An instance restored for a look has the same identity as the running one, but older keys. A file that is no backup may be replaced.
    Refuses: BACKUP_OF_ANOTHER_INSTANCE, BACKUP_OF_UNFINISHED_RESTORE.
    """
    own = pg_backup.register_identity()
    for part in Part:
        for file in sorted((folder / part.value).glob("*.sealed"))[-1:]:
            found = _register_in(file, part)
            if found not in {own, None}:
                raise BACKUP_OF_ANOTHER_INSTANCE(folder=folder, data_dir=data_dir())
            if found and restored_mark().exists():
                raise BACKUP_OF_UNFINISHED_RESTORE(data_dir=data_dir())


def _register_in(file: Path, part: Part) -> str | None:
    """Return the identity of the register that a file backs up, or None if it is no backup."""
    try:
        return read_note(file, part).register
    except RollkeeperError:
        return None


def _back_up(part: Part, folder: Path, *, on_progress: OnProgress) -> Backup:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = _stamp(clock.true_seconds())
    final = folder / ("keys.sealed" if part is Part.KEYS else f"{stamp}.sealed")
    for left in folder.glob("*.unfinished"):  # left by a backup that was killed
        left.unlink()
    draft = final.with_suffix(".unfinished")
    note = Note(NOTE_FORMAT, part, pg_backup.register_identity(), clock.now().isoformat(), _settings_text())
    try:
        _write(draft, part, note, on_progress=on_progress)
        _verify(draft, part, on_progress=on_progress)
        with draft.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        _put_in_place(draft, final)
    finally:
        draft.unlink(missing_ok=True)
    return Backup(part, final, final.stat().st_size, digest)


def _stamp(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime(_STAMP)


def _write(draft: Path, part: Part, note: Note, *, on_progress: OnProgress) -> None:
    source = pg_backup.stream_keys() if part is Part.KEYS else pg_backup.stream_register()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        archive = ArchiveWriter.begin(out, root=root_of_trust(), note=json.dumps(asdict(note)).encode())
        for piece in source:
            _leave_room(draft.parent)
            archive.write(piece)
            on_progress(len(piece))
        archive.finish()
        out.flush()
        os.fsync(out.fileno())


def _leave_room(place: Path) -> None:
    """Stop before a backup takes the last room on a disk. Refuses: BACKUP_NEEDS_ROOM."""
    if (free := room.free_bytes(place)) < room.RESERVE_BYTES:
        raise BACKUP_NEEDS_ROOM(
            place=place, free=f"{free / 1024**2:,.0f} MiB", reserve=f"{room.RESERVE_BYTES / 1024**2:,.0f} MiB"
        )


def _verify(draft: Path, part: Part, *, on_progress: OnProgress) -> None:
    """Open the written backup as a restore will, inside the instance, so that nothing lies in clear anywhere else."""

    def moved(count: int) -> None:
        _leave_room(data_dir())
        on_progress(count)

    with opened(draft, root=root_of_trust(), on_progress=moved) as reader:
        if part is Part.KEYS:
            pg_backup.read_keys(pieces(reader))
            return
        place = Path(tempfile.mkdtemp(prefix="checking-", dir=data_dir()))
        try:
            unpack_register(reader, to=place)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _put_in_place(draft: Path, final: Path) -> None:
    """Let the new file take the old one's name, then write zeros over the bytes of the old one."""
    older = final.open("r+b") if final.exists() else None
    draft.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    if older:
        with older:
            if _is_keys(older):  # a link of that name may lead to another file
                _write_zeros(older)


def _is_keys(file: IO[bytes]) -> bool:
    try:
        _, _, raw = read_head(file)
        return bool(json.loads(raw)["part"] == Part.KEYS)
    except (ArchiveDamaged, ValueError, KeyError, TypeError):
        return False
    finally:
        file.seek(0)


def _write_zeros(file: IO[bytes]) -> None:
    left = os.fstat(file.fileno()).st_size
    while left > 0:
        left -= file.write(bytes(min(left, _PIECE_BYTES)))
    file.flush()
    os.fsync(file.fileno())


def _settings_text() -> str:
    return settings_file().read_text("utf-8") if settings_file().exists() else ""


@contextmanager
def _alone() -> Iterator[None]:
    with exclusive_lock(data_dir() / "backup.lock", on_wait=_say_that_another_is_at_work):
        for left in data_dir().glob("checking-*"):  # left by a backup that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield


def _say_that_another_is_at_work() -> None:
    err.print("Another backup of this instance is at work. This one goes on when it has ended.", markup=False)


def _state_file() -> Path:
    return data_dir() / "backups.json"


def _remembered() -> Mapping[str, Any]:
    try:
        return cast("Mapping[str, Any]", json.loads(_state_file().read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _remember(part: Part) -> None:
    now = {"at": clock.true_seconds(), "epoch": max(living_epoch_ids(), default=0)}
    write_atomically(_state_file(), json.dumps({**_remembered(), part.value: now}).encode(), mode=0o644)
