# SPDX-License-Identifier: EUPL-1.2
"""Counts the lines that people have, for the limits of the pack.

Separate because nothing else here counts the lines of a person. A line stops counting when its subscriber contests it.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import PersonId


def lock_line_limits(who: Collection[str]) -> None:
    """Prevent other registrations for any of these document marks or references until this transaction ends."""
    lock_matter("line_limit", *who)


def count_current_lines(
    persons: Collection[PersonId], *, party_kinds: Collection[str], services: Collection[str],
    payments: Collection[str], activated_from: dt.date = dt.date.min, regions: Collection[str] = (), only_kept: bool = False,
) -> dict[PersonId, int]:  # fmt: skip
    """Count the living lines that each of these people has now, of these services, payments, age and regions; people with none are left out.

    Without regions: lines of any region or none. `only_kept`: without the lines that a campaign asks them to verify again.
    """
    values = {
        "payments": list(payments),
        "activated_from": activated_from,
        "regions": list(regions),
        "only_kept": only_kept,
    }
    return _counted("count_current_lines", persons, party_kinds, services, values)


def count_acquired_lines(
    persons: Collection[PersonId], *, party_kinds: Collection[str], services: Collection[str],
    payments: Collection[str], first_day: dt.date, law_begins: dt.date, activated_from: dt.date = dt.date.min,
    regions: Collection[str] = (),
) -> dict[PersonId, int]:  # fmt: skip
    """Count the lines that each of these people registered on a day or later; people with none are left out."""
    since = dt.datetime.combine(first_day, dt.time(), clock.zone())
    values: dict[str, Any] = {
        "since": since,
        "begins": law_begins,
        "payments": list(payments),
        "activated_from": activated_from,
        "regions": list(regions),
    }
    return _counted("count_acquired_lines", persons, party_kinds, services, values)


def _counted(
    statement: str, persons: Collection[PersonId], party_kinds: Collection[str], services: Collection[str],
    others: dict[str, Any],
) -> dict[PersonId, int]:  # fmt: skip
    if not persons:
        return {}
    whose = {"persons": list(persons), "party_kinds": list(party_kinds), "services": list(services)}
    return {PersonId(row.person_id): int(row.lines) for row in rows(sql("lines", statement), whose | others)}
