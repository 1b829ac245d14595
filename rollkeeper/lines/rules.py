# SPDX-License-Identifier: EUPL-1.2
"""The rules for a line: pure decisions on values that were read."""

import datetime as dt
from collections.abc import Collection

from rollkeeper.law.calendars import Term
from rollkeeper.law.campaign_rules import TemporaryReconnectionRule
from rollkeeper.law.rules import Allowed, Decision, Refused
from rollkeeper.lines.choices import LineState, SuspensionReason


def may_reconnect_temporarily(
    rule: TemporaryReconnectionRule | None,
    *,
    reasons: Collection[SuspensionReason],
    reconnected_on: dt.date | None,
) -> Decision:
    """Decide whether a suspended line may work again for some hours: once, and only if a missing registration is the only reason."""
    if rule is None:
        return Refused(
            "operator's rule",
            "the rule pack gives no temporary reconnection",
            "Register the line: service is then restored permanently.",
        )
    if SuspensionReason.REGISTRATION not in reasons:
        return Refused(
            rule.article, "the line is not suspended for a missing registration", "Nothing needs to be done."
        )
    if set(reasons) != {SuspensionReason.REGISTRATION}:
        return Refused(
            rule.article,
            "the line is suspended for another reason as well",
            "Have the other reason settled first.",
        )
    if reconnected_on is not None:
        return Refused(
            rule.article,
            f"the line was already reconnected on {reconnected_on}",
            "Register the line: service is then restored permanently.",
        )
    return Allowed(rule.article)


def last_day_of_quarantine(*, terminated_on: dt.date, recorded: dt.date | None, term: Term) -> dt.date:
    """Return the last day on which a terminated line's number is not reassigned, as recorded at termination."""
    return recorded or term.last_day(terminated_on)


def may_take_number(
    *, state: LineState, quarantined_until: dt.date | None, by_former_subscriber: bool, on: dt.date
) -> Decision:
    """Decide whether a new contract may have a number. Its last subscriber may have it back at any time."""
    if state in {LineState.ACTIVE, LineState.SUSPENDED}:
        return Refused(
            article="", reason="Another contract has the number.", remedy="Transfer that line instead."
        )
    if by_former_subscriber or quarantined_until is None or on > quarantined_until:
        return Allowed()
    return Refused(
        article="",
        reason=f"The number stays in quarantine through {quarantined_until}.",
        remedy="Choose another number, or come back on the day after.",
    )
