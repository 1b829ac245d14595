# SPDX-License-Identifier: EUPL-1.2
"""Runs the test cases in a pack: a pack that fails one of its cases does not load.

Separate from the loader so that a test can run the same cases through the other engine.
"""

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.errors import PACK_CASE_FAILED
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Days, History, Span, current_stage
from rollkeeper.law.schema import Case


def failed_cases(pack: Pack, *, file: str) -> list[RollkeeperError]:
    """Return a fault for each case that the pack's own values do not bear out."""
    return [
        PACK_CASE_FAILED(file=file, case=f"'{case.name}'", on=case.on, expected=case.expect, found=found)
        for case in pack.file.tests
        if (found := current_stage(pack, history_of(case), on=case.on, span=span_of(pack, case)))
        != case.expect
    ]


def history_of(case: Case) -> History:
    """Return the history that a case tells."""
    given = case.given
    notified = [day for day in given.notices_delivered if day <= case.on]
    return History(
        activated_on=given.activated,
        notified_on=min(notified, default=None),
        registered_on=given.registered,
        terminated_on=given.ended,
        pauses=given.pauses,
        holds=given.holds,
    )


def span_of(pack: Pack, case: Case) -> Span:
    """Return the days of a case: from the campaign's first day to the day asked about."""
    first = min(pack.campaign.begins_on, case.on) if pack.has_campaign else case.on
    stays: tuple[Days, ...] = case.given.stays
    return Span(first, case.on, stays, case.given.outages)
