# SPDX-License-Identifier: EUPL-1.2
"""Restores two backups into a new instance: the register of a chosen day, and the newest keys.

People erased after the register was backed up stay erased: their keys are in no backup. Their rows come back sealed, and are cleared
here as the erasure cleared them, since a line's number is sealed to the epoch and not to a person. The operator brings the secrets,
which no backup contains (`--secrets`); all passwords are renewed.
"""

import datetime as dt
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import sign_out_everyone
from rollkeeper.campaign.batch_control import stop_all_batches
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import Role, action
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.kernel.settings import data_dir, forget_settings, settings_file
from rollkeeper.kernel.toml_text import changed_toml
from rollkeeper.ledger.checks import note_restored_keys
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations import bootstrap, document_backup
from rollkeeper.operations.backup import (
    Note,
    Part,
    newest,
    opened,
    pieces,
    read_note,
    require_opening,
    unpack_register,
)
from rollkeeper.operations.errors import (
    BACKUPS_FROM_DIFFERENT_INSTANCES,
    COPY_FROM_THE_FUTURE,
    DATA_DIR_NOT_EMPTY,
    EMBEDDED_DATABASES,
    NOT_RESTORED,
    ROOT_URL_MISSING,
    SECRETS_MISSING,
)
from rollkeeper.operations.settings import check_settings, is_restore_abandoned, restored_mark, restoring_mark
from rollkeeper.platform import embedded_postgres
from rollkeeper.platform import pg_backup as server_copies
from rollkeeper.provisioning.services import advance_command_sequence
from rollkeeper.retention import services as retention_acts
from rollkeeper.selfcare.sessions import drop_unsent_codes
from rollkeeper.vault import document_store, epochs
from rollkeeper.vault.key_files import read_keys
from rollkeeper.vault.keys import living_epoch_ids
from rollkeeper.vault.root import root_of_trust

_REGENERATED = {".pgpass", ".once"}


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore."""

    register_made_at: str
    keys_made_at: str
    opening: int
    erased_again: int
    without_key: int


def moment_text(instant: str) -> str:
    """Return an instant of the ledger as people read it: to the second, in the instance's zone."""
    return f"{dt.datetime.fromisoformat(instant).astimezone(clock.zone()):%Y-%m-%d %H:%M:%S %z}"


