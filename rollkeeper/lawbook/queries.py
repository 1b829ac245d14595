# SPDX-License-Identifier: EUPL-1.2
"""Which law was in force on a day, and with which text."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from rollkeeper.access.dual_control import PendingSubject, approvals_of, have_enough_approvers
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import prepared_rows, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import read_pack
from rollkeeper.law.rules import keeps_until, last_day_kept
from rollkeeper.lawbook.errors import NO_COUNTRY_FILE, NO_LAW_ON_THIS_DAY


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A text of the law, with the first and last day on which it was in force; `last_on` is None for the present text."""

    pack_hash: str
    country_hash: str | None
    law_id: str
    version: str
    first_on: dt.date
    last_on: dt.date | None


def periods() -> list[PeriodView]:
    """Return the texts that were in force here, the oldest first, without a text that another text replaced on the same day."""
    found = rows(
        "SELECT pack_hash, country_hash, law_id, version, first_on, lead(first_on) OVER (ORDER BY first_on, period_id) AS next_on"
        " FROM lawbook_period JOIN lawbook_version USING (pack_hash) ORDER BY first_on, period_id"
    )
    day = dt.timedelta(days=1)
    return [
        PeriodView(
            row.pack_hash,
            row.country_hash,
            row.law_id,
            row.version,
            row.first_on,
            row.next_on and row.next_on - day,
        )
        for row in found
        if row.next_on is None or row.next_on > row.first_on
    ]


def law_on(day: dt.date) -> PeriodView:
    """Return the text that was in force on a day. Refuses: NO_LAW_ON_THIS_DAY."""
    found = [one for one in periods() if one.first_on <= day]
    if not found:
        raise NO_LAW_ON_THIS_DAY(day=day)
    return found[-1]


def text_of(pack_hash: str) -> bytes:
    """Return the archived text with this hash."""
    (found,) = rows("SELECT text FROM lawbook_version WHERE pack_hash = %s", [pack_hash])
    return bytes(found.text)


def country_text_of(period: PeriodView) -> bytes:
    """Return the country file that held with a version of the law. Refuses: NO_COUNTRY_FILE."""
    found = rows("SELECT text FROM lawbook_countryfile WHERE country_hash = %s", [period.country_hash])
    if not found:
        raise NO_COUNTRY_FILE(law=period.law_id)
    return bytes(found[0].text)


def archived_pack(pack_hash: str) -> Pack | None:
    """Return the archived law with this hash; None if there is none, or if this program can no longer read it."""
    found = rows("SELECT text FROM lawbook_version WHERE pack_hash = %s", [pack_hash])
    return _read(bytes(found[0].text), pack_hash) if found else None


def pack_at_end(present: Pack, ended_on: dt.date, *, noted: Sequence[PeriodView] | None = None) -> Pack:
    """Return the version of the law under which something ended; `noted`: the periods, if the caller has read them already.

    What ended before the first recorded text belongs to that text. The present version is returned if this program can no longer read or
    support the archived version, or if that version required no registration.
    """
    noted = periods() if noted is None else noted
    found = [one for one in noted if one.first_on <= ended_on][-1:] or noted[:1]
    if not found or found[0].pack_hash == present.hash:
        return present
    law = archived_pack(found[0].pack_hash)
    return law if law and law.duty and not law.unsupported_fields else present


def kept_until(
    present: Pack, ended_on: dt.date, *, service: str | None, noted: Sequence[PeriodView] | None = None
) -> dt.date:
    """Return the last day on which the record of an ended contract is kept: by the version of that day or the present one, whichever is earlier."""
    laws = (present, pack_at_end(present, ended_on, noted=noted))
    return min(keeps_until(one.for_service(service), ended_on) for one in laws)


def copy_kept_until(
    present: Pack,
    *,
    service: str | None,
    taken_on: dt.date,
    ended_on: dt.date | None,
    noted: Sequence[PeriodView] | None = None,
) -> dt.date | None:
    """Return the last day on which a copy of a document is kept; None if it is not known while the contract runs.

    It is the earliest of three: by the present version, by the version of the day from which the time is counted, and the record's own last
    day.
    """
    noted = periods() if noted is None else noted
    found = [kept_until(present, ended_on, service=service, noted=noted)] if ended_on else []
    for from_registration, day in ((True, taken_on), (False, ended_on)):
        laws = (present, pack_at_end(present, day, noted=noted)) if day else ()
        rules = [one.copy_retention for one in laws]
        found += [
            last_day_kept(one, day)
            for one in rules
            if day and one and one.from_registration is from_registration
        ]
    return min(found, default=None)


@lru_cache(maxsize=8)
def _read(text: bytes, pack_hash: str) -> Pack | None:
    try:
        return read_pack(text, file=pack_hash)
    except RollkeeperError:
        return None


def subject_of(pack_hash: str) -> UUID:
    """Return the reference under which a text is approved."""
    return UUID(hex=pack_hash[:32])


def is_adopted(pack_hash: str, *, on: dt.date) -> bool:
    """Tell whether enough people put this text into force."""
    given = approvals_of(Permission.ADOPT_LAW, [subject_of(pack_hash)])
    people = {one.staff_id for one in given if one.content == pack_hash}
    return have_enough_approvers(Permission.ADOPT_LAW, people, on=on)


def pending_versions() -> list[PendingSubject]:
    """Return the texts that one person adopted and that wait for another."""
    found = prepared_rows(
        "SELECT pack_hash, archived_at FROM lawbook_version ORDER BY archived_at, pack_hash"
    )
    subjects = {subject_of(row.pack_hash): row for row in found}
    begun = {one.subject for one in approvals_of(Permission.ADOPT_LAW, list(subjects))}
    return [
        PendingSubject(subject, "law", row.archived_at, row.pack_hash, content=row.pack_hash)
        for subject, row in subjects.items()
        if subject in begun
    ]
