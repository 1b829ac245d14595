# SPDX-License-Identifier: EUPL-1.2
"""Begin an epoch, reseal everything to it, destroy the older ones: a stolen older copy of the keys then opens nothing.

May be killed at any instant and run again: while more than one epoch lives, a rotation is under way, and the next run goes
on with it. Lines' values lie in tables of higher packages, which register how to read and write them.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import OperationalError, transaction

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, is_locked_by_others, rows, run, sql, without_timeout
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import epochs, keys, offline_keys, services, wire
from rollkeeper.vault.errors import ROTATION_CANNOT_FINISH, ROTATION_HELD_UP
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.hooks import LINE_VALUE_TABLES
from rollkeeper.vault.root import root_of_trust

BATCH = 5_000
_PASSES = 5
_WAIT_SECONDS = 1.0
_LONGEST_INSERT_S = 30.0
_BEFORE_ALL = UUID(int=0)

OnProgress = Callable[[int], None]


def _ignore(*_: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class LineValue:
    """A sealed value of a line, as it lies in a table of some package."""

    line_id: LineId
    field: LineField
    envelope: bytes


class LineValues(Protocol):
    """A table with sealed values of lines."""

    def read(self, *, after: LineId | None, epoch_id: int, limit: int) -> list[LineValue]:
        """Return values of the next lines, in order, that are sealed to another epoch than this one."""
        ...

    def replace(self, pairs: Sequence[tuple[LineValue, bytes]]) -> int:
        """Put the fresh envelope in the place of each value that is still there; return how many were."""
        ...


@dataclass(frozen=True, slots=True)
class Rotated:
    """The result of a rotation."""

    epoch_id: int
    destroyed: tuple[int, ...]
    people: int
    line_values: int
    unopenable: int


def rotate(
    authority: Authority,
    *,
    on: dt.date,
    on_progress: OnProgress = _ignore,
    on_waiting: Callable[[], None] = _ignore,
) -> Rotated:
    """Begin an epoch or go on with one that an earlier run began, seal everything to it, destroy the older ones.

    Waits for commands and acts that may have sealed to an older epoch and have not written yet.

    Ledger: vault:epoch:begun, vault:epoch:destroyed. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS, ROOT_DOES_NOT_FIT, ROTATION_CANNOT_FINISH,
    ROTATION_HELD_UP.
    """
    role = require(authority, Permission.ROTATE_KEYS)
    epochs.require_opening()
    older = keys.living_epoch_ids()
    if len(older) < 2:
        epochs.require_fitting_root(older)
        root_of_trust().begin_version()
        older.append(services.begin_epoch(authority, role=role, on=on))
    target = older.pop()
    _wait_for_those_who_seal(on_waiting)
    _, people, unopenable = _reseal_people(target, on_progress)
    line_values, dead_values = _reseal_lines(target, on_progress)
    _destroy(older, target=target)
    done = Rotated(target, tuple(older), people, line_values, unopenable + dead_values)
    _record(authority, role, done, on=on)
    return done


def count_to_reseal() -> int:
    """Return how many keys of people and of their document copies there are: the work of a rotation, without lines' values."""
    with action(using=keys.STORE), without_timeout(using=keys.STORE):
        return int(rows("SELECT count(*) AS n FROM person_key", using=keys.STORE)[0].n)


def _wait_for_those_who_seal(on_waiting: Callable[[], None]) -> None:
    """Wait for those who seal now. Who begins later reads the newest epoch, so that no succession of acts makes this wait longer."""
    if not (before := epochs.sealing_elsewhere()):
        return
    on_waiting()
    while before & epochs.sealing_elsewhere():
        time.sleep(_WAIT_SECONDS)


def _reseal_people(target: int, on_progress: OnProgress) -> tuple[int, int, int]:
    """Seal every key to the newest epoch; return how many were sealed, how many of them are people's, and how many did not open and stay.

    The other keys that were sealed are of document copies and of later SIMs.
    """
    keyring = epochs.Keyring()
    sealer = keyring.secret(target).person_key_sealer()
    done = people = dead = 0
    for batch in _older_keys(target):
        opened = keyring.open_person_keys(
            [bytes(row.wrapped) for row in batch], contexts=[_context(row) for row in batch]
        )
        alive = [(row, key) for row, key in zip(batch, opened, strict=True) if key is not None]
        dead += len(batch) - len(alive)
        replaced = _replace_keys(alive, sealer, target=target)
        done += len(replaced)
        people += sum(not keys.is_of_part(tenure_id) for tenure_id in replaced)
        on_progress(len(batch))
    return done, people, dead


def _older_keys(target: int) -> Iterator[list[Any]]:
    person_id = tenure_id = _BEFORE_ALL
    while True:
        with action(using=keys.STORE), without_timeout(using=keys.STORE):
            found = rows(
                sql("vault", "keys_of_older_epochs"),
                {"person_id": person_id, "tenure_id": tenure_id, "epoch_id": target, "limit": BATCH},
                using=keys.STORE,
            )
        if not found:
            return
        yield found
        person_id, tenure_id = found[-1].person_id, found[-1].tenure_id


