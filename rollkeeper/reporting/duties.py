# SPDX-License-Identifier: EUPL-1.2
"""The operator's own duties under the law, counted: people told in time, lines without identity, records without a copy.

Separate from the report, which shows the same figures rounded: `doctor` alarms by them, and `reports duties` lists the lines.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, first_day
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack

LINES: Final = ("lines", "registered")
WITHOUT_IDENTITY, WITHOUT_COPY = "without_identity", "without_copy"
TELLING: Final = ("told_in_time", "told_late", "not_told")


@dataclass(frozen=True, slots=True)
class LineWithoutIdentity:
    """A line that no one is registered for although it was put into service under the law."""

    line_id: LineId
    service: str
    activated_on: dt.date


def counted_duties(pack: Pack) -> tuple[str, ...]:
    """Return which figures a law asks for."""
    copies = pack.document_copy
    return (
        *LINES,
        *((WITHOUT_IDENTITY,) if pack.duty else ()),
        *((WITHOUT_COPY,) if copies and copies.is_required else ()),
        *(TELLING if pack.told_before else ()),
    )


def count_by_service(on: dt.date) -> list[dict[str, Any]]:
    """Return the figures at the end of a day, exact, for each service."""
    pack = load_pack(instance().pack)
    until = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), clock.zone())
    begins = first_day(pack, Act.SUSPEND)
    found = rows(sql("reporting", "stocks"), {
        "until": until - dt.timedelta(microseconds=1), "last": on, "begins": begins, "services": list(pack.services),
        "from": dt.datetime.combine(first_day(pack, Act.COLLECT), dt.time(), clock.zone()),
        "told_before": pack.told_before[0] if pack.told_before else None,
    })  # fmt: skip
    return [
        {"service": row.service} | {what: getattr(row, what) for what in counted_duties(pack)}
        for row in found
    ]


def count_duties(on: dt.date) -> dict[str, int]:
    """Return the figures of the operator's duties at the end of a day over all services, exact; lines themselves left out."""
    by_service = count_by_service(on)
    whats = [what for what in counted_duties(load_pack(instance().pack)) if what not in LINES]
    return {what: sum(row[what] for row in by_service) for what in whats}


def lines_without_identity(authority: Authority, *, limit: int = 1000) -> list[LineWithoutIdentity]:
    """Return the lines that were put into service under the law and have no subscriber, the oldest first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.SEE_REPORTS)
    pack = load_pack(instance().pack)
    if not pack.duty:
        return []
    found = rows(sql("reporting", "without_identity"), {
        "begins": first_day(pack, Act.SUSPEND), "services": list(pack.services), "limit": limit,
    })  # fmt: skip
    return [LineWithoutIdentity(LineId(row.line_id), row.service, row.activated_on) for row in found]
