# SPDX-License-Identifier: EUPL-1.2
"""How demands and authorities stand: references, days and words; no number, nobody's reference."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import Power
from rollkeeper.disclosures.errors import DemandUnknown
from rollkeeper.disclosures.kinds import DemandState, Instrument, Outcome
from rollkeeper.disclosures.models import Demand, DemandDecision, DemandingAuthority, PutOff


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """One authority of the list."""

    authority_id: UUID
    title: str
    kind: str
    fingerprint: str
    valid_until: dt.date
    is_admitted: bool
    ended_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PutOffView:
    """One time that telling was put off; not good while nobody else agreed."""

    until: dt.date
    because: str
    renewal: int
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class DemandView:
    """One demand as it stands. Whose number it is about nobody reads here: it is a keyed hash."""

    demand_id: UUID
    authority: str
    kind: str
    instrument: Instrument
    article: str | None
    fields: tuple[str, ...]
    received_on: dt.date
    expires_on: dt.date
    reply_by: dt.date | None
    state: DemandState
    refused_because: str | None
    refused_by_law: bool
    outcome: Outcome | None
    opened_on: dt.date | None
    handed_over_on: dt.date | None
    told_on: dt.date | None
    entered_by: str
    approved_by: tuple[str, ...]
    put_offs: tuple[PutOffView, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.state in {DemandState.WAITING, DemandState.APPROVED, DemandState.OPENED}


def demands(authority: Authority) -> list[DemandView]:
    """Return the demands that are kept, the newest first. Refuses: NotAllowed."""
    demand(authority, Power.SEE_DEMANDS)
    return _views(Demand.objects.filter(erased_on__isnull=True).order_by("-entered_at")[:500])


def demand_view(authority: Authority, demand_id: UUID) -> DemandView:
    """Return one demand. Refuses: NotAllowed, DemandUnknown."""
    demand(authority, Power.SEE_DEMANDS)
    found = _views(Demand.objects.filter(demand_id=demand_id))
    if not found:
        raise DemandUnknown
    return found[0]


def authorities(authority: Authority) -> list[AuthorityView]:
    """Return the list of authorities. Refuses: NotAllowed."""
    demand(authority, Power.SEE_DEMANDS)
    return [
        AuthorityView(
            one.authority_id, one.title, one.kind, one.key_hash, one.valid_until, one.admitted_on is not None,
            one.ended_on,
        )
        for one in DemandingAuthority.objects.order_by("title", "proposed_on")
    ]  # fmt: skip


def untold(on: dt.date) -> int:
    """Count people who should have been told before this day, for the doctor."""
    due = Demand.objects.filter(opened_on__lt=on, told_on__isnull=True, person_id__isnull=False).exclude(
        outcome=Outcome.NOTHING_HELD.value
    )
    waiting = set(
        PutOff.objects.filter(agreed_on__isnull=False, until__gte=on - dt.timedelta(days=1)).values_list(
            "demand_id", flat=True
        )
    )
    return sum(one.demand_id not in waiting for one in due)


def _views(found: Iterable[Demand]) -> list[DemandView]:
    found = list(found)
    ids = [one.demand_id for one in found]
    titles = dict(DemandingAuthority.objects.values_list("authority_id", "title"))
    names = dict(Staff.objects.values_list("staff_id", "username"))
    said = list(DemandDecision.objects.filter(demand_id__in=ids).order_by("decided_at"))
    put_off = list(PutOff.objects.filter(demand_id__in=ids).order_by("renewal"))
    return [
        DemandView(
            demand_id=one.demand_id, authority=titles.get(one.authority_id, ""), kind=one.kind,
            instrument=Instrument(one.instrument), article=one.article, fields=tuple(one.fields),
            received_on=one.received_on, expires_on=one.expires_on, reply_by=one.reply_by,
            state=DemandState(one.state), refused_because=one.refused_because, refused_by_law=one.refused_by_law,
            outcome=Outcome(one.outcome) if one.outcome else None, opened_on=one.opened_on,
            handed_over_on=one.handed_over_on, told_on=one.told_on, entered_by=names.get(one.entered_by, ""),
            approved_by=tuple(names.get(d.staff_id, "") for d in said if d.demand_id == one.demand_id),
            put_offs=tuple(
                PutOffView(p.until, p.because, p.renewal, p.agreed_on is not None)
                for p in put_off if p.demand_id == one.demand_id
            ),
        )
        for one in found
    ]  # fmt: skip
