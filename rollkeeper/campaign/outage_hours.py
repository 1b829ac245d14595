# SPDX-License-Identifier: EUPL-1.2
"""Every hour without service, with its cause: which charges billing must leave out, and which it refunds.

Separate because it is derived from events (suspensions, reconnections, undone batches, the network's own proof) and stored in no
table: it cannot contradict them. The file contains references of lines, never a number or a name.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.db import connection

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.errors import BILLING_FILE_EXISTS
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.files import creating
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import DAYS_REVERSED


@dataclass(frozen=True, slots=True)
class OutageExport:
    """The result of the export to billing."""

    stretches: int
    hours: float
    credited_hours: float


def export_outage_hours(
    authority: Authority, file: Path, *, first: dt.date, last: dt.date, on: dt.date
) -> OutageExport:
    """Write a file for billing: each period from `first` through `last` in which a line had no service.

    Refuses: NOT_ALLOWED, DAYS_REVERSED, BILLING_FILE_EXISTS. Ledger: campaign:outage_hours:exported.
    """
    role = require(authority, Permission.EXPORT_OUTAGE_HOURS)
    if last < first:
        raise DAYS_REVERSED(first=first, last=last)
    with action(), without_timeout():
        _gather(first, last)
        _write_charges()
        digest = _write(file)
        (found,) = rows(
            "SELECT count(*) AS stretches, coalesce(sum(extract(epoch FROM off_until - off_from)), 0)::float8 / 3600 AS hours,"
            " coalesce(sum(extract(epoch FROM off_until - off_from)) FILTER (WHERE credited), 0)::float8 / 3600 AS credited"
            " FROM outage"
        )
        facts = {
            "file": digest,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "stretches": found.stretches,
        }
        append_entry(authority, verb=Verb.OUTAGE_HOURS_EXPORTED, role=role, on=on, facts=facts)
    return OutageExport(found.stretches, found.hours, found.credited)


def _gather(first: dt.date, last: dt.date) -> None:
    run("DROP TABLE IF EXISTS pg_temp.outage")
    zone = clock.zone()
    values = {
        "since": dt.datetime.combine(first, dt.time(), zone),
        "until": dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), zone),
        "now": clock.now(),
        "zone": str(zone),
    }
    run(sql("campaign", "outage_hours"), values)


def _write_charges() -> None:
    """Put the pack's rules on charges into the table from which the file's statement reads them."""
    money = load_pack(instance().pack).charges_while_suspended
    run("DROP TABLE IF EXISTS pg_temp.outage_charge")
    run("CREATE TEMPORARY TABLE outage_charge (charges text, late_fee text, article text) ON COMMIT DROP")
    fee = None if money.late_fee is None else "yes" if money.late_fee else "no"
    run("INSERT INTO outage_charge VALUES (%s, %s, %s)", [money.charges, fee, money.article])


def _write(file: Path) -> str:
    """Write the file for its owner alone, and return its SHA-256. An incomplete file is deleted. Refuses: BILLING_FILE_EXISTS."""
    digest = sha256()
    try:
        made = creating(file)
    except FileExistsError:
        raise BILLING_FILE_EXISTS(file=file.name) from None
    with made as out:
        for piece in _pieces():
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _pieces() -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(sql("campaign", "outage_hours_file")) as copy:
        yield from (bytes(piece) for piece in copy)