def _replace_keys(alive: Sequence[tuple[Any, bytes]], sealer: wire.Sealer, *, target: int) -> list[UUID]:
    wrapped = sealer.seal([key for _, key in alive], contexts=[_context(row) for row, _ in alive])
    found = rows(
        sql("vault", "reseal_person_keys"),
        {
            "epoch_id": target,
            "persons": [row.person_id for row, _ in alive],
            "tenures": [row.tenure_id for row, _ in alive],
            "older": [row.epoch_id for row, _ in alive],
            "wrapped": wrapped,
        },
        using=keys.STORE,
    )
    return [row.tenure_id for row in found]


def _reseal_lines(target: int, on_progress: OnProgress) -> tuple[int, int]:
    """Seal every line's value to the newest epoch; return how many were, and how many do not open."""
    keyring = epochs.Keyring()
    sealer = keyring.secret(target).line_value_sealer()
    done = dead = 0
    for batch in (batch for table in LINE_VALUE_TABLES.each() for batch in _older_values(table(), target)):
        contexts = [_line_context(value) for value in batch.values]
        opened = keyring.open_line_values([value.envelope for value in batch.values], contexts=contexts)
        alive = [(v, o, c) for v, o, c in zip(batch.values, opened, contexts, strict=True) if o is not None]
        fresh = sealer.seal([o for _, o, _ in alive], contexts=[c for _, _, c in alive])
        with action():
            done += batch.table.replace(
                [(value, new) for (value, _, _), new in zip(alive, fresh, strict=True)]
            )
        dead += len(batch.values) - len(alive)
        on_progress(len(batch.values))
    return done, dead


def _older_values(table: LineValues, target: int) -> Iterator["_Batch"]:
    after: LineId | None = None
    while values := table.read(after=after, epoch_id=target, limit=BATCH):
        yield _Batch(table, values)
        after = values[-1].line_id


def _destroy(older: Sequence[int], *, target: int) -> None:
    """Destroy epochs, once nothing that opens is left in them. Refuses: ROTATION_CANNOT_FINISH, ROTATION_HELD_UP, ROOT_DOES_NOT_FIT."""
    for _ in range(_PASSES):  # before other keys are kept out, so that sealing is not delayed for long
        moved, _, _ = _reseal_people(target, _ignore)
        moved_values, dead_values = _reseal_lines(target, _ignore)
        if not moved and not moved_values:
            break
    if moved_values:
        raise ROTATION_CANNOT_FINISH()
    if dead_values:  # these values may be damaged, or the root may be another instance's
        epochs.require_fitting_root(older)
    offline_keys.rewrap()  # before the root destroys the versions that wrap them
    with _without_other_keys():
        if _reseal_people(target, _ignore)[2]:
            epochs.require_fitting_root(older)
        # At the root first: if the run is interrupted in between, the next run finds the epochs alive and does it again.
        root_of_trust().destroy_older_versions()
        run(
            "UPDATE epoch SET ended_at = %s, secret_wrapped = NULL WHERE epoch_id = ANY (%s)",
            [clock.now(), list(older)],
            using=keys.STORE,
        )


@contextmanager
def _without_other_keys() -> Iterator[None]:
    """Keep keys out of the store for one transaction of it. Refuses: ROTATION_HELD_UP."""
    ending = threading.Timer(_LONGEST_INSERT_S, keys.end_long_transactions, [_LONGEST_INSERT_S])
    with transaction.atomic(using=keys.STORE, durable=True), without_timeout(using=keys.STORE):
        run(
            "SELECT set_config('lock_timeout', %s, true)", [f"{_LONGEST_INSERT_S * 3:.0f}s"], using=keys.STORE
        )
        ending.start()
        try:
            # Inserts that begin after this wait until it is done. One that was there before may be an attacker's that never ends.
            run("LOCK TABLE person_key IN SHARE ROW EXCLUSIVE MODE", using=keys.STORE)
        except OperationalError as fault:
            if is_locked_by_others(fault):
                raise ROTATION_HELD_UP() from None
            raise
        finally:
            ending.cancel()
        yield


def _record(authority: Authority, role: StaffRole, done: Rotated, *, on: dt.date) -> None:
    with action():
        for epoch_id in done.destroyed:
            append_entry(
                authority, verb=Verb.EPOCH_DESTROYED, role=role.value, on=on,
                facts={"epoch": epoch_id, "people": done.people, "line_values": done.line_values},
            )  # fmt: skip


def _context(row: Any) -> bytes:
    return wire.person_key_context(row.person_id.bytes, row.tenure_id.bytes)


def _line_context(value: LineValue) -> bytes:
    return wire.line_value_context(value.line_id.bytes, value.field.value.encode())


@dataclass(frozen=True, slots=True)
class _Batch:
    table: LineValues
    values: list[LineValue]
