# SPDX-License-Identifier: EUPL-1.2
"""A sample as its auditor sees it: references, what the published ledger says of each, and whose consent is good today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.database import rows, sql
from rollkeeper.ledger.queries import newest_publication
from rollkeeper.rights.consenting import standing_consent
from rollkeeper.samples.acts import auditor_of, own_sample
from rollkeeper.samples.kinds import Kind
from rollkeeper.samples.models import Item, Sample


@dataclass(frozen=True, slots=True)
class Said:
    """One published entry about a line."""

    leaf_index: int
    day: dt.date
    verb: str
    article: str | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """One line of a sample; `through` is the last day on which its holder lets the auditor look, None without their yes."""

    nth: int
    line_id: UUID
    leaf_index: int
    day: dt.date
    entries: tuple[Said, ...]
    consent_id: UUID | None
    asked_on: dt.date | None
    fields: tuple[str, ...]
    through: dt.date | None


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample with its lines."""

    sample_id: UUID
    quarter: str
    kind: Kind
    seed: str
    size: int
    drawn_on: dt.date
    items: tuple[ItemView, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Tell whether the holders were asked."""
        return any(one.asked_on for one in self.items)


def samples_of(authority: Authority, quarter: str) -> list[SampleView]:
    """Return the samples that this auditor drew of a quarter, without their lines. Refuses: NotAllowed."""
    demand(authority, Power.DRAW_SAMPLE)
    found = Sample.objects.filter(auditor_id=auditor_of(authority), quarter=quarter).order_by("kind")
    return [_view(one) for one in found]


def sample(authority: Authority, sample_id: UUID, *, on: dt.date) -> SampleView:
    """Return one sample to whoever drew it. Refuses: NotAllowed, SampleUnknown."""
    demand(authority, Power.DRAW_SAMPLE)
    own, items = (
        own_sample(authority, sample_id),
        list(Item.objects.filter(sample_id=sample_id).order_by("nth")),
    )
    newest = newest_publication()
    said: dict[UUID, list[Said]] = {}
    for row in rows(
        sql("samples", "published"),
        {"lines": [one.line_id for one in items], "published": newest.size if newest else 0},
    ):
        said.setdefault(row.line_id, []).append(Said(row.leaf_index, row.day, row.verb, row.article))
    asked = {
        row.line_id: row
        for row in rows(
            "SELECT line_id, consent_id, asked_on, fields FROM rights_consent WHERE sample_id = %s",
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


def _item(one: Item, entries: tuple[Said, ...], asked: Any, *, authority: Authority, on: dt.date) -> ItemView:
    good = asked and standing_consent(asked.consent_id, auditor=authority.staff_id, on=on)
    return ItemView(
        one.nth, one.line_id, one.leaf_index, one.day, entries, asked.consent_id if good else None,
        asked.asked_on if asked else None, tuple(asked.fields) if asked else (), good.through if good else None,
    )  # fmt: skip


def _view(one: Sample, items: tuple[ItemView, ...] = ()) -> SampleView:
    return SampleView(
        one.sample_id, one.quarter, Kind(one.kind), bytes(one.seed).hex(), one.size, one.drawn_on, items
    )
