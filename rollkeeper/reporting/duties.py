# SPDX-License-Identifier: EUPL-1.2
"""The operator's own duties under the law, counted: people told in time, lines without identity, records without a copy.

Separate from the report, which shows the same figures rounded: `doctor` raises alarms by them, and `reports duties` lists the lines.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Payment
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
    """A line that was put into service under the law although it has no registered subscriber."""

    line_id: LineId
    service: str
    activated_on: dt.date


def counted_duties(pack: Pack) -> tuple[str, ...]:
    """Return which figures a law asks for; for a law with several campaigns, who was told in each of them (`figure:campaign`)."""
    copies = pack.document_copy
    return (
        *LINES,
        *((WITHOUT_IDENTITY,) if pack.duty else ()),
        *((WITHOUT_COPY,) if copies and copies.is_required else ()),
        *(what if one is None else f"{what}:{one}" for one in _told(pack) for what in TELLING),
    )


def campaign_of_figure(what: str) -> tuple[str, str]:
    """Split the name of a figure into the figure and the campaign whose lines it counts; the campaign is empty if it counts all lines."""
    figure, _, campaign = what.partition(":")
    return figure, campaign


def _services_with_copies(pack: Pack) -> list[str]:
    """Return the services for which the law requires a document copy."""
    copies = {one: pack.for_service(one).document_copy for one in pack.services}
    return [one for one, rule in copies.items() if rule and rule.is_required]


def _told(pack: Pack) -> dict[str | None, dt.date]:
    """Return the day before which people must be told, by campaign; under None if the law has only one campaign."""
    if len(pack.stated_campaigns) < 2:
        return {None: pack.told_before[0]} if pack.told_before else {}
    each = {one.id: pack.of(one.id).told_before for one in pack.stated_campaigns}
    return {name: found[0] for name, found in each.items() if found}


def count_by_service(on: dt.date) -> list[dict[str, Any]]:
    """Return the figures at the end of a day, exact, for each service."""
    pack = load_pack(instance().pack)
    until = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), clock.zone())
    begins = first_day(pack, Act.SUSPEND)
    found = rows(sql("reporting", "stocks"), {
        "until": until - dt.timedelta(microseconds=1), "last": on, "begins": begins, "services": _services_with_copies(pack), "registered": _registered(pack),
        "from": dt.datetime.combine(first_day(pack, Act.COLLECT), dt.time(), clock.zone()),
        "told_before": pack.told_before[0] if pack.told_before else None,
    })  # fmt: skip
    told = _told_by_campaign(pack, on)
    return [
        {"service": row.service}
        | {
            what: told.get((row.service, what), 0) if campaign_of_figure(what)[1] else getattr(row, what)
            for what in counted_duties(pack)
        }
        for row in found
    ]


def _registered(pack: Pack) -> list[str]:
    """Return which lines have to be registered, each as a service and a way of paying."""
    return [f"{one} {paid}" for one in pack.services for paid in Payment.values if pack.registers(one, paid)]


def _told_by_campaign(pack: Pack, on: dt.date) -> dict[tuple[str, str], int]:
    """Count who was told in each of several campaigns, by service and figure."""
    duties = [{"name": name, "told_before": day.isoformat()} for name, day in _told(pack).items() if name]
    if not duties:
        return {}
    found = rows(sql("reporting", "told_by_campaign"), {"duties": Jsonb(duties), "law": pack.id, "last": on})
    return {(row.service, f"{what}:{row.name}"): getattr(row, what) for row in found for what in TELLING}


def count_duties(on: dt.date) -> dict[str, int]:
    """Return the exact figures of the operator's duties at the end of a day, over all services, without the counts of lines."""
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
        "begins": first_day(pack, Act.SUSPEND), "registered": _registered(pack), "limit": limit,
    })  # fmt: skip
    return [LineWithoutIdentity(LineId(row.line_id), row.service, row.activated_on) for row in found]
