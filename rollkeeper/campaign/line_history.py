# SPDX-License-Identifier: EUPL-1.2
"""The history of one line in the form that the law's explanation needs, from the data of several packages.

Separate because explanations, samples and the tests against `law.rules` all need the same history.
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.campaign.choices import Stage
from rollkeeper.campaign.court_stays import known_stays
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.explain import LineHistory
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.queries import LineFacts, line_history


@dataclass(frozen=True, slots=True)
class LineWithHistory:
    """A line with its history; `stage` is None if the line is in no campaign."""

    service: str
    region: str | None
    state: str
    stage: str | None
    pack: Pack
    """The law with the rules of the line's campaign; for a line in no campaign, the law of the instance."""
    history: LineHistory


def read_history(line_id: LineId) -> LineWithHistory | None:
    """Return the history of a line, None if there is no such line."""
    facts = line_history(line_id)
    if facts is None:
        return None
    (notified,) = rows(sql("campaign", "line_history"), {"line_id": line_id, "zone": instance().zone})
    barred_on, restored_on = _suspension(facts)
    suspended_on = min(barred_on, default=None)
    # A day promised for a suspension or clock that has ended says nothing about what may follow.
    runs = Stage.RUNNING if suspended_on is None else Stage.SUSPENDED
    line = facts.line
    history = LineHistory(
        service=line.service.value,
        activated_on=line.activated_on,
        registered_on=facts.registered_on if line.is_settled else None,
        recorded_on=facts.registered_on if line.must_reverify else None,
        notices_delivered=tuple(notified.delivered),
        notices_bounced=tuple(notified.bounced),
        promised_on=notified.promised_on if notified.stage == runs else None,
        promised_since=notified.promised_since,
        pauses=tuple((pause.first, pause.last) for pause in facts.pauses),
        stays=tuple(known_stays(notified.campaign_id)),
        holds=facts.holds,
        suspended_on=suspended_on,
        further_on=tuple(barred_on[1:]),
        restored_on=restored_on,
        terminated_on=line.terminated_on,
        terminated_by=line.terminated_by,
        erased_on=line.erased_on,
        region=notified.region,
        payment=notified.payment,
    )
    pack = load_pack(notified.pack_id or instance().pack)
    if any(one.id == notified.campaign_name for one in pack.stated_campaigns):
        pack = pack.of(notified.campaign_name)
    return LineWithHistory(
        line.service.value, notified.region, line.state.value, notified.stage, pack, history
    )


def _suspension(facts: LineFacts) -> tuple[list[dt.date], dt.date | None]:
    """Return the days on which the campaign barred the line, step by step, and the day on which registering restored it.

    A suspension that was lifted without a registration is void: it is left out, and its days are a pause.
    """
    registered_on = facts.registered_on if facts.line.is_settled else None
    mine = [one for one in facts.suspensions if one.reason is SuspensionReason.REGISTRATION]
    first = max((place for place, one in enumerate(mine) if one.step == 1), default=0)
    for restored_on in (None, registered_on):
        if barred_on := [one.begun_on for one in mine[first:] if one.restored_on == restored_on]:
            return barred_on, restored_on
    return [], None
