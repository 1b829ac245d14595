# SPDX-License-Identifier: EUPL-1.2
"""Erase what the law no longer allows to keep, so that no backup brings it back.

Three steps a chunk, each of which can be done again: *intent* (which records, on what ground, with a certificate in the
ledger, committed), *keys* (destroyed in the second store, which no transaction can take back, with the secrets that open what was
published of them) and with them the copies of documents in their store, *rows* (cleared, entries of the ledger reduced to what counts
need, and the intent marked as done). A process that is killed between two steps leaves an intent that the next run finishes first.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.clock_steps import require_true_clock
from rollkeeper.kernel.database import (
    OUTLASTING_APPS,
    action,
    rows,
    run,
    sql,
    unless_locked,
    without_timeout,
)
from rollkeeper.kernel.ids import PersonId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import keeps_until
from rollkeeper.lawbook.queries import PeriodView, archived_pack, periods
from rollkeeper.lawbook.services import note_law
from rollkeeper.ledger.secrets import destroy_secrets
from rollkeeper.ledger.services import integrate
from rollkeeper.ledger.verbs import Verb
from rollkeeper.provisioning.gateways.registry import has_network
from rollkeeper.retention.abandoned import erase_abandoned
from rollkeeper.retention.brake import hold_back, note_erased
from rollkeeper.retention.copies import (
    bounds,
    copy_slices,
    count_due_copies,
    erase_copies,
    finish_copies,
)
from rollkeeper.retention.errors import ERASURES_MISSING
from rollkeeper.retention.rules import last_termination_to_erase
from rollkeeper.retention.values_of_lines import carry_values
from rollkeeper.vault.services import forget_sealed, list_living_keys, remove_copies, shred, shred_copies

CHUNK = 1000
MARGIN = dt.timedelta(hours=1)
"""A tenure that began at least this long before a backup of the keys has its key in the backup, unless that was destroyed."""


@dataclass(slots=True)
class Erased:
    """The result of a run. `finished` counts records whose erasure an earlier run had begun, `abandoned` abandoned applications."""

    lines: int = 0
    tenures: int = 0
    copies: int = 0
    """How many records had their document copies erased before the record itself is due."""
    finished: int = 0
    keys_destroyed: int = 0
    copies_removed: int = 0
    abandoned: int = 0
    numbers_freed: int = 0


@dataclass(frozen=True, slots=True)
class ErasedAgain:
    """The findings of a restore: sealed records with a key, records erased again, sealed records without a key."""

    opening: int
    records: int
    without_key: int


@dataclass(frozen=True, slots=True)
class Due:
    """The records and copies that are due today, and those that a legal hold keeps."""

    lines: int
    tenures: int
    held: int
    not_entered: int = 0
    """Records whose end has no ledger entry: they are not erased until someone has found out why."""
    copies: int = 0
    """How many further records have document copies that must be erased before the record itself is due."""


@dataclass(frozen=True, slots=True)
class _Slice:
    """Records that ended on certain days, and the version of the law by which they are due."""

    pack: Pack
    values: dict[str, Any]
    is_present: bool


def count_due(authority: Authority, *, on: dt.date) -> Due:
    """Count the records and copies that must be erased on a day. Writes nothing. Refuses: NOT_ALLOWED."""
    require(authority, Permission.ERASE_DUE)
    pack = load_pack(instance().pack)
    slices = _slices(pack, on)
    total = _sum(_count_due(one) for one in slices)
    copies = count_due_copies(copy_slices(pack, on), on=on, records=[one.values for one in slices])
    return replace(total, copies=copies.copies, held=total.held + copies.held)


def _count_due(one: _Slice) -> Due:
    with action(), without_timeout():
        (found,) = rows(sql("retention", "count_due"), one.values)
    return Due(found.lines, found.tenures, found.held, found.not_entered)


def _sum(counted: Iterable[Due]) -> Due:
    return Due(*(sum(counts) for counts in zip((0, 0, 0, 0, 0), *map(astuple, counted), strict=True)))


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What a register keeps about people, and by when it is due for erasure: a draft for people to decide from."""

    current: int
    """Records of present subscribers: they are due when their contracts end, or when people decide so."""
    due: tuple[tuple[dt.date, int, int, int], ...]
    """For each day: how many records of former subscribers are due by then, how many further records have document copies that are due, and
    how many of all these a legal hold keeps.
    """