def restore(
    authority: Authority,
    folder: Path,
    *,
    secrets: Path,
    register_name: str | None = None,
    root_url: str | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Restored:
    """Restore the newest keys and the newest or the named register into this instance, which must be new.

    Ledger: line:record:erased a record that was erased after the register's backup; campaign:batch:stopped; operations:instance:restored.
    Refuses: NOT_ALLOWED, DATA_DIR_NOT_EMPTY, SECRETS_MISSING, RootMissing, ROOT_URL_MISSING, BACKUP_DAMAGED, BACKUPS_FROM_DIFFERENT_INSTANCES,
    ARCHIVE_OF_ANOTHER_ROOT, ROOT_DOES_NOT_FIT, BACKUP_TOOL_FAILED.
    """
    role = require(authority, Permission.BACK_UP)
    if is_restore_abandoned():
        _undo_partial_restore()
    if data_dir().exists() and any(data_dir().iterdir()):
        raise DATA_DIR_NOT_EMPTY(data_dir=data_dir())
    register, keys = newest(folder, Part.REGISTER, name=register_name), newest(folder, Part.KEYS)
    notes = read_note(register, Part.REGISTER), read_note(keys, Part.KEYS)
    if notes[0].register != notes[1].register:
        raise BACKUPS_FROM_DIFFERENT_INSTANCES(register=register, keys=keys)
    register_of, keys_of = (dt.datetime.fromisoformat(note.made_at) for note in notes)
    with exclusive_lock(restoring_mark()):
        try:
            _restore_secrets(secrets, wanted=_secret_file_for(root_url))
            _restore_settings(notes[0], root_url=root_url)
            _restore_stores((register, keys), notes, on_progress=on_progress)
            advance_command_sequence()
            document_backup.restore_documents(folder)
            back = _erase_again(
                authority, role.value, register_of=register_of, keys_of=keys_of, on=clock.today()
            )
        except BaseException:
            _undo_partial_restore()
            raise
        restoring_mark().unlink()
    return back


def finish_restore(
    authority: Authority, *, register_of: dt.datetime, keys_of: dt.datetime, on: dt.date
) -> Restored:
    """Do what `restore` does to the register, after operators brought back their own servers with their own tools.

    Ledger and refusals as of `restore`; COPY_FROM_THE_FUTURE; EMBEDDED_DATABASES, since `restore` itself brings back an embedded server.
    """
    role = require(authority, Permission.BACK_UP)
    if instance().register_url is None and instance().keys_url is None:
        raise EMBEDDED_DATABASES()
    if (at := max(register_of, keys_of)) > clock.now():
        raise COPY_FROM_THE_FUTURE(at=at.isoformat())
    epochs.require_fitting_root(living_epoch_ids()[-1:])
    advance_command_sequence()
    return _erase_again(authority, role.value, register_of=register_of, keys_of=keys_of, on=on)


def start_jobs(authority: Authority) -> None:
    """Let a restored instance run its jobs: it replaces the other one. Refuses: NOT_ALLOWED, NOT_RESTORED, DOCUMENT_STORE_UNAVAILABLE."""
    require(authority, Permission.BACK_UP)
    if not restored_mark().exists():
        raise NOT_RESTORED()
    if not document_store.is_in(data_dir()):
        document_store.remove_unknown()  # until now they may have been the other instance's: both use one store
    restored_mark().unlink()


def backup_bytes(folder: Path, *, register_name: str | None = None) -> int:
    """Return how many bytes there are to read. Refuses: BACKUP_DAMAGED."""
    files = newest(folder, Part.REGISTER, name=register_name), newest(folder, Part.KEYS)
    return sum(file.stat().st_size for file in files)


def _restore_secrets(kept: Path, *, wanted: str) -> None:
    if not (kept / wanted).is_file():
        raise SECRETS_MISSING(folder=kept, wanted=wanted)
    for name in ("root.key", "index.key"):
        if (kept / name).is_file():
            read_keys(kept / name)  # refused under its place there: what is copied here does not stay
    place = data_dir() / "secrets"
    place.mkdir(mode=0o700, parents=True)
    for file in kept.iterdir():
        if file.is_file() and file.suffix not in _REGENERATED:
            shutil.copyfile(file, place / file.name)
            (place / file.name).chmod(0o600)


def _secret_file_for(root_url: str | None) -> str:
    """Return the file that this kind of root needs to open anything."""
    if root_url is None:
        return "root.key"
    return "root.pin" if root_url.startswith("pkcs11:") else "root.token"


def _restore_settings(note: Note, *, root_url: str | None) -> None:
    """Write the settings of the backed-up instance, except the address of the key service, which the operator gives.

    The restored instance does not publish into the other instance's folder and runs no jobs. The other instance may still live, and an
    instance that was restored to look something up must not notify people, command the network or publish in its place.
    """
    restored_mark().touch()
    kept = tomllib.loads(note.settings)
    kept.get("ledger", {}).pop("folder", None)
    vault = kept.setdefault("vault", {})
    if vault.pop("root_url", None) and not root_url:
        raise ROOT_URL_MISSING()
    if root_url:
        vault["root_url"] = root_url
    write_atomically(settings_file(), changed_toml(note.settings, kept).encode(), mode=0o644, is_durable=True)
    check_settings()


def _restore_stores(
    files: tuple[Path, Path], notes: tuple[Note, Note], *, on_progress: Callable[[int], None]
) -> None:
    (register, keys), (register_note, keys_note) = files, notes
    for file, note in zip(files, notes, strict=True):
        require_opening(file, root=root_of_trust(), note=note)  # before a token gets a key, and hours pass
    root_of_trust().ensure()
    with opened(register, root=root_of_trust(), note=register_note, on_progress=on_progress) as reader:
        unpack_register(reader, to=stores.REGISTER.data)
    embedded_postgres.take_ownership(stores.REGISTER)
    server_copies.reset_passwords(stores.REGISTER, list(Role))

    def load_keys() -> None:
        with opened(keys, root=root_of_trust(), note=keys_note, on_progress=on_progress) as reader:
            server_copies.load_keys(pieces(reader))
        epochs.require_fitting_root(living_epoch_ids()[-1:])

    bootstrap.set_up_instance(instance().kind, load_keys=load_keys)


def _undo_partial_restore() -> None:
    """Undo what was begun, so that the next try finds the instance new."""
    connections.close_all()
    embedded_postgres.stop_if_unused()
    for place in data_dir().iterdir() if data_dir().exists() else ():
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    forget_settings()


def _end_what_came_back(authority: Authority, *, on: dt.date) -> None:
    """End what may have ended since the backup: sessions that were signed out, invitations and codes that were used, batches that people stopped.

    A batch would also act on people who registered after the backup, since this register does not know them: two people check its lines again.
    """
    with action():
        sign_out_everyone()
        drop_unsent_codes()
    stop_all_batches(authority, on=on)


def _erase_again(
    authority: Authority, role: str, *, register_of: dt.datetime, keys_of: dt.datetime, on: dt.date
) -> Restored:
    _end_what_came_back(authority, on=on)
    if not restored_mark().exists() or document_store.is_in(data_dir()):
        document_store.remove_unknown()
    note_restored_keys(made_at=keys_of)
    again = retention_acts.erase_again(authority, keys_made_at=keys_of, on=on)
    instants = {"register_made_at": register_of, "keys_made_at": keys_of}
    made = {name: at.astimezone(dt.UTC).isoformat() for name, at in instants.items()}
    with action():
        append_entry(
            authority, verb=Verb.INSTANCE_RESTORED, role=role, on=on,
            facts=made | {
                "opening": again.opening, "erased_again": again.records, "without_key": again.without_key,
            },
        )  # fmt: skip
    return Restored(**made, opening=again.opening, erased_again=again.records, without_key=again.without_key)
