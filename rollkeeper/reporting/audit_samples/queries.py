# SPDX-License-Identifier: EUPL-1.2
"""A sample as its auditor sees it: references, the published entries of each, and today's valid consents."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import rows
from rollkeeper.ledger.queries import newest_publication
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.models import AuditSample, AuditSampleLine
from rollkeeper.reporting.audit_samples.services import auditor_of, own_audit_sample
from rollkeeper.selfcare.consents import valid_consent


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """One published entry about a line."""

    leaf_index: int
    day: dt.date
    verb: str
    article: str | None


@dataclass(frozen=True, slots=True)
class AuditSampleLineView:
    """One line of a sample; `through` is the last day on which its subscriber lets the auditor access it, None without their consent."""

    nth: int
    line_id: UUID
    leaf_index: int
    day: dt.date
    entries: tuple[PublishedEntry, ...]
    consent_id: UUID | None
    asked_on: dt.date | None
    fields: tuple[str, ...]
    through: dt.date | None


@dataclass(frozen=True, slots=True)
class AuditSampleView:
    """A sample with its lines."""

    sample_id: UUID
    quarter: str
    kind: SampledAction
    seed: str
    size: int
    drawn_on: dt.date
    items: tuple[AuditSampleLineView, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Tell whether the subscribers were asked."""
        return any(one.asked_on for one in self.items)


def samples_of(authority: Authority, quarter: str) -> list[AuditSampleView]:
    """Return the samples that this auditor drew of a quarter, without their lines. Refuses: NOT_ALLOWED."""
    require(authority, Permission.DRAW_AUDIT_SAMPLE)
    found = AuditSample.objects.filter(auditor_id=auditor_of(authority), quarter=quarter).order_by("kind")
    return [_view(one) for one in found]


def sample(authority: Authority, sample_id: UUID, *, on: dt.date) -> AuditSampleView:
    """Return one sample to the auditor who drew it. Refuses: NOT_ALLOWED, AUDIT_SAMPLE_NOT_FOUND."""
    require(authority, Permission.DRAW_AUDIT_SAMPLE)
    own, items = (
        own_audit_sample(authority, sample_id),
        list(AuditSampleLine.objects.filter(sample_id=sample_id).order_by("nth")),
    )
    newest = newest_publication()
    said: dict[UUID, list[PublishedEntry]] = {}
    for row in rows(
        "SELECT * FROM reporting_entries_of_sample(%s, %s)", [sample_id, newest.size if newest else 0]
    ):
        said.setdefault(row.line_id, []).append(
            PublishedEntry(row.leaf_index, row.day, row.verb, row.article)
        )
    asked = {
        row.line_id: row
        for row in rows(
            "SELECT line_id, consent_id, asked_on, fields FROM selfcare_consent WHERE sample_id = %s",
            [sample_id],
        )
    }
    return _view(
        own,
        tuple(
            _item(one, tuple(said.get(one.line_id, ())), asked.get(one.line_id), authority=authority, on=on)
            for one in items
        ),
    )


def _item(
    one: AuditSampleLine,
    entries: tuple[PublishedEntry, ...],
    asked: Any,
    *,
    authority: Authority,
    on: dt.date,
) -> AuditSampleLineView:
    good = asked and valid_consent(asked.consent_id, auditor=authority.staff_id, on=on)
    return AuditSampleLineView(
        one.nth, one.line_id, one.leaf_index, one.day, entries, asked.consent_id if good else None,
        asked.asked_on if asked else None, tuple(asked.fields) if asked else (), good.through if good else None,
    )  # fmt: skip


def _view(one: AuditSample, items: tuple[AuditSampleLineView, ...] = ()) -> AuditSampleView:
    return AuditSampleView(
        one.sample_id,
        one.quarter,
        SampledAction(one.kind),
        bytes(one.seed).hex(),
        one.size,
        one.drawn_on,
        items,
    )
