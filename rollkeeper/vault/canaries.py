# SPDX-License-Identifier: EUPL-1.2
"""Canaries: invented people among the others, whose opening raises an alarm.

The mark of a canary is inside the sealed value, in the padding: no column, list or key says who they are, so that neither store,
nor both together, reveals them. Opening one shows a person like any other; at the same time the ledger gets an entry, the
instance an alarm, and the configured contact a message.
"""

import datetime as dt
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from django.db import connections, transaction

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import EntryId, StaffId, new_uuid
from rollkeeper.kernel.settings import data_dir
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import keys
from rollkeeper.vault.errors import OWN_ALARM
from rollkeeper.vault.hooks import ALARM_MAILERS, CANARY_MAKER


class AlarmAbout(StrEnum):
    """What must be examined."""

    CANARY = "canary"
    """A canary was opened."""
    LIMIT = "limit"
    """All staff together have opened as much as they may in a day, and one of them asked for more."""
    WORKER = "worker"
    """A worker asked for something that nothing justifies, or for more than its limit."""
    PROTECTED = "protected"
    """Staff without the permission looked for a protected subscriber (`vault/sql/raise_access_alarm.sql`)."""
    LIMIT_OF_LOOKUPS = "limit_of_lookups"
    """An account, or all staff together, looked up as many lines as they may in a day (`lines.lookups`)."""
    LIMIT_OF_DOCUMENTS = "limit_of_documents"
    """An account, or all staff together, compared as many documents with recorded ones as they may in a day."""


