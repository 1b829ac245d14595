# SPDX-License-Identifier: EUPL-1.2
"""Disclosure requests and authorities in their current state: references, days and texts; no numbers, no references of people."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import PendingSubject, approvals_of
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import Permission
from rollkeeper.disclosures.choices import DisclosureState, Instrument, Outcome
from rollkeeper.disclosures.errors import DISCLOSURE_UNKNOWN
from rollkeeper.disclosures.models import DeferredNotification, DisclosureRequest, RequestingAuthority
from rollkeeper.kernel.database import prepared_rows
from rollkeeper.kernel.ids import StaffId


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """One authority of the list."""

    authority_id: UUID
    title: str
    kind: str
    fingerprint: str
    valid_until: dt.date
    is_approved: bool
    removed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class DeferralView:
    """One deferral of the notification; not valid until a second person approved it."""

    until: dt.date
    because: str
    renewal: int
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """One disclosure request in its current state. Its number cannot be read here: it is a keyed hash."""

    disclosure_id: UUID
    authority: str
    kind: str
    instrument: Instrument
    article: str | None
    fields: tuple[str, ...]
    received_on: dt.date
    expires_on: dt.date
    reply_by: dt.date | None
    state: DisclosureState
    refused_because: str | None
    refused_by_law: bool
    outcome: Outcome | None
    opened_on: dt.date | None
    delivered_on: dt.date | None
    notified_on: dt.date | None
    entered_by: str
    approved_by: tuple[str, ...]
    deferrals: tuple[DeferralView, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.state in {DisclosureState.WAITING, DisclosureState.APPROVED, DisclosureState.OPENED}


def disclosures(authority: Authority) -> list[DisclosureView]:
    """Return the disclosure requests that are kept, the newest first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.SEE_DISCLOSURES)
    return _views(DisclosureRequest.objects.filter(erased_on__isnull=True).order_by("-entered_at")[:500])


def disclosure_view(authority: Authority, disclosure_id: UUID) -> DisclosureView:
    """Return one disclosure request. Refuses: NOT_ALLOWED, DISCLOSURE_UNKNOWN."""
    require(authority, Permission.SEE_DISCLOSURES)
    found = _views(DisclosureRequest.objects.filter(disclosure_id=disclosure_id))
    if not found:
        raise DISCLOSURE_UNKNOWN()
    return found[0]


def authorities(authority: Authority) -> list[AuthorityView]:
    """Return the list of authorities. Refuses: NOT_ALLOWED."""
    require(authority, Permission.SEE_DISCLOSURES)
    return [
        AuthorityView(
            one.authority_id, one.title, one.kind, one.key_hash, one.valid_until, one.approved_on is not None,
            one.removed_on,
        )
        for one in RequestingAuthority.objects.order_by("title", "proposed_on")
    ]  # fmt: skip


def count_authorities() -> int:
    """Return how many authorities may request a disclosure."""
    return RequestingAuthority.objects.filter(approved_on__isnull=False, removed_on__isnull=True).count()


def pending_disclosures() -> list[PendingSubject]:
    """Return the disclosure requests that wait for approvers."""
    waiting = prepared_rows(
        "SELECT disclosure_id, entered_at, entered_by FROM disclosures_request WHERE state = %s ORDER BY entered_at",
        [DisclosureState.WAITING.value],
    )
    return [
        PendingSubject(
            one.disclosure_id, "answer_disclosure", one.entered_at, str(one.disclosure_id),
            requested_by=StaffId(one.entered_by), submitted_by=(StaffId(one.entered_by),),
        )
        for one in waiting
    ]  # fmt: skip


def pending_deferrals() -> list[PendingSubject]:
    """Return the deferred notifications that one person asked for and another has to approve."""
    open_ = prepared_rows(
        "SELECT deferral_id, asked_at, disclosure_id, entered_by FROM disclosures_deferral JOIN disclosures_request USING (disclosure_id)"
        " WHERE agreed_on IS NULL AND notified_on IS NULL ORDER BY asked_at"
    )
    return [
        PendingSubject(
            one.deferral_id, "defer_notification", one.asked_at, str(one.disclosure_id),
            submitted_by=(StaffId(one.entered_by),),
        )
        for one in open_
    ]  # fmt: skip


def count_overdue_notifications(on: dt.date) -> int:
    """Count people who should have been notified before this day, for the doctor."""
    due = DisclosureRequest.objects.filter(
        opened_on__lt=on, notified_on__isnull=True, person_id__isnull=False
    ).exclude(outcome=Outcome.NOTHING_HELD.value)
    waiting = set(
        DeferredNotification.objects.filter(
            agreed_on__isnull=False, until__gte=on - dt.timedelta(days=1)
        ).values_list("disclosure_id", flat=True)
    )
    return sum(one.disclosure_id not in waiting for one in due)


def _views(found: Iterable[DisclosureRequest]) -> list[DisclosureView]:
    found = list(found)
    ids = [one.disclosure_id for one in found]
    titles = dict(RequestingAuthority.objects.values_list("authority_id", "title"))
    names = dict(Staff.objects.values_list("staff_id", "username"))
    said = approvals_of(Permission.DECIDE_DISCLOSURE, ids)
    deferral = list(DeferredNotification.objects.filter(disclosure_id__in=ids).order_by("renewal"))
    return [
        DisclosureView(
            disclosure_id=one.disclosure_id, authority=titles.get(one.authority_id, ""), kind=one.kind,
            instrument=Instrument(one.instrument), article=one.article, fields=tuple(one.fields),
            received_on=one.received_on, expires_on=one.expires_on, reply_by=one.reply_by,
            state=DisclosureState(one.state), refused_because=one.refused_because, refused_by_law=one.refused_by_law,
            outcome=Outcome(one.outcome) if one.outcome else None, opened_on=one.opened_on,
            delivered_on=one.delivered_on, notified_on=one.notified_on, entered_by=names.get(one.entered_by, ""),
            approved_by=tuple(a.username for a in said if a.subject == one.disclosure_id),
            deferrals=tuple(
                DeferralView(p.until, p.because, p.renewal, p.agreed_on is not None)
                for p in deferral if p.disclosure_id == one.disclosure_id
            ),
        )
        for one in found
    ]  # fmt: skip
