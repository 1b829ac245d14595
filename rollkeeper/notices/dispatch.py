# SPDX-License-Identifier: EUPL-1.2
"""Sends one chunk of notices: claim them and note the intention, open, write, hand over, note the answers.

Separate from `services.py` because these five steps are the same for all channels. The address is opened after the intention is
committed and lives only in the message; it is kept nowhere.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars, Channel
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import LineId, NoticeId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rights import complaint_body
from rollkeeper.ledger.receipts import codes_of
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.contacts import ContactKind, split_contact
from rollkeeper.notices.campaign_facts import CampaignFacts
from rollkeeper.notices.choices import NoticeKind, NoticeState, Outcome
from rollkeeper.notices.gateways.base import Answer, Gateway, GatewayBroken, Message, SubmissionResult
from rollkeeper.notices.models import IMMEDIATELY
from rollkeeper.notices.phrases import case_phrases
from rollkeeper.notices.rules import (
    RETRY_AFTER_FAILURE,
    ContactPolicy,
    Line,
    PastAttempt,
    Step,
    is_moot,
    key_to_press,
    next_step,
    wait_after,
)
from rollkeeper.notices.sent import Sent
from rollkeeper.notices.settings import settings
from rollkeeper.notices.stage_facts import stage_facts
from rollkeeper.notices.texts import languages_of, languages_with, say_fields, sms_signature, write_notice
from rollkeeper.notices.wordings import is_brief, reworded
from rollkeeper.vault.fields import LineField, Purpose
from rollkeeper.vault.secret_value import SecretValue
from rollkeeper.vault.services import open_line_values

_TELLS_OF = {
    NoticeKind.SUSPENDED: frozenset({Verb.LINE_SUSPENDED}),
    NoticeKind.RESTORED: frozenset({
        Verb.LINE_RESTORED, Verb.TENURE_REGISTERED, Verb.TENURE_ACCEPTED, Verb.TENURE_TRANSFERRED, Verb.RECEIPT_ACCEPTED,
    }),
    NoticeKind.TERMINATED: frozenset({Verb.LINE_TERMINATED}),
    NoticeKind.RECORD_CHANGED: frozenset({
        Verb.TENURE_CORRECTED, Verb.LINE_RELOCATED, Verb.DOCUMENT_LINKED, Verb.DOCUMENT_UNLINKED,
    }),
    NoticeKind.DOCUMENT_BY: frozenset({Verb.TENURE_ACCEPTED}),
    NoticeKind.SIM_REPLACED: frozenset({Verb.SIM_REPLACED}),
}  # fmt: skip
"""The actions that a notice reports: the notice gives the subscriber the receipt of their entry."""
_UNDECIDED = ""
"""The channel of a notice whose next step is not decided yet."""
_OUTCOMES = {
    Answer.ACCEPTED: Outcome.ACCEPTED, Answer.RETRY: Outcome.FAILED, Answer.FAILED: Outcome.FAILED,
    Answer.DECLINED: Outcome.DECLINED, Answer.REFUSED: Outcome.BOUNCED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Intent:
    """One attempt about to be made."""

    row: Any
    attempt_id: UUID
    channel: Channel
    promised_on: dt.date | None
    is_repeat: bool
    tries_before: int


def _in_turn(intent: _Intent) -> tuple[bool, Channel]:
    """Sort mail after the other channels: a mail server may take minutes for one message."""
    return intent.channel is Channel.EMAIL, intent.channel


class Sender:
    """One run of sending: by every channel, or by the channels for which it gets a gateway.

    `present` are all channels that the instance has: a notice for a channel without a gateway here is left to that channel's job.
    """

    def __init__(
        self,
        authority: Authority,
        role: StaffRole,
        *,
        claim: int,
        on: dt.date,
        by_channel: Mapping[Channel, Gateway],
        present: Collection[Channel] | None = None,
    ) -> None:
        self._present = by_channel.keys() if present is None else present
        is_all = set(self._present) <= by_channel.keys()
        self._claims = [_UNDECIDED, *(one.value for one in (Channel if is_all else by_channel))]
        self._authority, self._role, self._claim, self._on, self._by_channel = (
            authority,
            role,
            claim,
            on,
            by_channel,
        )
        self._away, self._languages = set[Channel](), dict[tuple[NoticeKind, str], list[str]]()
        self._pack = load_pack(instance().pack)
        self._campaigns = CampaignFacts(self._pack, on=on)
        self._may_demand = may_act(self._pack, Act.NOTIFY, on=on)
        self._policies = {bound: contact_policy(self._pack, is_statutory=bound) for bound in (False, True)}

    def send_chunk(self, sent: Sent, *, size: int) -> int:
        """Send the next chunk; return how many notices it had."""
        if size <= 0:
            return 0
        self._languages.clear()
        with action():
            found = rows(
                sql("notices", "claim_notices"),
                {"now": clock.now(), "chunk": size, "claim": self._claim, "channels": self._claims},
            )
            _follow_people([row for row in found if not row.is_theirs])
            steps = self._route([(row, self._step(row)) for row in found], sent)
            self._settle([pair for pair in steps if pair[1].channel is None], sent)
            intents = [
                _intent(row, step.channel, promised_on=self._promised(row))
                for row, step in steps
                if step.channel is not None
            ]
            self._intend(steps, intents)
        for channel, group in groupby(sorted(intents, key=_in_turn), key=lambda one: one.channel):
            for part in batched(group, self._by_channel[channel].batch_size):
                self._hand_over(channel, self._still_to_go(part, sent), sent)
        return len(found)

    def _route(self, steps: Sequence[tuple[Any, Step]], sent: Sent) -> list[tuple[Any, Step]]:
        """Leave notices for other gateways to the jobs of those gateways; return the rest."""
        others = [
            (row, step.channel)
            for row, step in steps
            if step.channel and step.channel not in self._by_channel
        ]
        sent.routed += len(others)
        if others:
            run(
                sql("notices", "route_notices"),
                {
                    "line_ids": [row.line_id for row, _ in others],
                    "notice_ids": [row.notice_id for row, _ in others],
                    "channels": [channel.value for _, channel in others],
                    "claim": self._claim,
                },
            )
        return [
            (row, step) for row, step in steps if step.channel is None or step.channel in self._by_channel
        ]

    def _still_to_go(self, intents: Sequence[_Intent], sent: Sent) -> list[_Intent]:
        """Postpone, under their references, attempts whose hour is over or whose gateway is unreachable by now; return the others.

        A mail server that scans each mail may hold up a chunk for hours: a call that was decided by day would ring at night.
        """
        now = [(one, self._step(one.row)) for one in intents]
        waits = [(one, step) for one, step in now if step.wait_until]
        with action():
            self._settle([(one.row, step) for one, step in waits], sent)
            put_off = [(one.row.line_id, one.attempt_id) for one, _ in waits if not one.is_repeat]
            _drop(put_off, Outcome.WAITING)
        return [one for one, step in now if step.wait_until is None]

    def _promised(self, row: Any) -> dt.date | None:
        """Return the day to name: the promised day, or a later one if a subscriber notified today has more time."""
        promised_on: dt.date | None = row.promised_on
        fresh = self._campaigns.promise(row)
        return max(promised_on, fresh.last_day_on) if promised_on and fresh else promised_on

    def _step(self, row: Any) -> Step:
        kind, now = NoticeKind(row.kind), clock.now()
        if kind.is_statutory and not (self._may_demand and self._campaigns.law(row)):
            # A law that is not in force, or that no reader confirmed, demands nothing: its notices wait, and all others are sent.
            return Step(wait_until=now + dt.timedelta(hours=1), is_away=True)
        promised_on = self._promised(row)
        line = line_of(row) if row.is_theirs else None
        is_past = promised_on is not None and promised_on < self._on
        if kind is NoticeKind.REGISTER_BY and is_past and line and not is_moot(kind, line):
            # The pack has changed and the campaign was not planned again: no notice may name a day on which the subscriber can no
            # longer come.
            return Step(wait_until=now + dt.timedelta(hours=1), is_away=True)
        step = next_step(
            kind,
            line=line,
            past_attempts=_past_attempts(row),
            policy=self._policies[kind.is_statutory],
            present=self._present,
            now=now.astimezone(clock.zone()),
            ringing=[channel for channel, gateway in self._by_channel.items() if gateway.rings],
            promised_on=promised_on,
        )
        # Notices that an unreachable gateway did not get in this run have not used an attempt.
        if step.channel in self._away:
            return Step(wait_until=now + wait_after(1), is_away=True)
        if step.channel and not self._languages_of(row):
            return Step(wait_until=now + dt.timedelta(hours=1), lacks_language=True)
        return step

    def _languages_of(self, row: Any) -> list[str]:
        """Return the languages of a notice: the same during one chunk, even if the acceptance of a text is withdrawn meanwhile."""
        key = NoticeKind(row.kind), row.language
        if key not in self._languages:
            self._languages[key] = languages_with(key[0], languages_of(key[1]))
        return self._languages[key]

    def _settle(self, pairs: Sequence[tuple[Any, Step]], sent: Sent) -> None:
        for _, step in pairs:
            sent.no_gateway += step.lacks_gateway
            sent.later += step.is_away
            sent.no_language += step.lacks_language
            sent.quiet += step.wait_until is not None and not (
                step.lacks_gateway or step.is_away or step.lacks_language
            )
            sent.withdrawn += step.settle is NoticeState.WITHDRAWN
            sent.unreachable += step.settle in {NoticeState.BOUNCED, NoticeState.UNREACHABLE}
        self._put_off(pairs)

    def _put_off(self, pairs: Sequence[tuple[Any, Step]]) -> None:
        if pairs:
            run(
                sql("notices", "settle_notices"),
                {
                    "line_ids": [row.line_id for row, _ in pairs],
                    "notice_ids": [row.notice_id for row, _ in pairs],
                    "states": [(step.settle or NoticeState.QUEUED).value for _, step in pairs],
                    "next_try_ats": [step.wait_until or IMMEDIATELY for _, step in pairs],
                    "claim": self._claim,
                },
            )

    def _intend(self, steps: Sequence[tuple[Any, Step]], intents: Sequence[_Intent]) -> None:
        kept = {one.attempt_id for one in intents}
        # A notice that waits for an hour of the day is resumed under its reference: a killed process may have sent it.
        dropped = [
            (row.line_id, one)
            for row, step in steps
            if step.channel is not None or step.settle is not None
            for one in _waiting(row)
            if one not in kept
        ]
        _drop(dropped, Outcome.FAILED)
        if intents:
            fresh = [self._campaigns.promise(one.row) for one in intents]
            promised = {
                "promised_ons": [one.promised_on for one in intents],
                "pack_hashes": [one.pack_hash if one else None for one in fresh],
            }
            run(sql("notices", "prepare_attempts"), {**_columns(intents), **promised, "now": clock.now()})

    def _hand_over(self, channel: Channel, intents: Sequence[_Intent], sent: Sent) -> None:
        if not intents:
            return
        addresses = self._open(channel, intents)
        ready = [one for one in intents if addresses[one.row.line_id].is_readable]
        codes = _receipt_codes([one.row for one in ready])
        messages = [
            _message(
                one,
                addresses[one.row.line_id],
                pack=self._campaigns.law(one.row) or self._pack,
                languages=self._languages_of(one.row),
                receipt=code,
                on=self._on,
            )
            for one, code in zip(ready, codes, strict=True)
        ]
        try:
            said = self._by_channel[channel].send(messages) if ready else []
        except GatewayBroken:
            self._set_away(channel, sent)
            sent.broken += len(intents)
            later = Step(wait_until=clock.now() + wait_after(1))
            self._put_off([(one.row, later) for one in intents])
            return
        answers = dict(zip(map(id, ready), said, strict=True))
        if answers and all(one.answer is Answer.RETRY for one in answers.values()):
            self._set_away(channel, sent)
        no_answer = SubmissionResult(
            Answer.REFUSED
        )  # the address does not open: erased meanwhile, and so no channel
        self._record(intents, [answers.get(id(one), no_answer) for one in intents], sent)

    def _set_away(self, channel: Channel, sent: Sent) -> None:
        self._away.add(channel)
        if channel not in sent.away:
            sent.away.append(channel)

    def _open(self, channel: Channel, intents: Sequence[_Intent]) -> dict[LineId, SecretValue]:
        """Open the addresses of one chunk, each with its own ledger entry."""
        field = LineField.NUMBER if channel.uses_line else LineField.CONTACT
        column = "number_sealed" if channel.uses_line else "contact_sealed"
        pairs = {LineId(one.row.line_id): bytes(getattr(one.row, column)) for one in intents}
        opened = open_line_values(
            worker_authority(), field, list(pairs.items()), purpose=Purpose.NOTICE, on=self._on
        )
        return {line_id: address_in(value, channel) for line_id, value in zip(pairs, opened, strict=True)}

    def _record(self, intents: Sequence[_Intent], answers: Sequence[SubmissionResult], sent: Sent) -> None:
        now = clock.now()
        for one in answers:
            sent.accepted += one.answer is Answer.ACCEPTED
            sent.bounced += one.answer is Answer.REFUSED
            sent.later += one.answer in {Answer.RETRY, Answer.FAILED, Answer.DECLINED}
        again = [_again_at(intent, one.answer, now=now) for intent, one in zip(intents, answers, strict=True)]
        with action():
            run(
                sql("notices", "record_submissions"),
                {
                    **_columns(intents),
                    "outcomes": [_OUTCOMES[one.answer].value for one in answers],
                    "references": [
                        _reference(intent, one) for intent, one in zip(intents, answers, strict=True)
                    ],
                    "next_try_ats": again,
                    # A gateway that was away is asked again by its own job.
                    "next_channels": [
                        intent.channel.value if one.answer is Answer.RETRY else _UNDECIDED
                        for intent, one in zip(intents, answers, strict=True)
                    ],
                    "again_at": now + RETRY_AFTER_FAILURE,
                    "claim": self._claim,
                    "now": now,
                    "on": self._on,
                    "role": self._role.value,
                    "actor": self._authority.commitment,
                    "staff_id": self._authority.staff_id,
                    "bounced": Verb.NOTICE_BOUNCED.value,
                },
            )


def _follow_people(gone: Sequence[Any]) -> None:
    """Queue again, on another line of the same person, notices about their data that were for a line that they have left."""
    if gone:
        ids = {"line_ids": [row.line_id for row in gone], "notice_ids": [row.notice_id for row in gone]}
        run(sql("notices", "follow_people"), ids)


def _again_at(intent: _Intent, answer: Answer, *, now: dt.datetime) -> dt.datetime:
    if answer is Answer.RETRY:
        return now + wait_after(intent.tries_before + 1)
    return now + RETRY_AFTER_FAILURE if answer in {Answer.FAILED, Answer.DECLINED} else IMMEDIATELY


def _reference(intent: _Intent, given: SubmissionResult) -> str | None:
    """Return the reference that shows that a message left Rollkeeper, None unless a gateway accepted it or says that it tried."""
    if given.answer is Answer.ACCEPTED:
        return given.gateway_reference or str(intent.attempt_id)
    return given.gateway_reference if given.answer is Answer.FAILED else None


def _drop(attempts: Sequence[tuple[LineId, UUID]], outcome: Outcome) -> None:
    if attempts:
        line_ids, attempt_ids = zip(*attempts, strict=True)
        run(
            sql("notices", "drop_attempts"),
            {
                "line_ids": list(line_ids), "attempt_ids": list(attempt_ids), "outcome": outcome.value,
                "now": clock.now(),
            },
        )  # fmt: skip


def _columns(intents: Sequence[_Intent]) -> dict[str, list[Any]]:
    return {
        "line_ids": [one.row.line_id for one in intents],
        "notice_ids": [NoticeId(one.row.notice_id) for one in intents],
        "attempt_ids": [one.attempt_id for one in intents],
        "channels": [one.channel.value for one in intents],
    }


def contact_policy(pack: Pack, *, is_statutory: bool) -> ContactPolicy:
    """Return how to notify people: the pack's quiet hours always hold, its channels and attempts only for notices of the duty."""
    chosen, law = settings(), pack.notification_rules
    own = [Channel(one) for one in chosen.channels]
    quiet = ((chosen.quiet_from, chosen.quiet_until), *law.quiet_hours)
    # Without a program letters go to the file of a demo instance, which prints nothing.
    no_letters = [(chosen.post_until, chosen.post_from)] if chosen.post_program else []
    if not is_statutory:
        return ContactPolicy(order=own, max_tries=chosen.tries, quiet=quiet, no_letters=no_letters)
    return ContactPolicy(
        order=[Channel(one) for one in law.channels] or own,
        max_tries=chosen.tries,
        min_attempts=law.min_attempts,
        apart=law.attempts_apart,
        quiet=quiet,
        no_letters=no_letters,
    )


