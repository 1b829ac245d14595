# SPDX-License-Identifier: EUPL-1.2
"""Draw a sample, and ask the holders of its lines."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.evidence.periods import Period, quarters_of
from rollkeeper.evidence.queries import report_of
from rollkeeper.kernel.database import act, patient, rows, sql
from rollkeeper.kernel.ids import LineId, StaffId, new_uuid
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.rights.consenting import ask_consent
from rollkeeper.samples.errors import DrawnAlready, NamedNoQuarter, SampleUnknown, TextTooShort
from rollkeeper.samples.kinds import Kind
from rollkeeper.samples.models import Item, Sample
from rollkeeper.samples.rules import (
    AT_FIRST,
    DOMAIN,
    FEWEST_LETTERS,
    MOST_LINES,
    first_of_each,
    is_long_enough,
    seed_of,
)
from rollkeeper.vault.fields import Field


def draw_sample(authority: Authority, quarter: str, kind: Kind, *, text: str, on: dt.date) -> UUID:
    """Draw up to a score of lines by lot out of a quarter of which there is a report.

    Ledger: samples:sample:drawn. Refuses: NotAllowed, NamedNoQuarter, ReportNotThere, TextTooShort, DrawnAlready.
    """
    role, auditor_id, period = (
        demand(authority, Power.DRAW_SAMPLE),
        auditor_of(authority),
        quarter_called(quarter),
    )
    if not is_long_enough(text):
        raise TextTooShort(fewest=FEWEST_LETTERS)
    size, seed, sample_id = int(report_of(authority, quarter)["quarters"][quarter]), seed_of(text), new_uuid()
    with act(), patient():
        rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sample {auditor_id}"])
        before = Sample.objects.filter(auditor_id=auditor_id, quarter=quarter, kind=kind.value).first()
        if before is not None:
            raise DrawnAlready(on=before.drawn_on)
        drawn = _drawn(period, kind, seed=seed, size=size)
        Sample.objects.create(
            sample_id=sample_id, auditor_id=auditor_id, quarter=quarter, kind=kind.value, seed=seed, size=size,
            drawn_on=on,
        )  # fmt: skip
        Item.objects.bulk_create([
            Item(sample_id=sample_id, nth=nth, line_id=one.line_id, leaf_index=one.leaf_index, day=one.day)
            for nth, one in enumerate(drawn, 1)
        ])  # fmt: skip
        append_entry(
            authority, verb=Verb.SAMPLE_DRAWN, role=role, on=on,
            facts={"first": period.first.isoformat(), "kind": kind.value, "last": period.last.isoformat(),
                   "lines": len(drawn), "sample": str(sample_id), "seed": seed.hex(), "size": size},
        )  # fmt: skip
    return sample_id


def ask_holders(authority: Authority, sample_id: UUID, fields: Collection[Field], *, on: dt.date) -> int:
    """Ask the holder of each line of a sample for their consent, once; return of how many lines a holder is asked.

    Ledger: rights:consent:asked for each. Refuses: NotAllowed, SampleUnknown.
    """
    demand(authority, Power.DRAW_SAMPLE)
    with act():
        own_sample(authority, sample_id)
        lines = Item.objects.filter(sample_id=sample_id).order_by("nth").values_list("line_id", flat=True)
        asked = [
            ask_consent(authority, LineId(line_id), sample_id=sample_id, fields=fields, on=on)
            for line_id in lines
        ]
    return sum(one is not None for one in asked)


def own_sample(authority: Authority, sample_id: UUID) -> Sample:
    """Return a sample to whoever drew it. Refuses: SampleUnknown."""
    found = Sample.objects.filter(sample_id=sample_id, auditor_id=auditor_of(authority)).first()
    if found is None:
        raise SampleUnknown
    return found


def auditor_of(authority: Authority) -> StaffId:
    """Return the account that draws: a sample is a named auditor's. Refuses: SampleUnknown."""
    if authority.staff_id is None:
        raise SampleUnknown
    return authority.staff_id


def quarter_called(name: str) -> Period:
    """Return a quarter by its name. Refuses: NamedNoQuarter."""
    year, _, _ = name.partition("-")
    if year.isdecimal() and year.isascii() and dt.MINYEAR <= int(year) < dt.MAXYEAR:
        for period in quarters_of(int(year)):
            if period.name == name:
                return period
    raise NamedNoQuarter


def _drawn(period: Period, kind: Kind, *, seed: bytes, size: int) -> Sequence[Any]:
    most = AT_FIRST
    while True:
        found = rows(
            sql("samples", "ranked"),
            {"domain": DOMAIN, "seed": seed, "verb": kind.verb.value, "first": period.first, "last": period.last,
             "size": size, "most": most},
        )  # fmt: skip
        drawn = first_of_each(((one.line_id, one) for one in found), most=MOST_LINES)
        if len(drawn) == MOST_LINES or not found or found[0].looked_at < most:
            return drawn
        most *= 10
