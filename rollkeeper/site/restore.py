# SPDX-License-Identifier: EUPL-1.2
"""Restores two backups into a new home: the register of some day, the keys of the newest.

Who was erased after the register was backed up stays erased: their keys are in no backup. Their rows come back sealed, and
are cleared here as the erasure had cleared them, since the number of a line is sealed to the epoch and not to a person.
The operator brings what no backup holds (`--secrets`); every password is made anew.
"""

import datetime as dt
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tomli_w
from django.db import connections

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock, server
from rollkeeper.kernel import copies as server_copies
from rollkeeper.kernel.database import Role, act
from rollkeeper.kernel.settings import home, settings, settings_file
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.network.acts import go_on_far_ahead
from rollkeeper.retention import acts as retention_acts
from rollkeeper.site import backup_copies, boot
from rollkeeper.site.backup import Note, Part, newest, opened, pieces, read_note, unpack_register
from rollkeeper.site.errors import (
    BackupsOfTwoHomes,
    HomeNotEmpty,
    KeptSecretsMissing,
    RootUrlMissing,
    StoresHere,
)
from rollkeeper.vault import copies
from rollkeeper.vault.root import root_of_trust

_MADE_ANEW = {".pgpass", ".once"}


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back."""

    register_made_at: str
    keys_made_at: str
    opening: int
    erased_again: int
    without_key: int


def restore(
    authority: Authority,
    folder: Path,
    *,
    secrets: Path,
    register_name: str | None = None,
    root_url: str | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Restored:
    """Restore the newest keys and the newest or the named register into this home, which must be new.

    Ledger: line:record:erased a record that was erased after the register's backup; site:home:restored.
    Refuses: NotAllowed, HomeNotEmpty, KeptSecretsMissing, RootUrlMissing, BackupDamaged, BackupsOfTwoHomes,
    ArchiveOfAnotherRoot, CopyFailed.
    """
    role = demand(authority, Power.BACK_UP)
    if home().exists() and any(home().iterdir()):
        raise HomeNotEmpty(home=home())
    register, keys = newest(folder, Part.REGISTER, name=register_name), newest(folder, Part.KEYS)
    notes = read_note(register, Part.REGISTER), read_note(keys, Part.KEYS)
    if notes[0].register != notes[1].register:
        raise BackupsOfTwoHomes(register=register, keys=keys)
    try:
        _bring_secrets(secrets, wanted=_kept_of(root_url))
        _bring_settings(notes[0], root_url=root_url)
        _bring_stores(register, keys, tell=tell)
        go_on_far_ahead()
        backup_copies.bring_back(folder)
    except BaseException:
        _leave_nothing()
        raise
    register_of, keys_of = (dt.datetime.fromisoformat(note.made_at) for note in notes)
    return _forget_again(authority, role.value, register_of=register_of, keys_of=keys_of, on=clock.today())


def after_restore(
    authority: Authority, *, register_of: dt.datetime, keys_of: dt.datetime, on: dt.date
) -> Restored:
    """Do what a restore does at its end, where servers of the operator's own were brought back by their own tools.

    Ledger and refusals as of `restore`; StoresHere, since an embedded server is brought back by `restore`.
    """
    role = demand(authority, Power.BACK_UP)
    if settings().register_url is None and settings().keys_url is None:
        raise StoresHere
    go_on_far_ahead()
    return _forget_again(authority, role.value, register_of=register_of, keys_of=keys_of, on=on)


def backup_bytes(folder: Path, *, register_name: str | None = None) -> int:
    """Return how many bytes there are to read. Refuses: BackupDamaged."""
    files = newest(folder, Part.REGISTER, name=register_name), newest(folder, Part.KEYS)
    return sum(file.stat().st_size for file in files)


def _bring_secrets(kept: Path, *, wanted: str) -> None:
    if not (kept / wanted).is_file():
        raise KeptSecretsMissing(folder=kept, wanted=wanted)
    place = home() / "secrets"
    place.mkdir(mode=0o700, parents=True)
    for file in kept.iterdir():
        if file.is_file() and file.suffix not in _MADE_ANEW:
            shutil.copyfile(file, place / file.name)
            (place / file.name).chmod(0o600)


def _kept_of(root_url: str | None) -> str:
    """Return the file without which this kind of root opens nothing."""
    if root_url is None:
        return "root.key"
    return "root.pin" if root_url.startswith("pkcs11:") else "root.token"


def _bring_settings(note: Note, *, root_url: str | None) -> None:
    """Write the settings of the backed-up home, but for the address of the key service: the operator says that.

    Nor does it publish where the other home does, and it does nothing by itself: the other home may still live, and a
    home that was restored to look something up must not write to people, tell the network or publish in its place.
    """
    kept = tomllib.loads(note.settings)
    kept.pop("ledger_folder", None)
    kept["works_by_itself"] = False
    if kept.pop("root_url", None) and not root_url:
        raise RootUrlMissing
    if root_url:
        kept["root_url"] = root_url
    settings_file().write_text(tomli_w.dumps(kept), "utf-8")
    settings.cache_clear()
    settings()


def _bring_stores(register: Path, keys: Path, *, tell: Callable[[int], None]) -> None:
    root_of_trust().ensure()
    with opened(register, root=root_of_trust(), tell=tell) as reader:
        unpack_register(reader, to=server.REGISTER.data)
    server.take_in(server.REGISTER)
    server_copies.give_new_passwords(server.REGISTER, list(Role))
    boot.make_stores()
    with opened(keys, root=root_of_trust(), tell=tell) as reader:
        server_copies.load_keys(pieces(reader))
    boot.make_home(settings().kind)


def _leave_nothing() -> None:
    """Undo what was begun, so that the next try finds the home new."""
    connections.close_all()
    server.stop_if_unused()
    for place in home().iterdir() if home().exists() else ():
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    settings.cache_clear()


def _forget_again(
    authority: Authority, role: str, *, register_of: dt.datetime, keys_of: dt.datetime, on: dt.date
) -> Restored:
    copies.remove_strangers()
    again = retention_acts.erase_again(authority, keys_made_at=keys_of, on=on)
    made = {"register_made_at": register_of.isoformat(), "keys_made_at": keys_of.isoformat()}
    with act():
        append_entry(
            authority, verb=Verb.HOME_RESTORED, role=role, on=on,
            facts=made | {
                "opening": again.opening, "erased_again": again.records, "without_key": again.without_key,
            },
        )  # fmt: skip
    return Restored(**made, opening=again.opening, erased_again=again.records, without_key=again.without_key)