def line_of(row: Any) -> Line | None:
    """Return what `next_step` needs to know of a line, None if the line is gone or its record erased."""
    if row.service is None or (row.number_sealed is None and row.contact_sealed is None):
        return None
    return Line(
        service=row.service,
        state=row.state,
        is_settled=row.is_settled,
        has_number=row.number_sealed is not None,
        has_mailbox=row.contact_sealed is not None and row.contact_kind != ContactKind.POSTAL,
        has_postal_address=row.contact_sealed is not None
        and row.contact_kind in {ContactKind.POSTAL, ContactKind.BOTH},
        is_heard=row.bars is not None and not Bars(row.bars) & Bars.INCOMING,
    )


def address_in(opened: SecretValue, channel: Channel) -> SecretValue:
    """Return the part of the opened value to which a channel sends. A value that could not be opened is returned unchanged."""
    if channel.uses_line or not opened.is_readable:
        return opened
    mailbox, postal = split_contact(opened.reveal())
    return SecretValue(postal if channel is Channel.POST else mailbox)


def _past_attempts(row: Any) -> list[PastAttempt]:
    made = [
        PastAttempt(
            Channel(one["channel"]),
            Outcome(one["outcome"]),
            at=dt.datetime.fromisoformat(one["at"]),
            was_submitted=one["left"],
        )
        for one in row.made
    ]
    return [one for one in made if one.outcome is not Outcome.WAITING]