def draft_plan(authority: Authority, *, on: dt.date) -> ErasurePlan:
    """Draft a plan for the records after a law was struck down or ended. Writes nothing. Refuses: NOT_ALLOWED."""
    days = [on + dt.timedelta(days=ahead) for ahead in _PLANNED_AHEAD]
    counted = [(day, count_due(authority, on=day)) for day in days]
    (current,) = rows("SELECT count(*) AS n FROM lines_tenure WHERE upper_inf(held) AND erased_on IS NULL")
    return ErasurePlan(
        int(current.n),
        tuple((day, found.lines + found.tenures, found.copies, found.held) for day, found in counted),
    )


_PLANNED_AHEAD: Final = (0, 30, 90, 180, 366)


def erase_due(
    authority: Authority,
    *,
    on: dt.date,
    after_gap: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Erased:
    """Erase every record whose last day kept is over and that has no legal hold.

    A past tenure is erased a year after it ended even if the line continues; the identity of abandoned applications after an
    hour. Numbers whose quarantine is over are freed. `progress` is called with how many records each chunk had.
    `after_gap`: a person confirmed the date although nothing was erased for long. More than a share of the register in a day
    needs the approval of two people. Refuses: NOT_ALLOWED, CLOCK_SET_FORWARDS, ERASURES_MISSING, ERASURE_STOPPED, COPIES_STOPPED.
    Ledger: line:record:erased a record, with ground, article and last day kept; line:copy:erased copies whose own time is over;
    line:application:erased; line:number:freed a number.
    """
    role = require(authority, Permission.ERASE_DUE)
    require_true_clock(is_confirmed=after_gap)
    _note_run(on, after_gap=after_gap)
    note_law(on=on)
    integrate()  # an entry without a leaf could not be closed
    erased, pack = Erased(), load_pack(instance().pack)
    erased.finished = _finish(erased, on=on) + finish_copies(on=on)
    by = {
        "role": role.value, "actor": authority.commitment, "staff_id": authority.staff_id, "pack_hash": pack.hash,
        "verb": Verb.RECORD_ERASED.value, "on": on,
    }  # fmt: skip
    erased.numbers_freed = _free_numbers(pack, by)
    erased.abandoned = erase_abandoned(authority, on=on)
    slices = _slices(pack, on)
    counted = [_count_due(one) for one in slices]
    hold_back(sum(due.lines + due.tenures for due in counted), on=on)
    for one, due in zip(slices, counted, strict=True):
        values = by | one.values | {"pack_hash": one.pack.hash, "article": one.pack.retention.article}
        # Only kinds of records that were counted are searched: on most days nothing is due.
        if due.lines:
            erased.lines += _erase("find_terminated", one.pack, values, erased, progress, due=due.lines)
        if due.tenures:
            erased.tenures += _erase("find_past_tenures", one.pack, values, erased, progress, due=due.tenures)
        if due.lines and one.is_present:
            erased.lines += _erase("find_undone", one.pack, values, erased, progress)
    erased.copies = erase_copies(copy_slices(pack, on), by, progress=progress)
    return erased


def _note_run(on: dt.date, *, after_gap: bool) -> None:
    """Refuse a run long after the last one; note this one."""
    with action():
        (found,) = rows("SELECT max(day) AS last FROM retention_run WHERE day <= %s", [on])
        if not after_gap and clock.is_clock_far_ahead(on, last=found.last):
            raise ERASURES_MISSING(last=found.last, day=on, days=(on - found.last).days)
        run("INSERT INTO retention_run (day) VALUES (%s) ON CONFLICT DO NOTHING", [on])


def _free_numbers(pack: Pack, values: Mapping[str, Any]) -> int:
    """Release numbers whose quarantine is over from their former lines; return how many. Those that others have locked are waited for at last."""
    freed, values = 0, dict(values) | {
        "chunk": CHUNK, "at": clock.now(), "freed": Verb.NUMBER_FREED.value,
        "has_network": has_network(),
        "reuse_article": pack.number_reuse_article,
    }  # fmt: skip
    for waits in (False, True):
        values |= {"after": "-infinity", "after_index": b""}
        while last := unless_locked(partial(_free_chunk, values, waits=waits)):
            freed += int(last.numbers)
            values |= {"after": last.quarantined_until, "after_index": bytes(last.number_index)}
    return freed


def _free_chunk(values: Mapping[str, Any], *, waits: bool) -> Any:
    with action(), without_timeout():
        run(OUTLASTING_APPS)
        return next(iter(rows(sql("retention", "free_numbers", waits=waits), values)), None)


def erase_again(authority: Authority, *, keys_made_at: dt.datetime, on: dt.date) -> ErasedAgain:
    """Clear records that an older register brought back although their keys are gone; destroy again keys that an older store brought back.

    Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS. Ledger: line:record:erased a record.
    """
    role = require(authority, Permission.ERASE_DUE)
    pack = load_pack(instance().pack)
    values = {
        "on": on,
        "role": role.value,
        "actor": authority.commitment,
        "staff_id": authority.staff_id,
        "pack_hash": pack.hash,
        "article": pack.retention.article,
        "verb": Verb.RECORD_ERASED.value,
        "keys_made_at": keys_made_at,
        "margin": MARGIN,
    }
    integrate()
    _close_reduced_entries()
    _destroy_returned_keys()
    with action(), without_timeout():
        serialize_on("erasure")
        list_living_keys()
        run(sql("retention", "make_due"))
        records = run(sql("retention", "find_keyless"), values)
        if records:
            run(sql("retention", "intend"), {**values, "ended": [on], "kept": [on], "at": clock.now()})
    _finish(Erased(), on=on)
    with action(), without_timeout():
        list_living_keys()
        (found,) = rows(sql("retention", "count_readable"))
    return ErasedAgain(found.opening, records, found.without_key)


def _destroy_returned_keys() -> None:
    with action(), without_timeout():
        list_living_keys()
        found = rows(sql("retention", "find_returned_keys"))
    for destroy, is_copies in ((shred, False), (shred_copies, True)):
        destroy([(PersonId(r.person_id), TenureId(r.tenure_id)) for r in found if r.is_copies is is_copies])


def _close_reduced_entries() -> None:
    """Destroy the secrets of erased entries that an older copy of the keys brought back."""
    with action(), without_timeout():
        reduced = rows("SELECT entry_id FROM ledger_entry WHERE body LIKE '%\"erased\":true%'")
    destroy_secrets([row.entry_id for row in reduced])


@dataclass(frozen=True, slots=True)
class _Intended:
    records: int
    begun_at: dt.datetime
    last: dict[str, object]


def _erase(
    find: str,
    pack: Pack,
    values: Mapping[str, Any],
    erased: Erased,
    progress: Callable[[int], None],
    *,
    due: int = 0,
) -> int:
    """Erase the records that a statement finds, each chunk after the last record of the chunk before; return how many there were.

    Records whose lines others have locked are left, and if fewer than were due could be erased, waited for: an app could lock them for ever.
    What a worker has locked for long goes in the next run.
    """
    first, records = values["since_at"] if find == "find_past_tenures" else values["since"], 0
    for waits in (False, True):
        behind = dict[str, object](after=first, after_id=UUID(int=0))
        intend = partial(_intend, sql("retention", find, waits=waits), pack, is_undone=find == "find_undone")
        while intended := unless_locked(partial(intend, {**values, **behind})):
            _finish(erased, on=values["on"], since=intended.begun_at)
            records, behind = records + intended.records, intended.last
            progress(intended.records)
        if records >= due:
            break
    return records


def _intend(find: str, pack: Pack, values: Mapping[str, Any], *, is_undone: bool) -> _Intended | None:
    """Record the intent to erase the next records, and certify it; return None if none is left."""
    with action(), without_timeout():
        serialize_on("erasure")
        run(OUTLASTING_APPS)
        run(sql("retention", "make_due"))
        last = next(iter(rows(find, {**values, "chunk": CHUNK})), None)
        if last is None:
            return None
        run(sql("retention", "skip_held"), values)
        ended = [row.terminated_on for row in rows("SELECT DISTINCT terminated_on FROM retention_due")]
        at = clock.now()
        kept = ended if is_undone else [keeps_until(pack, day) for day in ended]
        records = run(sql("retention", "intend"), {**values, "ended": ended, "kept": kept, "at": at})
        note_erased(records, on=values["on"])
    return _Intended(records, at, {"after": last.ended, "after_id": last.record_id})


def _finish(erased: Erased, *, on: dt.date, since: dt.datetime | None = None) -> int:
    """Destroy the keys and clear the rows of all records with an open intent, or with one since then; return how many there were."""
    finished, values = 0, {"chunk": CHUNK, "since": since or "-infinity"}
    while pending := rows(sql("retention", "pending"), values):
        pairs = {(PersonId(person), TenureId(tenure)) for row in pending for person, tenure in row.pairs}
        carry_values(pending, on=on)
        integrate()  # for entries made since the run began: an entry without a leaf is not closed
        entries = _entries_of(pending, sorted(pairs))
        destroy_secrets(entries)
        erased.keys_destroyed += shred(sorted(pairs))
        erased.copies_removed += remove_copies(sorted(pairs), recorded=True)
        _clear(pending, sorted(pairs), entries, on=on)
        finished += len(pending)
    return finished


def _entries_of(pending: list[Any], pairs: list[tuple[PersonId, TenureId]]) -> list[int]:
    """Return the entries of the ledger that must be erased with these records."""
    values = {
        "line_ids": [row.line_id for row in pending], "erasure_ids": [row.erasure_id for row in pending],
        "persons": [person for person, _ in pairs], "tenures": [tenure for _, tenure in pairs],
        "certificate": Verb.RECORD_ERASED.value, "relinquished": Verb.TENURE_RELINQUISHED.value,
    }  # fmt: skip
    with action(), without_timeout():
        return [row.entry_id for row in rows(sql("retention", "entries_to_erase"), values)]


def _clear(
    pending: list[Any], pairs: list[tuple[PersonId, TenureId]], entries: list[int], *, on: dt.date
) -> None:
    values: dict[str, Any] = {
        "entries": entries,
        "line_ids": [row.line_id for row in pending],
        "erasure_ids": [row.erasure_id for row in pending],
        "persons": [person for person, _ in pairs],
        "on": on,
        "at": clock.now(),
    }
    with action():
        # If there are two runs, the second waits, sees what the first has done, and clears nothing twice.
        serialize_on("erasure")
        rows("SELECT ledger_reduce_entries(%(entries)s::bigint[])", values)
        forget_sealed(values["line_ids"], values["erasure_ids"])
        run(sql("retention", "clear_rows"), values)
        # Waits for concurrent registrations of these people, so that the next statement sees them.
        rows("SELECT subscribers_lock_documents(%(persons)s)", values)
        run(sql("subscribers", "forget_many"), values)


def _slices(pack: Pack, on: dt.date) -> list[_Slice]:
    """Return the records that are due by the law in force, then those that are due earlier by the law under which they ended.

    A later version of the law may shorten how long records are kept, but never lengthens it for records that ended before.
    """
    former = [(one, archived_pack(one.pack_hash)) for one in periods() if one.last_on is not None]
    slices: dict[tuple[object, ...], tuple[_Slice, list[str]]] = {}
    for service in Service.values:
        for one in _slices_of_service(pack, service, former, on=on):
            alike = (one.pack.hash, one.pack.retention, one.values["since"], one.values["cutoff"])
            slices.setdefault(alike, (one, []))[1].append(service)
    return [replace(one, values=one.values | {"services": services}) for one, services in slices.values()]


def _slices_of_service(
    pack: Pack, service: str, former: Sequence[tuple[PeriodView, Pack | None]], *, on: dt.date
) -> Iterator[_Slice]:
    present = pack.for_service(service)
    cutoff = last_termination_to_erase(present, on=on)
    if cutoff:
        yield _Slice(present, bounds(None, cutoff, on), is_present=True)
    longer = cutoff + dt.timedelta(days=1) if cutoff else None
    for place, (one, archived) in enumerate(former):
        if archived is None or archived.unsupported_fields or one.last_on is None:
            continue
        law = archived.for_service(service)
        until = last_termination_to_erase(law, on=on)
        since = max((day for day in (longer, one.first_on if place else None) if day), default=None)
        last = min(until, one.last_on) if until else None
        if last and (since is None or since <= last):
            yield _Slice(law, bounds(since, last, on), is_present=False)
