# SPDX-License-Identifier: EUPL-1.2
"""Erase document copies whose own time is over, while the rest of the record stays.

The same three steps as for records (`services`), each of which can be done again: *intent* with its entry in the ledger, *keys* of these
copies and the objects in their store, *rows*. Due copies are searched once a run and taken from a temporary table chunk by chunk.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import serialize_on
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
from rollkeeper.law.pack import Pack
from rollkeeper.law.retention_rules import RetentionRules
from rollkeeper.law.rules import last_day_kept
from rollkeeper.lawbook.queries import archived_pack, periods
from rollkeeper.ledger.verbs import Verb
from rollkeeper.retention.brake import hold_back, note_copies_erased
from rollkeeper.retention.rules import last_day_to_erase
from rollkeeper.vault.services import forget_sealed, remove_copies, shred_copies

CHUNK = 1000
_FORGET: Final = "DROP TABLE retention_copy_due"


@dataclass(frozen=True, slots=True)
class CopySlice:
    """Copies whose time is counted from certain days, and the version of the law by which they are due."""

    pack: Pack
    rule: RetentionRules
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DueCopies:
    """How many records have copies that must be erased before the record, and how many of these a legal hold keeps."""

    copies: int = 0
    held: int = 0


def copy_slices(pack: Pack, on: dt.date) -> list[CopySlice]:
    """Return the copies that are due by the law in force, then those due by the law in force on the day from which they are counted."""
    found = [_slice(pack, pack.copy_retention, None, on, on=on)]
    former = [one for one in periods() if one.last_on is not None]
    for place, one in enumerate(former):
        law = archived_pack(one.pack_hash)
        rule = law.copy_retention if law and not law.unsupported_fields else None
        if law and one.last_on:
            found.append(_slice(law, rule, one.first_on if place else None, one.last_on, on=on))
    return [one for one in found if one]


def _slice(
    pack: Pack, rule: RetentionRules | None, since: dt.date | None, last: dt.date, *, on: dt.date
) -> CopySlice | None:
    until = last_day_to_erase(lambda day: last_day_kept(rule, day), on=on) if rule else None
    if rule is None or until is None or (since and since > until):
        return None
    return CopySlice(pack, rule, bounds(since, min(until, last), on))


def bounds(since: dt.date | None, cutoff: dt.date, on: dt.date) -> dict[str, Any]:
    """Return the bounds of a slice, for what is counted from these days, both included."""
    zone = clock.zone()

    def midnight(day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), zone)

    return {
        "on": on, "cutoff": cutoff, "before": midnight(cutoff + dt.timedelta(days=1)), "zone": zone.key,
        "since": since or "-infinity", "since_at": midnight(since) if since else "-infinity",
    }  # fmt: skip


def count_due_copies(
    slices: Sequence[CopySlice], *, on: dt.date, records: Sequence[Mapping[str, Any]]
) -> DueCopies:
    """Count the copies that are due on a day; `records` are the bounds of the ends of contracts whose whole records are due, with their copies."""
    if not slices:
        return DueCopies()
    with action(), without_timeout():
        found = _search(slices, on=on, records=records)
        run(_FORGET)
    return found


def erase_copies(
    slices: Sequence[CopySlice], by: Mapping[str, Any], *, progress: Callable[[int], None]
) -> int:
    """Erase the copies of these slices that no legal hold keeps; return of how many records.

    If they are too much of the register for one day, they wait for two people; records have their own brake and do not wait. Refuses: COPIES_STOPPED.
    Ledger: line:copy:erased.
    """
    if not slices:
        hold_back(0, on=by["on"], of_copies=True)
        return 0
    with action(), without_timeout():
        due = _search(slices, on=by["on"], records=())
    hold_back(due.copies, on=by["on"], of_copies=True)
    erased = 0
    for waits in (False, True):
        next_copies = sql("retention", "next_copies", waits=waits)
        for law, one in enumerate(slices):
            erased += _erase_slice(one, {**by, "law": law}, progress, next_copies=next_copies)
        if erased >= due.copies:
            break
    run(_FORGET)
    return erased


def _erase_slice(
    one: CopySlice, by: Mapping[str, Any], progress: Callable[[int], None], *, next_copies: str
) -> int:
    erased = 0
    behind: UUID | None = UUID(int=0)
    values = {**by, "pack_hash": one.pack.hash, "article": one.rule.article, "chunk": CHUNK}
    while behind is not None:
        records, at, behind = _intend_unless_locked(
            one.rule, {**values, "after_id": behind}, next_copies=next_copies
        )
        finish_copies(on=values["on"], since=at)
        erased += records
        progress(records)
    return erased


def finish_copies(*, on: dt.date, since: dt.datetime | None = None) -> int:
    """Destroy the keys of all copies with an open intent, or with one since then, and clear their rows; return of how many records.

    Copies under a legal hold that was added after the intent wait for its end.
    """
    finished, values = 0, {"chunk": CHUNK, "since": since or "-infinity", "on": on}
    while pending := rows(sql("retention", "pending_copies"), values):
        pending, pairs = _shred(pending, values)
        if pairs:
            remove_copies(pairs, recorded=True)
        _clear_copies(pending)
        finished += len(pending)
    return finished


def _shred(
    pending: Sequence[Any], values: Mapping[str, Any]
) -> tuple[list[Any], list[tuple[PersonId, TenureId]]]:
    """Destroy the keys of these copies, except of those under a hold that was added meanwhile. Adding a hold waits for the lines' locks."""
    lines = {row.line_id for row in pending}
    with action(), without_timeout():
        run("SELECT FROM lines_line WHERE line_id = ANY (%s) ORDER BY line_id FOR UPDATE", [sorted(lines)])
        still = [row for row in rows(sql("retention", "pending_copies"), values) if row.line_id in lines]
        pairs = sorted({(PersonId(who), TenureId(row.tenure_id)) for row in still for who in row.persons})
        shred_copies(pairs)
    return still, pairs


