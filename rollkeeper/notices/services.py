# SPDX-License-Identifier: EUPL-1.2
"""Queue a notice, send what is queued, and count only what provably arrived.

A message cannot be taken back, so the intention is written down and committed before it goes out. A process killed in
between leaves an attempt that waits and a claim that dies with the process; the next run sends the same attempt under
the same reference. So a subscriber may be notified twice, but always gets the notice.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.claims import hold_claim, release_dead_claims
from rollkeeper.kernel.database import action, prepared_run, rows, run, sql
from rollkeeper.kernel.ids import CampaignId, LineId, NoticeId, TenureId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.campaign_facts import Promise
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.dispatch import Sender, contact_policy
from rollkeeper.notices.gateways.base import CHUNK, Gateway
from rollkeeper.notices.gateways.registry import channels_with_a_gateway, gateways
from rollkeeper.notices.hooks import BEFORE_SENDING
from rollkeeper.notices.rules import RETRY_AFTER_FAILURE, longest_wait
from rollkeeper.notices.sent import Sent
from rollkeeper.notices.settings import settings

__all__ = [
    "DeliveryReport",
    "IntakeResult",
    "Promise",
    "Sent",
    "enqueue_notice",
    "prepare_sending",
    "record_outcomes",
    "send_by",
    "send_due",
]


_GIVEN_UP_AT_ONCE = 5000
"""Attempts in one transaction: after a long interruption millions may be overdue."""


@dataclass(slots=True)
class IntakeResult:
    """The result of delivery reports."""

    delivered: int = 0
    bounced: int = 0
    failed: int = 0
    """Not delivered this time: the same channel is tried again later."""
    uncounted: int = 0
    """Delivered to the very line that was barred at the time: proves nothing."""
    repeated: int = 0
    """Reports that repeat a known outcome, or a bounce after the proof."""
    unknown: int = 0
    """No message of ours has this reference."""


def enqueue_notice(
    line_id: LineId,
    *,
    kind: NoticeKind,
    language: str | None,
    promised_on: dt.date | None,
    pack_hash: str,
    on: dt.date,
    campaign_id: CampaignId | None = None,
) -> NoticeId:
    """Note in the present transaction that the subscriber of a line must be notified; `send_due` sends it.

    Precondition: the caller's action leaves its own ledger entry. `promised_on` is needed where the kind promises a day. A
    subscriber without a `language` is notified in every language of the instance. Refuses: INDEX_LOOKUPS_USED_UP.
    """
    if NoticeKind(kind).promises_date and promised_on is None:
        raise ValueError(f"a notice of kind {kind} promises a day")
    notice_id = NoticeId(new_uuid())
    with counted_lookups():
        prepared_run(
            "INSERT INTO notices_notice"
            " (line_id, notice_id, kind, campaign_id, language, promised_on, pack_hash, queued_on)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                line_id,
                notice_id,
                NoticeKind(kind).value,
                campaign_id,
                language or NO_LANGUAGE,
                promised_on,
                pack_hash,
                on,
            ],
        )
    return notice_id


def enqueue_decision(
    line_id: LineId, *, about: str, for_tenure: TenureId | None, since: dt.date, language: str | None, pack_hash: str, on: dt.date
) -> NoticeId | None:  # fmt: skip
    """Queue the notice that a case of this kind is decided, in the present transaction, for the subscriber of one tenure of the line.

    Return None if the line is another person's by now, or its subscriber is protected. Without a tenure the notice is for the user of a
    line without a subscriber, if no one was registered `since` the case was opened. Precondition: the caller's action leaves its own
    ledger entry.
    """
    found = rows(
        "INSERT INTO notices_notice (line_id, notice_id, kind, language, pack_hash, queued_on, about, for_tenure)"
        " SELECT %(line)s, %(notice)s, %(kind)s, %(language)s, %(pack_hash)s, %(on)s, %(about)s, %(tenure)s"
        " WHERE CASE WHEN %(tenure)s::uuid IS NULL"
        " THEN notices_is_its_users(%(line)s, %(since)s)"
        " ELSE notices_is_theirs(%(line)s, %(tenure)s) END RETURNING notice_id",
        {
            "line": line_id, "notice": new_uuid(), "kind": NoticeKind.CASE_DECIDED.value, "language": language or NO_LANGUAGE,
            "pack_hash": pack_hash, "on": on, "about": about, "tenure": for_tenure, "since": since,
        },
    )  # fmt: skip
    return NoticeId(found[0].notice_id) if found else None


def withdraw_of_line(line_id: LineId, kind: NoticeKind) -> None:
    """Take back the notices of one kind that are still to be sent to a line, in the present transaction."""
    run(
        "UPDATE notices_notice SET state = 'withdrawn' WHERE line_id = %s AND kind = %s AND state = 'queued'"
        " AND claimed_by IS NULL AND delivered_on IS NULL",
        [line_id, kind.value],
    )


def withdraw_of_campaign(campaign_id: CampaignId, kinds: Sequence[NoticeKind]) -> None:
    """Take back the notices of these kinds that a campaign still had to send, in the present transaction."""
    run(
        "UPDATE notices_notice SET state = 'withdrawn' WHERE campaign_id = %s AND state = 'queued'"
        " AND claimed_by IS NULL AND kind = ANY (%s)",
        [campaign_id, [kind.value for kind in kinds]],
    )


def pull_back_notices() -> int:
    """Make due what a clock that was ahead put off by more than the longest wait; return how many."""
    return run(sql("notices", "pull_back_notices"), {"now": clock.now(), "latest": latest_try()})


def latest_try() -> dt.datetime:
    """Return the latest instant at which a notice may be tried next."""
    pack = load_pack(instance().pack)
    return clock.now() + max(
        longest_wait(contact_policy(pack, is_statutory=bound)) for bound in (False, True)
    )


def send_due(
    authority: Authority,
    *,
    on: dt.date,
    limit: int | None = None,
    by_channel: Mapping[Channel, Gateway] | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> Sent:
    """Send the queued notices, each by the first channel that is still open to its subscriber.

    `moved` is called with the number of notices in each chunk. Refuses: NOT_ALLOWED, LINK_IN_NOTICE.
    Ledger: vault:sealed:opened before an address is opened; notices:notice:bounced where a gateway refuses it.
    """
    given_up = prepare_sending(authority, on=on)
    by_channel = gateways() if by_channel is None else by_channel
    sent = send_by(authority, on=on, limit=limit, by_channel=by_channel, moved=moved)
    sent.given_up = given_up
    return sent


def prepare_sending(authority: Authority, *, on: dt.date) -> int:
    """Do what comes before sending by any channel; return how many notices go on to another channel because proof is missing.

    Refuses: NOT_ALLOWED.
    """
    require(authority, Permission.SEND_NOTICES)
    for owing in BEFORE_SENDING.each():
        owing(on)
    given_up = _give_up_waiting()
    run(sql("notices", "fold_tally"))
    release_dead_claims("notices_notice")
    pull_back_notices()
    _take_from_absent_gateways()
    return given_up


def send_by(
    authority: Authority,
    *,
    on: dt.date,
    by_channel: Mapping[Channel, Gateway],
    present: Collection[Channel] | None = None,
    limit: int | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> Sent:
    """Send by these gateways the notices of their channels or without a channel yet; leave the rest to the jobs of other channels.

    `present` are the channels of this instance, by default these. Refuses: NOT_ALLOWED, LINK_IN_NOTICE. Ledger: as `send_due`.
    """
    role, sent = require(authority, Permission.SEND_NOTICES), Sent()
    with hold_claim() as claim:
        sender = Sender(authority, role, claim=claim, on=on, by_channel=by_channel, present=present)
        while seen := sender.send_chunk(
            sent, size=min(CHUNK, CHUNK if limit is None else limit - sent.total)
        ):
            moved(seen)
    return sent


def record_outcomes(authority: Authority, *, reports: Sequence[DeliveryReport], on: dt.date) -> IntakeResult:
    """Record delivery reports: proof sets the day of delivery, a bounce sends the notice on to the next channel.

    Recording one twice changes nothing. Ledger: notices:notice:delivered, notices:notice:bounced.
    """
    role = require(authority, Permission.SEND_NOTICES)
    with action():
        (counted,) = rows(
            sql("notices", "record_outcomes"),
            {
                "attempt_ids": [one.attempt_id for one in reports],
                "references": [one.reference for one in reports],
                "outcomes": [one.outcome.value for one in reports],
                "ats": [one.at for one in reports],
                "zone": instance().zone,
                "now": clock.now(),
                "again_at": clock.now() + RETRY_AFTER_FAILURE,
                "on": on,
                "role": role.value,
                "actor": authority.commitment,
                "staff_id": authority.staff_id,
                "delivered": Verb.NOTICE_DELIVERED.value,
                "bounced": Verb.NOTICE_BOUNCED.value,
            },
        )
    changed = counted.delivered + counted.bounced + counted.failed + counted.uncounted
    return IntakeResult(
        delivered=counted.delivered,
        bounced=counted.bounced,
        failed=counted.failed,
        uncounted=counted.uncounted,
        repeated=counted.known - changed,
        unknown=len({one.reference for one in reports}) - counted.known,
    )


def _take_from_absent_gateways() -> None:
    """Have the channel of a notice decided again if its gateway is no longer in the settings."""
    absent = set(Channel) - set(channels_with_a_gateway())
    run(
        "UPDATE notices_notice SET next_channel = ''"
        " WHERE state = 'queued' AND claimed_by IS NULL AND next_channel = ANY(%s)",
        [[channel.value for channel in absent]],
    )


def _give_up_waiting() -> int:
    now = clock.now()
    before = now - dt.timedelta(days=settings().wait_days)
    letters_before = now - dt.timedelta(days=settings().post_wait_days)
    values = {"now": now, "before": before, "letters_before": letters_before, "chunk": _GIVEN_UP_AT_ONCE}
    notices = 0
    while True:
        with action():
            (late,) = rows(sql("notices", "expire_attempts"), values)
        notices += int(late.notices)
        if late.attempts < _GIVEN_UP_AT_ONCE:
            return notices
