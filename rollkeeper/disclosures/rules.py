# SPDX-License-Identifier: EUPL-1.2
"""What may be requested, who may decide it, when it may be opened and how long the notification may be deferred. Pure; deny by
default.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.roles import StaffRole
from rollkeeper.disclosures.choices import Instrument, RefusalReason
from rollkeeper.law.calendars import Term
from rollkeeper.law.disclosures import DisclosureLaw
from rollkeeper.law.rules import Allowed, Decision, Refused

APPROVER_ROLES = (StaffRole.SUPERVISOR, StaffRole.DATA_PROTECTION_OFFICER)


@dataclass(frozen=True, slots=True)
class RefusedDisclosure(Refused):
    """A refusal with the reason under which it is counted."""

    because: RefusalReason = RefusalReason.NO_POWER


@dataclass(frozen=True, slots=True)
class DisclosureScope:
    """The parts of a disclosure request that the law decides about."""

    kind: str
    instrument: Instrument
    fields: frozenset[str]
    expires_on: dt.date
    key_valid_until: dt.date | None
    """Last day of the authority's key; None if it is not approved."""
    requests_before: int
    """Other numbers that were requested with the same instrument."""


def may_be_disclosed(
    asked: DisclosureScope, laws: Sequence[DisclosureLaw], *, pack: str, on: dt.date
) -> Decision:
    """Decide whether the law allows this request; what the pack does not name is not allowed."""
    law = law_for(asked.kind, laws)
    if law is None:
        return _refused(
            RefusalReason.NO_POWER, f"no article of {pack}", f"this law gives '{asked.kind}' no power to request",
            "Refer the authority to a law that does; a pack with that power, confirmed in the official text, is needed.",
        )  # fmt: skip
    if not law.is_confirmed:
        return _refused(
            RefusalReason.NOT_CONFIRMED, law.article, "the power is not confirmed in the official text of a law",
            "Read it there and say so in the pack; until then nothing is disclosed.",
        )  # fmt: skip
    if asked.instrument.value != law.instrument:
        return _refused(
            RefusalReason.WRONG_INSTRUMENT, law.article, f"it needs a {law.instrument}, and this is a {asked.instrument.value}",
            "Let the authority show what the law asks of it.",
        )  # fmt: skip
    if not asked.fields or not asked.fields <= law.attributes:
        return _refused(
            RefusalReason.TOO_WIDE, law.article, f"only these may be requested: {', '.join(sorted(law.attributes))}",
            "Enter only what the law lets it ask, if the instrument can be read so; else refuse it.",
        )  # fmt: skip
    if asked.expires_on < on:
        return _refused(
            RefusalReason.EXPIRED,
            law.article,
            f"its last day was {asked.expires_on}",
            "Let the authority renew it.",
        )
    if asked.requests_before >= law.people_per_instrument:
        return _refused(
            RefusalReason.TOO_MANY, law.article, f"an instrument names {law.people_per_instrument} number and no more",
            "Each person needs a separate instrument.",
        )  # fmt: skip
    if asked.key_valid_until is None or asked.key_valid_until < on:
        return _refused(
            RefusalReason.KEY_OVER, law.article, "the authority is not approved, or its key has run out",
            "Two people approve it with its key's fingerprint: 'rollkeeper disclosures propose-authority'.",
        )  # fmt: skip
    return Allowed(law.article)


def law_for(kind: str, laws: Sequence[DisclosureLaw]) -> DisclosureLaw | None:
    """Return the power of this kind of authority, None where it has none."""
    return next((law for law in laws if law.to == kind), None)


def are_enough_approvers[T: UUID](approvers: Mapping[T, Collection[StaffRole]], *, entered_by: UUID) -> bool:
    """Tell whether a supervisor and a data protection officer approved: two people who did not enter it."""
    able = {who: set(roles) for who, roles in approvers.items() if who != entered_by}
    supervisor, officer = APPROVER_ROLES
    return any(
        supervisor in roles and officer in others
        for who, roles in able.items()
        for other, others in able.items()
        if who != other
    )


def may_defer(
    law: DisclosureLaw, *, until: dt.date, renewals: int, is_opened: bool, running_until: dt.date | None, on: dt.date
) -> Decision:  # fmt: skip
    """Decide whether the notification may be deferred until `until`; `renewals` counts the deferrals before this one.

    After the opening, a deferral can only prolong one that is still running: without one, the person can look already.
    """
    article = law.deferral_article or law.article
    if law.deferral is None:
        return Refused(
            article, "the person must be notified at once", "Nothing: they are notified with the opening."
        )
    if is_opened and (running_until is None or running_until < on):
        return Refused(
            article, "the person has been notified, or may look already", "Nothing: it cannot be taken back."
        )
    if renewals > law.deferral_renewals:
        return Refused(
            article, f"it was put off {renewals} times, and {law.deferral_renewals} renewals are allowed", "Notify the person."
        )  # fmt: skip
    begins = max(on, running_until) if running_until is not None else on
    latest = law.deferral.last_day(begins)
    if not on < until <= latest:
        return Refused(article, f"it may be put off until {latest} at most", "Name an earlier day.")
    return Allowed(article)


def must_notify(
    *, opened_on: dt.date | None, notified_on: dt.date | None, deferred_until: dt.date | None, on: dt.date
) -> bool:
    """Tell whether the person must be notified now: from the opening on, or from the day after the last day of a deferral."""
    return opened_on is not None and notified_on is None and (deferred_until is None or deferred_until < on)


def is_over(expires_on: dt.date, *, on: dt.date) -> bool:
    """Tell whether a disclosure request's last day has passed."""
    return expires_on < on


def is_to_erase(closed_on: dt.date, *, keep: Term, on: dt.date) -> bool:
    """Tell whether the data of a disclosure request must be erased: from the day after its last day on."""
    return keep.last_day(closed_on) < on


def _refused(because: RefusalReason, article: str, reason: str, remedy: str) -> RefusedDisclosure:
    return RefusedDisclosure(article, reason, remedy, because)