def _waiting(row: Any) -> dict[UUID, Any]:
    return {UUID(one["id"]): one for one in row.made if one["outcome"] == Outcome.WAITING}


def _intent(row: Any, channel: Channel, *, promised_on: dt.date | None) -> _Intent:
    """Make an attempt, or resume a waiting one, which was put off or left by a killed process that may have sent it."""
    waiting = _waiting(row)
    left = next((one for one, made in waiting.items() if made["channel"] == channel), None)
    before = sum(one.channel is channel and one.outcome is Outcome.FAILED for one in _past_attempts(row))
    is_repeat = left is not None and not waiting[left]["put_off"]
    return _Intent(row, left or new_uuid(), channel, promised_on, is_repeat=is_repeat, tries_before=before)


def _receipt_codes(notified: Sequence[Any]) -> list[str | None]:
    """Return, for each notice, the code of the receipt of the action that it reports, None if it reports no action."""
    return codes_of(
        [
            (LineId(row.line_id), _TELLS_OF.get(NoticeKind(row.kind), frozenset()), row.queued_on)
            for row in notified
        ]
    )


def _message(
    intent: _Intent, address: SecretValue, *, pack: Pack, languages: Sequence[str], receipt: str | None, on: dt.date
) -> Message:  # fmt: skip
    """Write one notice; `pack` is the law of which it speaks."""
    here, row = instance(), intent.row
    kind = NoticeKind(row.kind)
    said = tuple(
        write_notice(
            kind,
            language=language,
            brief=is_brief(intent.channel, languages),
            promised_on=intent.promised_on,
            suspension=pack.campaign.time_to_end if kind.is_statutory else None,
            stage=stage_facts(pack, kind, step=row.step),
            code=row.code,
            operator=here.operator_name,
            care=here.care_number,
            signature=sms_signature() if intent.channel is Channel.SMS else None,
            named={
                "law": pack.title(language),
                "fields": say_fields(row.exposed or (), language=language),
                **case_phrases(row.about, complaint_body(load_pack(here.pack), language, on=on)),
            },
            receipt=receipt,
            key=key_to_press(intent.attempt_id) if intent.channel is Channel.VOICE else None,
        )
        for language in languages
    )
    said = reworded(said, row, intent.channel)
    return Message(intent.attempt_id, intent.channel, address, said, is_repeat=intent.is_repeat)
