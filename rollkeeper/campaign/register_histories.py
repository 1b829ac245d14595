# SPDX-License-Identifier: EUPL-1.2
"""The lines of the register as a simulation reads them, before a campaign is planned."""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.types.json import Jsonb

from rollkeeper.campaign.planning import counted_cohort
from rollkeeper.kernel.database import action, rows, sql, without_timeout
from rollkeeper.kernel.instance import instance, open_instance
from rollkeeper.law.pack import Pack
from rollkeeper.law.register_histories import WrittenHistories


def write_histories(file: Path, packs: Sequence[Pack], notified_on: dt.date) -> WrittenHistories:
    """Write each line that one of these packs may concern, with the facts that a pack asks for. Changes nothing.

    The simulation assumes that every subscriber was notified on `notified_on`.
    """
    open_instance()
    all_rules = [one.campaign for pack in packs for one in pack.campaigns]
    services = sorted({service for rules in all_rules for service in rules.services})
    values = {
        "notified_on": notified_on,
        "services": services,
        "asked": sorted({rules.asks_again for rules in all_rules}),
        "tells_service": len(all_rules) > 1,
        "tells_region": any(rules.regions for rules in all_rules),
        "tells_payment": any(rules.asks_payment for rules in all_rules),
        "tells_kind": any(rules.party_kinds for rules in all_rules),
        "counted": Jsonb([counted_cohort(rules) for rules in all_rules if rules.lines_over is not None]),
        "zone": instance().zone,
    }
    with action(), without_timeout(), file.open("w", encoding="utf-8", newline="") as out:
        written = csv.writer(out)
        written.writerow(("line", "date", "event", "until"))
        for row in rows(sql("campaign", "histories"), values):
            written.writerow((row.line_id, row.day.isoformat(), row.event, ""))
        (counts,) = rows(
            "SELECT count(*) FILTER (WHERE service = ANY (%(services)s) AND NOT is_essential) AS lines,"
            " count(*) FILTER (WHERE service <> ALL (%(services)s)) AS other_service,"
            " count(*) FILTER (WHERE service = ANY (%(services)s) AND is_essential) AS essential"
            " FROM lines_line WHERE state IN ('active', 'suspended')",
            values,
        )
    return WrittenHistories(counts.lines, counts.other_service, counts.essential)


@dataclass(frozen=True, slots=True)
class NotConcerned:
    """Current lines that a law does not concern, each counted for the first reason that holds."""

    other_service: int
    activated_later: int
    registered: int
    """Registered lines. For a campaign that asks registered subscribers again: all lines that it does not ask."""
    other_region: int = 0
    """For a campaign that names regions: lines of another region, or of an unknown one."""
    other_payment: int = 0
    """For a campaign of lines paid in one way: lines not known to be paid in this way."""


def count_not_concerned(pack: Pack) -> NotConcerned:
    """Count the current lines that a campaign of this pack leaves out, and why."""
    rules = pack.campaign
    (found,) = rows(
        "SELECT count(*) FILTER (WHERE service <> ALL (%(services)s)) AS other_service,"
        " count(*) FILTER (WHERE service = ANY (%(services)s) AND (activated_on >= %(before)s OR activated_on < %(from)s)) AS activated_later,"
        " count(*) FILTER (WHERE service = ANY (%(services)s) AND activated_on >= %(from)s AND activated_on < %(before)s AND NOT must_reverify"
        " AND in_place AND is_paid_so AND (is_registered OR %(asks_again)s)) AS registered,"
        " count(*) FILTER (WHERE service = ANY (%(services)s) AND activated_on >= %(from)s AND activated_on < %(before)s AND NOT in_place) AS other_region,"
        " count(*) FILTER (WHERE service = ANY (%(services)s) AND activated_on >= %(from)s AND activated_on < %(before)s AND in_place"
        " AND NOT is_paid_so) AS other_payment"
        " FROM (SELECT *, %(regions)s::text[] = '{}' OR coalesce(region = ANY (%(regions)s::text[]), false) AS in_place,"
        " payment = ANY (%(payments)s) AS is_paid_so FROM lines_line) l"
        " WHERE state IN ('active', 'suspended')",
        {
            "services": sorted(rules.services),
            "regions": sorted(rules.regions),
            "payments": sorted(rules.payments),
            "before": rules.activated_before,
            "from": rules.activated_from,
            "asks_again": rules.asks_again,
        },
    )
    return NotConcerned(
        found.other_service, found.activated_later, found.registered, found.other_region, found.other_payment
    )
