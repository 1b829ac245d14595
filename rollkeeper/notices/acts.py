# SPDX-License-Identifier: EUPL-1.2
"""Owe a notice, send what is owed, and count only what provably arrived.

A message cannot be taken back, so the intention is written down and committed before it goes out. A process killed in
between leaves an attempt that waits and a claim that dies with the process; the next run sends the same attempt under
the same reference. A holder may so be told twice, and is never left untold.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import dead_claims, hold_claim
from rollkeeper.kernel.database import act, kept_run, rows, run, sql
from rollkeeper.kernel.ids import CampaignId, LineId, NoticeId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.gateways.base import CHUNK, Gateway
from rollkeeper.notices.gateways.registry import gateways
from rollkeeper.notices.hooks import BEFORE_SENDING, PROMISES
from rollkeeper.notices.kinds import NONE_NAMED, Channel, NoticeKind
from rollkeeper.notices.receipts import Receipt
from rollkeeper.notices.rules import AFTER_A_FAILURE
from rollkeeper.notices.sending import Promise, Sender, Sent

__all__ = [
    "Promise",
    "Receipt",
    "Sent",
    "TakenIn",
    "owe",
    "record_outcomes",
    "send_due",
]


_GIVEN_UP_AT_ONCE = 5000
"""Attempts in one transaction: after a long absence there are millions whose time is over."""


@dataclass(slots=True)
class TakenIn:
    """What became of delivery reports."""

    delivered: int = 0
    bounced: int = 0
    failed: int = 0
    """Not delivered this time: the same way is tried again later."""
    uncounted: int = 0
    """Delivered to the very line that was barred at the time: proves nothing."""
    repeated: int = 0
    """Said again what was known, or a bounce after the proof."""
    unknown: int = 0
    """No message of ours has this reference."""


def owe(
    line_id: LineId,
    *,
    kind: NoticeKind,
    language: str | None,
    promised_on: dt.date | None,
    pack_hash: str,
    on: dt.date,
    campaign_id: CampaignId | None = None,
) -> NoticeId:
    """Note in the present transaction that the holder of a line must be told something; `send_due` tells them.

    Precondition: the caller's act leaves its own ledger entry. `promised_on` is needed where the kind promises a day. Whoever has
    named no `language` is told in every one of the home.
    """
    if NoticeKind(kind).promises_a_day and promised_on is None:
        raise ValueError(f"a notice of kind {kind} promises a day")
    notice_id = NoticeId(new_uuid())
    kept_run(
        "INSERT INTO notices_notice"
        " (line_id, notice_id, kind, campaign_id, language, promised_on, pack_hash, owed_on)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            line_id,
            notice_id,
            NoticeKind(kind).value,
            campaign_id,
            language or NONE_NAMED,
            promised_on,
            pack_hash,
            on,
        ],
    )
    return notice_id


def withdraw_of_line(line_id: LineId, kind: NoticeKind) -> None:
    """Take back the notices of one kind that are still to be sent to a line, in the present transaction."""
    run(
        "UPDATE notices_notice SET state = 'withdrawn' WHERE line_id = %s AND kind = %s AND state = 'owed'"
        " AND claimed_by IS NULL AND delivered_on IS NULL",
        [line_id, kind.value],
    )


def withdraw_of_campaign(campaign_id: CampaignId, kinds: Sequence[NoticeKind]) -> None:
    """Take back the notices of these kinds that a campaign still had to send, in the present transaction."""
    run(
        "UPDATE notices_notice SET state = 'withdrawn' WHERE campaign_id = %s AND state = 'owed'"
        " AND claimed_by IS NULL AND kind = ANY (%s)",
        [campaign_id, [kind.value for kind in kinds]],
    )


def send_due(
    authority: Authority,
    *,
    on: dt.date,
    limit: int | None = None,
    ways: Mapping[Channel, Gateway] | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> Sent:
    """Send what is owed, each notice by the first way that is still open to its holder.

    `moved` is told how many notices each chunk had. Refuses: NotAllowed, LinkInNotice.
    Ledger: vault:sealed:opened before an address is opened; notices:notice:bounced where a gateway refuses it.
    """
    role, sent = demand(authority, Power.SEND_NOTICES), Sent()
    for owing in BEFORE_SENDING.each():
        owing(on)
    sent.given_up = _give_up_waiting()
    run(sql("notices", "fold_tally"))
    _release_dead_claims()
    with hold_claim() as claim:
        promises = {
            NoticeKind(kind): found for kind, promise in PROMISES.each_by_key() if (found := promise(on))
        }
        ways = gateways() if ways is None else ways
        sender = Sender(authority, role, claim=claim, on=on, ways=ways, promises=promises)
        while seen := sender.send_chunk(
            sent, size=min(CHUNK, CHUNK if limit is None else limit - sent.total)
        ):
            moved(seen)
    return sent


def record_outcomes(authority: Authority, *, receipts: Sequence[Receipt], on: dt.date) -> TakenIn:
    """Take in delivery reports: proof sets the day of delivery, a bounce sends the notice on to the next way.

    Taking one in twice changes nothing. Ledger: notices:notice:delivered, notices:notice:bounced.
    """
    role = demand(authority, Power.SEND_NOTICES)
    with act():
        (counted,) = rows(
            sql("notices", "record_outcomes"),
            {
                "attempt_ids": [one.attempt_id for one in receipts],
                "references": [one.reference for one in receipts],
                "outcomes": [one.outcome.value for one in receipts],
                "ats": [one.at for one in receipts],
                "zone": settings().zone,
                "now": clock.now(),
                "again_at": clock.now() + AFTER_A_FAILURE,
                "on": on,
                "role": role.value,
                "actor": authority.commitment,
                "staff_id": authority.staff_id,
                "delivered": Verb.NOTICE_DELIVERED.value,
                "bounced": Verb.NOTICE_BOUNCED.value,
            },
        )
    changed = counted.delivered + counted.bounced + counted.failed + counted.uncounted
    return TakenIn(
        delivered=counted.delivered,
        bounced=counted.bounced,
        failed=counted.failed,
        uncounted=counted.uncounted,
        repeated=counted.known - changed,
        unknown=len({one.reference for one in receipts}) - counted.known,
    )


def _give_up_waiting() -> int:
    now = clock.now()
    before = now - dt.timedelta(days=settings().notice_wait_days)
    letters_before = now - dt.timedelta(days=settings().post_wait_days)
    values = {"now": now, "before": before, "letters_before": letters_before, "chunk": _GIVEN_UP_AT_ONCE}
    notices = 0
    while True:
        with act():
            (late,) = rows(sql("notices", "give_up_waiting"), values)
        notices += int(late.notices)
        if late.attempts < _GIVEN_UP_AT_ONCE:
            return notices


def _release_dead_claims() -> None:
    held = [
        row.claimed_by
        for row in rows("SELECT DISTINCT claimed_by FROM notices_notice WHERE claimed_by IS NOT NULL")
    ]
    run("UPDATE notices_notice SET claimed_by = NULL WHERE claimed_by = ANY(%s)", [dead_claims(held)])