_LIMIT = UUID("7e5ad7f4-5a0b-4c1e-9d27-0f6b1c3e8a42")
"""The ids of the daily limit's alarms come from this and the day: a second alarm of a day has the same id and is not written."""
_WORKER = UUID("2b5f3f86-6a0c-4b0e-8a37-1f5a0d9c7be1")
"""Likewise for workers."""


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm: when, by whom, its ledger entry, and how it was settled."""

    raised_at: dt.datetime
    entry_id: EntryId
    staff_id: StaffId | None
    about: AlarmAbout
    notified_at: dt.datetime | None
    settled_at: dt.datetime | None


def ensure_canary(authority: Authority, *, on: dt.date) -> bool:
    """Put one more canary among the people if the living epoch has none; tell whether one was added.

    The entry names the epoch and no person. Ledger: vault:canary:made. Refuses: NOT_ALLOWED, NO_EPOCH.
    """
    role = require(authority, Permission.ROTATE_KEYS)
    epoch = keys.living_epoch()
    with action():
        lock_canaries()
        made = run(
            "INSERT INTO vault_canary (epoch_id, made_on) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [epoch.epoch_id, on],
        )
        if made:
            entry_id = append_entry(
                authority, verb=Verb.CANARY_MADE, role=role, on=on, facts={"epoch": epoch.epoch_id}
            )
            CANARY_MAKER.only()(on, entry_id)
    return bool(made)


def lock_canaries() -> None:
    """Wait until no canary is half made, and prevent a new one until the present action ends.

    A canary's references carry an earlier time than that of its making: by their age, a half-made one looks like an abandoned registration.
    """
    serialize_on("canary")


def has_canary(epoch_id: int) -> bool:
    """Tell whether a canary was made for an epoch."""
    return bool(rows("SELECT FROM vault_canary WHERE epoch_id = %s", [epoch_id]))


def raise_alarm(authority: Authority, role: StaffRole, *, on: dt.date) -> None:
    """Record durably that a canary was opened, before the opener sees anything; then announce the alarm.

    Ledger: vault:canary:opened.
    """
    with transaction.atomic(using="vault", durable=True):
        entry_id = append_entry(authority, verb=Verb.CANARY_OPENED, role=role.value, on=on, using="vault")
        _raise(authority, entry_id, about=AlarmAbout.CANARY, alarm_id=new_uuid())
    _announce(f"a canary was opened; ledger entry {entry_id} says by whom")


def raise_alarm_of_limit(authority: Authority, entry_id: EntryId) -> None:
    """Record in the present transaction that all staff together reached the limit of openings; announce it after the commit, once a day."""
    alarm_id = uuid5(_LIMIT, f"{clock.now():%Y-%m-%d}")
    if _raise(authority, entry_id, about=AlarmAbout.LIMIT, alarm_id=alarm_id):
        said = f"all staff together reached the limit of openings; ledger entry {entry_id} says who asked for more"
        transaction.on_commit(lambda: _announce(said), using="vault")


def raise_alarm_of_worker(authority: Authority, entry_id: EntryId) -> None:
    """Record in the present transaction that a worker asked for what it must not have; announce it after the commit, once a day."""
    alarm_id = uuid5(_WORKER, f"{clock.now():%Y-%m-%d}")
    if _raise(authority, entry_id, about=AlarmAbout.WORKER, alarm_id=alarm_id):
        said = f"a worker asked the vault for what it must not have; ledger entry {entry_id} says what for"
        transaction.on_commit(lambda: _announce(said), using="vault")


def _raise(authority: Authority, entry_id: EntryId, *, about: AlarmAbout, alarm_id: UUID) -> int:
    return run(
        "INSERT INTO vault_alarm (alarm_id, about, raised_at, entry_id, staff_id) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [alarm_id, about.value, clock.now(), entry_id, authority.staff_id],
        using="vault",
    )


def _announce(said: str) -> None:
    _log(said)
    # In another thread: the time that a mail takes must not tell the opener. Not a daemon: the process waits for the thread.
    threading.Thread(target=_notify).start()


def open_alarms() -> list[AlarmView]:
    """Return the unsettled alarms, the oldest first."""
    found = rows(
        "SELECT raised_at, entry_id, staff_id, about, notified_at, settled_at FROM vault_alarm"
        " WHERE settled_at IS NULL ORDER BY raised_at, entry_id",
    )
    return [
        AlarmView(r.raised_at, r.entry_id, r.staff_id, AlarmAbout(r.about), r.notified_at, r.settled_at)
        for r in found
    ]


def unnotified_alarms() -> Sequence[AlarmView]:
    """Return the alarms not yet sent by mail."""
    return [alarm for alarm in open_alarms() if alarm.notified_at is None]


def mark_notified(alarms: Sequence[AlarmView]) -> None:
    """Note that a mail about these was delivered."""
    run(
        "UPDATE vault_alarm SET notified_at = %s WHERE entry_id = ANY (%s)",
        [clock.now(), [alarm.entry_id for alarm in alarms]],
    )


def settle_alarms(authority: Authority, *, on: dt.date) -> int:
    """Record that every open alarm was examined; staff who opened a canary cannot settle it.

    Ledger: vault:alarm:settled an alarm. Refuses: NOT_ALLOWED, OWN_ALARM.
    """
    role = require(authority, Permission.SETTLE_ALARM)
    with action():
        settled = rows(
            "UPDATE vault_alarm SET settled_at = %s WHERE settled_at IS NULL RETURNING entry_id, staff_id",
            [clock.now()],
        )
        if any(row.staff_id == authority.staff_id for row in settled):
            raise OWN_ALARM()
        for row in settled:
            facts = {"entry": int(row.entry_id)}
            append_entry(authority, verb=Verb.ALARM_SETTLED, role=role, on=on, facts=facts)
    return len(settled)


def notify_alarms() -> None:
    """Send alarms that were not sent yet, if this instance has a channel for it. Failures are left for the next run."""
    for mail in ALARM_MAILERS.each():
        mail()


def _notify() -> None:
    try:
        notify_alarms()
    except Exception:  # noqa: BLE001 - the alarm remains; the doctor and the next 'notices send' report it again
        return
    finally:
        connections.close_all()


def _log(said: str) -> None:
    """Add a line to the instance's log of alarms, not to the opener's own screen."""
    file = data_dir() / "logs" / "alarms.log"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = f"{clock.now():%Y-%m-%dT%H:%M:%SZ} {said}\n"
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="ascii"
    ) as out:
        out.write(line)
