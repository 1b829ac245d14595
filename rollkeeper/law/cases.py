# SPDX-License-Identifier: EUPL-1.2
"""Runs the test cases in a pack: a pack that fails one of its cases does not load.

They run on the supported parts of the pack, even if other parts are not supported; a case that needs one of these others is not run, and is
named. Separate from the loader so that a test can run the same cases through the other engine.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.errors import PACK_CASE_FAILED
from rollkeeper.law.pack import Pack
from rollkeeper.law.retention_rules import IDENTITY
from rollkeeper.law.rules import (
    Days,
    History,
    Span,
    campaign_for,
    concerns,
    count_clock,
    current_stage,
    run_history,
)
from rollkeeper.law.schema import Case, PackFile, Retention
from rollkeeper.law.schema_common import Duration

_NOT_COUNTED = {
    "party_kinds": (), "limits": (), "document_copies": (), "dual_control": (), "agents": None, "rights": None,
    "breach": (), "at_once": None, "disclosure": (), "layers": (),
}  # fmt: skip
"""The chapters that change no stage of a line."""


def failed_cases(pack: Pack, *, file: str) -> list[RollkeeperError]:
    """Return a fault for each case that expects another stage than the pack's own values give."""
    trial = _Trial(pack)
    return [
        PACK_CASE_FAILED(file=file, case=f"'{case.name}'", on=case.on, expected=case.expect, found=found)
        for case in pack.file.tests
        if trial.can_run(case) and (found := trial.stage(case)) != case.expect
    ]


def cases_not_run(pack: Pack) -> tuple[str, ...]:
    """Return the names of the cases that need a part of the pack that nothing here supports."""
    trial = _Trial(pack)
    return tuple(case.name for case in pack.file.tests if not trial.can_run(case))


@dataclass(frozen=True, slots=True)
class Traced:
    """A case, the stages around its day, and how its days were counted."""

    name: str
    on: dt.date
    day_before: str
    stage: str
    day_after: str
    counted: tuple[str, ...]


def traced_cases(pack: Pack) -> tuple[Traced, ...]:
    """Return each case that can be run, with the stages on the day before and the day after, and the counting in sentences."""
    trial = _Trial(pack)
    return tuple(trial.traced(case) for case in pack.file.tests if trial.can_run(case))


class _Trial:
    """A pack reduced to those of its parts that count days and are supported."""

    def __init__(self, pack: Pack) -> None:
        whole = pack.file.model_copy(update=_NOT_COUNTED)
        kept = tuple(rule for rule in whole.retention if rule.data_class == IDENTITY)
        self.has_retention = bool(kept) and not _faults(
            pack, whole, retention=kept, campaigns=(), prefix="'retention"
        )
        retention = kept if self.has_retention else (_for_ever(whole.retention[0]),)
        self.counts_days = not _faults(pack, whole, retention=retention, campaigns=(), prefix="'calendar")
        self.has_campaign = self.counts_days and not _faults(
            pack, whole, retention=retention, campaigns=whole.campaigns, prefix="'campaigns"
        )
        campaigns = whole.campaigns if self.has_campaign else ()
        self.is_without_campaign = not whole.campaigns
        self._pack = Pack(
            whole.model_copy(update={"retention": retention, "campaigns": campaigns}), pack.hash
        )

    def can_run(self, case: Case) -> bool:
        """Tell whether everything that the case needs is supported."""
        if not self.counts_days or (case.expect == "erased" and not self.has_retention):
            return False
        return self.has_campaign or self.is_without_campaign or case.given.ended is not None

    def stage(self, case: Case) -> str:
        """Return the stage that the values give."""
        return current_stage(self._pack, history_of(case), on=case.on, span=span_of(self._pack, case))

    def traced(self, case: Case) -> Traced:
        """Return how a case was counted. The days are told as if the pack were in force and confirmed."""
        before, on, after = (
            self.stage(case.model_copy(update={"on": case.on + dt.timedelta(days=n)})) for n in (-1, 0, 1)
        )
        return Traced(case.name, case.on, before, on, after, tuple(self._counted(case)))

    def _counted(self, case: Case) -> Iterator[str]:
        history = history_of(case)
        if not self.has_campaign or history.notified_on is None or not concerns(self._pack, history):
            return
        pack = campaign_for(self._pack, history)
        rules = pack.campaign
        outcome = run_history(pack, history, span_of(pack, case))
        begun = rules.starts_on(history.notified_on)
        clocks = [("to register", begun, rules.grace_after(begun))]
        came = [day for day in (outcome.suspended_on, *outcome.further_on) if day]
        for bar, day, follows in zip(rules.bars, came, rules.stages[1:], strict=False):
            clocks.append((f"of '{bar.id}' before '{follows.id}'", day, follows.term.days_after(day)))
        for what, anchor, days in clocks:
            found = count_clock(
                pack, anchor_on=anchor, days=days, pauses=history.pauses, stays=case.given.stays,
                through=anchor + dt.timedelta(days=days + 800),
            )  # fmt: skip
            moved = f", moved to {found.last_day_on}" if found.last_day_on != found.reached_on else ""
            yield (
                f"{days} days {what} from {anchor}, which is not counted: the last is {found.reached_on}{moved};"
                f" something may follow from {found.earliest_on}."
            )


def _faults(pack: Pack, whole: PackFile, *, prefix: str, **parts: object) -> list[str]:
    trial = Pack(whole.model_copy(update=parts), pack.hash)
    return [name for name in trial.unsupported_fields if name.startswith(prefix)]


def _for_ever(rule: Retention) -> Retention:
    """Return a rule under which nothing is ever erased, for cases that are about something else."""
    changed = {"data_class": IDENTITY, "services": (), "anchor": "termination", "keep": Duration(n=100, unit="year"), "kind": "exact", "then": "erase"}  # fmt: skip
    return rule.model_copy(update=changed)


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
        assurance=given.assurance,
        verified_on=given.verified,
        lines=tuple((one.since, one.n) for one in given.lines if one.since <= case.on),
        last_day_on=given.last_day if given.last_day and given.last_day < case.on else None,
        party_kind=given.party_kind,
        service=given.service,
        region=given.region,
        payment=given.payment,
    )


def span_of(pack: Pack, case: Case) -> Span:
    """Return the days of a case: from the campaign's first day to the day asked about."""
    first = min([case.on, *(one.campaign.begins_on for one in pack.campaigns)])
    stays: tuple[Days, ...] = case.given.stays
    return Span(first, case.on, stays, case.given.outages)
