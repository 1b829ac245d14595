# SPDX-License-Identifier: EUPL-1.2
"""Draw a sample, and ask the subscribers of its lines."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action, rows, without_timeout
from rollkeeper.kernel.ids import LineId, StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.errors import (
    AUDIT_SAMPLE_NOT_FOUND,
    INVALID_QUARTER,
    SAMPLE_ALREADY_DRAWN,
    SEED_TEXT_TOO_SHORT,
)
from rollkeeper.reporting.audit_samples.models import AuditSample, AuditSampleLine
from rollkeeper.reporting.audit_samples.rules import (
    DOMAIN,
    FIRST_CANDIDATES,
    MAX_LINES,
    MIN_SEED_LETTERS,
    first_of_each,
    is_long_enough,
    seed_of,
)
from rollkeeper.reporting.periods import Period, quarters_of
from rollkeeper.reporting.queries import report_of
from rollkeeper.selfcare.consents import request_consent
from rollkeeper.vault.fields import Field


def draw_sample(authority: Authority, quarter: str, kind: SampledAction, *, text: str, on: dt.date) -> UUID:
    """Draw up to twenty lines by lot out of a quarter of which there is a report.

    Ledger: reporting:audit_sample:drawn. Refuses: NOT_ALLOWED, INVALID_QUARTER, REPORT_NOT_FOUND, SEED_TEXT_TOO_SHORT, SAMPLE_ALREADY_DRAWN.
    """
    role, auditor_id, period = (
        require(authority, Permission.DRAW_AUDIT_SAMPLE),
        auditor_of(authority),
        quarter_named(quarter),
    )
    if not is_long_enough(text):
        raise SEED_TEXT_TOO_SHORT(fewest=MIN_SEED_LETTERS)
    size, seed, sample_id = int(report_of(authority, quarter)["quarters"][quarter]), seed_of(text), new_uuid()
    with action(), without_timeout():
        lock_matter("sample", str(auditor_id))
        before = AuditSample.objects.filter(auditor_id=auditor_id, quarter=quarter, kind=kind.value).first()
        if before is not None:
            raise SAMPLE_ALREADY_DRAWN(on=before.drawn_on)
        drawn = _draw(period, kind, seed=seed, size=size)
        AuditSample.objects.create(
            sample_id=sample_id, auditor_id=auditor_id, quarter=quarter, kind=kind.value, seed=seed, size=size,
            drawn_on=on,
        )  # fmt: skip
        AuditSampleLine.objects.bulk_create([
            AuditSampleLine(sample_id=sample_id, nth=nth, line_id=one.line_id, leaf_index=one.leaf_index, day=one.day)
            for nth, one in enumerate(drawn, 1)
        ])  # fmt: skip
        append_entry(
            authority, verb=Verb.AUDIT_SAMPLE_DRAWN, role=role, on=on,
            facts={"first": period.first.isoformat(), "kind": kind.value, "last": period.last.isoformat(),
                   "lines": len(drawn), "sample": str(sample_id), "seed": seed.hex(), "size": size},
        )  # fmt: skip
    return sample_id


def ask_subscribers(authority: Authority, sample_id: UUID, fields: Collection[Field], *, on: dt.date) -> int:
    """Ask the subscriber of each line of a sample for their consent, once; return for how many lines one was asked.

    Ledger: selfcare:consent:requested for each. Refuses: NOT_ALLOWED, AUDIT_SAMPLE_NOT_FOUND.
    """
    require(authority, Permission.DRAW_AUDIT_SAMPLE)
    with action():
        own_audit_sample(authority, sample_id)
        lock_matter("sample", str(sample_id))  # two windows at once: the second finds everyone asked
        lines = (
            AuditSampleLine.objects.filter(sample_id=sample_id)
            .order_by("nth")
            .values_list("line_id", flat=True)
        )
        asked = [
            request_consent(authority, LineId(line_id), sample_id=sample_id, fields=fields, on=on)
            for line_id in lines
        ]
    return sum(one is not None for one in asked)


def own_audit_sample(authority: Authority, sample_id: UUID) -> AuditSample:
    """Return a sample to the auditor who drew it. Refuses: AUDIT_SAMPLE_NOT_FOUND."""
    found = AuditSample.objects.filter(sample_id=sample_id, auditor_id=auditor_of(authority)).first()
    if found is None:
        raise AUDIT_SAMPLE_NOT_FOUND()
    return found


def auditor_of(authority: Authority) -> StaffId:
    """Return the auditor's account: a sample belongs to a person, never to the console. Refuses: AUDIT_SAMPLE_NOT_FOUND."""
    if authority.staff_id is None:
        raise AUDIT_SAMPLE_NOT_FOUND()
    return authority.staff_id


def quarter_named(name: str) -> Period:
    """Return a quarter by its name. Refuses: INVALID_QUARTER."""
    year, _, _ = name.partition("-")
    if year.isdecimal() and year.isascii() and dt.MINYEAR <= int(year) < dt.MAXYEAR:
        for period in quarters_of(int(year)):
            if period.name == name:
                return period
    raise INVALID_QUARTER()


def _draw(period: Period, kind: SampledAction, *, seed: bytes, size: int) -> Sequence[Any]:
    most = FIRST_CANDIDATES
    while True:
        found = rows(
            "SELECT * FROM reporting_ranked_entries(%s, %s, %s, %s, %s, %s, %s)",
            [DOMAIN, seed, kind.verb.value, period.first, period.last, size, most],
        )
        drawn = first_of_each(((one.line_id, one) for one in found), most=MAX_LINES)
        if len(drawn) == MAX_LINES or not found or found[0].looked_at < most:
            return drawn
        most *= 10
