# SPDX-License-Identifier: EUPL-1.2
"""Who was notified and who was not, by which channel, and whether a received message is genuine."""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import SOURCE
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import action, rows, sql, without_timeout
from rollkeeper.kernel.ids import CampaignId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind, NoticeState, Outcome
from rollkeeper.notices.errors import NoNotice
from rollkeeper.notices.settings import settings
from rollkeeper.notices.texts import languages_of


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many notices of one kind are in one state."""

    kind: NoticeKind
    state: NoticeState
    count: int


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """How many attempts by one channel had one outcome."""

    channel: Channel
    outcome: Outcome
    count: int


@dataclass(frozen=True, slots=True)
class ChannelReach:
    """How many notices of one kind, in one campaign, were last tried by one channel and have this state."""

    channel: Channel | None
    """None if nothing was tried yet."""
    state: NoticeState
    count: int


@dataclass(frozen=True, slots=True)
class GenuineNotice:
    """A genuine notice: what it said and when."""

    kind: NoticeKind
    queued_on: dt.date
    promised_on: dt.date | None
    languages: list[str]
    """The languages in which it was written, and in which the menu may answer."""


def state_counts() -> list[StateCount]:
    """Count the notices by kind and state."""
    return [
        StateCount(NoticeKind(row.kind), NoticeState(row.state), row.count)
        for row in rows(sql("notices", "state_counts"))
    ]


def attempt_counts() -> list[AttemptCount]:
    """Count the attempts by channel and outcome."""
    return [
        AttemptCount(Channel(row.channel), Outcome(row.outcome), row.count)
        for row in rows(sql("notices", "attempt_counts"))
    ]


def reach_by_channel(campaign_id: CampaignId) -> list[ChannelReach]:
    """Count a campaign's first notices by the channel last tried and by their state, for any number of notices."""
    return [
        ChannelReach(Channel(row.channel) if row.channel else None, NoticeState(row.state), row.count)
        for row in rows(
            sql("notices", "reach_by_channel"),
            {"campaign_id": campaign_id, "kind": NoticeKind.REGISTER_BY.value},
        )
    ]


def count_unreachable() -> int:
    """Count the unregistered current lines whose subscribers were not yet provably notified.

    One pass of all notices, which for a nation takes a while.
    """
    with action(), without_timeout():
        (found,) = rows(sql("notices", "count_unreachable"), {"kind": NoticeKind.REGISTER_BY.value})
    return int(found.lines)


@dataclass(frozen=True, slots=True)
class WaitingGateway:
    """How many notices the gateway of a channel did not accept in two tries, and when the oldest was queued."""

    channel: Channel
    count: int
    oldest_on: dt.date


def find_waiting_gateways() -> list[WaitingGateway]:
    """Return the channels whose gateways do not accept their notices."""
    return [
        WaitingGateway(Channel(row.channel), row.count, row.oldest_on)
        for row in rows(
            sql("notices", "count_refused_by_gateway"), {"channels": list(map(str, Channel.values))}
        )
    ]


def count_due() -> int:
    """Count the notices that a run would look at now."""
    (row,) = rows(
        "SELECT count(*) AS due FROM notices_notice"
        " WHERE state = 'queued' AND next_try_at <= %s AND claimed_by IS NULL",
        [clock.now()],
    )
    return int(row.due)


def find_genuine_notice(line_id: LineId, *, code: str) -> GenuineNotice:
    """Return the notice whose code a caller read out. Refuses: NoNotice if it is not ours for this line."""
    found = rows(
        "SELECT kind, queued_on, promised_on, language FROM notices_notice"
        " WHERE line_id = %s AND code = %s AND attempts > 0 ORDER BY notice_id DESC LIMIT 1",
        [line_id, "".join(code.split())],
    )
    if not found:
        raise NoNotice
    return GenuineNotice(
        NoticeKind(found[0].kind),
        found[0].queued_on,
        found[0].promised_on,
        languages_of(found[0].language) or [SOURCE],
    )


def genuine_senders() -> list[str]:
    """Return the senders that this operator publishes as genuine."""
    chosen = settings()
    mail = [chosen.email_from] if chosen.smtp_url else []
    short = [chosen.smpp_sender] if chosen.smpp_url and chosen.smpp_sender else []
    return list(dict.fromkeys([instance().care_number, *short, *mail, *chosen.genuine_senders]))


def published_senders() -> dict[str, object]:
    """Return what is published for recipients who want to verify a message: the senders, and how to check."""
    here = instance()
    return {
        "operator": here.operator_name,
        "senders": genuine_senders(),
        "check_by_dialling": here.care_number,
        "never": ["a link", "a request for a document, its number, a password or money"],
        "as_of": clock.today(),
    }


def count_without_language() -> int:
    """Count the notices that wait because the texts of their languages were not accepted.

    It reads all queued notices, which for a nation takes a while; if every notice can be sent, it reads none.
    """
    if languages_of(NO_LANGUAGE):
        return 0
    with action(), without_timeout():
        queued = rows(
            "SELECT language, count(*) AS notices FROM notices_notice WHERE state = 'queued' GROUP BY language"
        )
    return sum(row.notices for row in queued if not languages_of(row.language))