def _search(slices: Sequence[CopySlice], *, on: dt.date, records: Sequence[Mapping[str, Any]]) -> DueCopies:
    """Fill the table of due copies, each by the first law that makes it due, and count them."""
    run(sql("retention", "make_copies_due"))
    for law, one in enumerate(slices):
        anchor = "registration" if one.rule.from_registration else "termination"
        run(sql("retention", f"find_copies_by_{anchor}"), one.values | {"law": law})
    run("ANALYZE retention_copy_due")
    ends = {
        "sinces": [str(one["since"]) for one in records],
        "cutoffs": [one["cutoff"] for one in records],
        "services": [" ".join(one["services"]) for one in records],
    }
    (found,) = rows(sql("retention", "count_copies"), {"on": on} | ends)
    return DueCopies(int(found.copies), int(found.held))


def _intend_unless_locked(
    rule: RetentionRules, values: Mapping[str, Any], *, next_copies: str
) -> tuple[int, dt.datetime, UUID | None]:
    """Do as `_intend`; what others have locked for long is left for the next run."""
    return unless_locked(lambda: _intend(rule, values, next_copies=next_copies)) or (0, clock.now(), None)


def _intend(
    rule: RetentionRules, values: Mapping[str, Any], *, next_copies: str
) -> tuple[int, dt.datetime, UUID | None]:
    """Record the intent to erase the next copies, and certify it; return of how many records, when, and the last tenure looked at."""
    at = clock.now()
    with action(), without_timeout():
        serialize_on("erasure")
        run(OUTLASTING_APPS)
        run(sql("retention", "make_due"))
        last = next(iter(rows(next_copies, values)), None)
        if last is None:
            return 0, at, None
        run(sql("retention", "skip_held"), values)
        run(sql("retention", "skip_reopened_copies"))
        days = [row.day for row in rows("SELECT DISTINCT terminated_on AS day FROM retention_due")]
        kept = [last_day_kept(rule, day) for day in days]
        more = {"at": at, "verb": Verb.COPY_ERASED.value, "anchors": days, "kept": kept}
        records = run(sql("retention", "intend_copies"), {**values, **more})
        note_copies_erased(records, on=values["on"])
    return records, at, last.tenure_id


def _clear_copies(pending: Sequence[Any]) -> None:
    values: dict[str, Any] = {
        "line_ids": [row.line_id for row in pending], "erasure_ids": [row.erasure_id for row in pending], "at": clock.now(),
    }  # fmt: skip
    with action():
        serialize_on("erasure")
        forget_sealed(values["line_ids"], values["erasure_ids"])
        run(sql("retention", "clear_copies"), values)
