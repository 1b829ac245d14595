# SPDX-License-Identifier: EUPL-1.2
"""Notices queued and sent. Texts are not stored: they are made again from kind, language, promised day and code.

Inserts by SQL set line_id, kind, language, queued_on, promised_on, pack_hash and, in a campaign, campaign_id; the table fills in
the rest, including the code to check by dialling.
"""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import UUID7

from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.choices import LetterVerdict, NoticeKind, NoticeState, Outcome

IMMEDIATELY = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class FreshCode(models.Func):
    """Eight random digits, made by the database. Checked together with the line, so that it cannot be guessed."""

    template = (
        "lpad(mod(('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint, 100000000)::text, 8, '0')"
    )
    output_field = models.TextField()


class Notice(models.Model):
    """One thing of which one subscriber must be notified."""

    pk = models.CompositePrimaryKey("line_id", "notice_id")
    line_id = models.UUIDField()
    notice_id = models.UUIDField(db_default=UUID7())
    kind = models.TextField(db_comment="notices.choices.NoticeKind.")
    campaign_id = models.UUIDField(null=True)
    language = models.TextField()
    state = models.TextField(db_default="queued", db_comment="notices.choices.NoticeState.")
    channel = models.TextField(null=True, db_comment="sms, voice, email or post: the last one tried.")
    queued_on = models.DateField()
    promised_on = models.DateField(
        null=True, db_comment="The day that the text promises; never shortened afterwards."
    )
    pack_hash = models.TextField(db_comment="The rule pack that the text rests on.")
    code = models.TextField(
        db_default=FreshCode(), db_comment="What the subscriber can dial to check that the notice is genuine."
    )
    attempts = models.SmallIntegerField(db_default=0)
    next_try_at = models.DateTimeField(db_default=IMMEDIATELY)
    next_channel = models.TextField(
        db_default="",
        db_comment="The channel whose gateway has its turn, so that no gateway waits for another; empty: not decided.",
    )
    claimed_by = models.IntegerField(
        null=True, db_comment="The claim of the process that is sending it; void when that process is gone."
    )
    delivered_on = models.DateField(null=True)
    exposed = ArrayField(
        models.TextField(),
        null=True,
        db_comment="Which fields were exposed, by name; of a notice of that alone.",
    )
    wording_id = models.UUIDField(
        null=True,
        db_comment="What is said in place of the standard text; of a notice that data was exposed alone.",
    )
    about = models.TextField(
        null=True, db_comment="Of a notice that a case is decided: selfcare.choices.CaseKind."
    )
    for_tenure = models.UUIDField(
        null=True,
        db_comment="The tenure whose subscriber alone it is for: withdrawn once the line is another person's, or theirs is protected.",
    )

    class Meta:
        """Sharded by line."""

        db_table = "notices_notice"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=NoticeState.values),
                name="notices_notice_in_unknown_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state=NoticeState.DELIVERED.value, delivered_on__isnull=False)
                | (~models.Q(state=NoticeState.DELIVERED.value) & models.Q(delivered_on__isnull=True)),
                name="notices_notice_delivered_without_proof",
            ),
            models.CheckConstraint(
                # The notice of the last bar names no day if the law has no end.
                condition=~models.Q(kind__in=[NoticeKind.REGISTER_BY.value, NoticeKind.REMINDER.value])
                | models.Q(promised_on__isnull=False),
                name="notices_notice_promises_no_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["claimed_by"],
                name="notices_notice_claimed",
                condition=models.Q(claimed_by__isnull=False),
            ),
            models.Index(
                fields=["next_channel", "next_try_at"],
                name="notices_notice_to_send",
                condition=models.Q(state=NoticeState.QUEUED.value),
            ),
            models.Index(
                fields=["delivered_on"],
                name="notices_notice_delivered",
                condition=models.Q(state=NoticeState.DELIVERED.value),
            ),
        ]


class Wording(models.Model):
    """What an operator says in place of a standard text on one occasion, in one language."""

    pk = models.CompositePrimaryKey("wording_id", "language")
    wording_id = models.UUIDField(db_comment="The incident of which it speaks.")
    language = models.TextField()
    text = models.TextField(db_comment="With marks for what is put in for each person; names no one.")

    class Meta:
        """Few rows."""

        db_table = "notices_wording"


class Attempt(models.Model):
    """One try to deliver, and its outcome; append-only except for the outcome."""

    pk = models.CompositePrimaryKey("line_id", "attempt_id")
    line_id = models.UUIDField()
    attempt_id = models.UUIDField(
        db_default=UUID7(), db_comment="Also the reference that the gateway sees and gives back."
    )
    notice_id = models.UUIDField()
    channel = models.TextField()
    sent_at = models.DateTimeField()
    outcome = models.TextField(db_default="waiting", db_comment="notices.choices.Outcome.")
    outcome_at = models.DateTimeField(null=True)
    gateway_reference = models.TextField(null=True, db_comment="The gateway's own id for this message.")

    class Meta:
        """Sharded by line."""

        db_table = "notices_attempt"
        indexes = [
            models.Index(fields=["attempt_id"], name="notices_attempt_by_reference"),
            models.Index(
                fields=["gateway_reference"],
                name="notices_attempt_by_gateway",
                condition=models.Q(gateway_reference__isnull=False),
            ),
            models.Index(
                fields=["sent_at"],
                name="notices_attempt_open",
                condition=models.Q(outcome=Outcome.ACCEPTED.value),
            ),
            models.Index(
                fields=["line_id"],
                name="notices_attempt_in_vain_post",
                condition=models.Q(
                    channel=Channel.POST.value, outcome__in=[Outcome.BOUNCED.value, Outcome.UNPROVEN.value]
                ),
            ),
        ]


class ReturnedLetter(models.Model):
    """A reference from returned mail, as the back office recorded it; Rollkeeper decides what it is."""

    reference = models.TextField(
        primary_key=True,
        db_comment="As it was scanned or typed, in groups of four signs; it contains no personal data.",
    )
    recorded_at = models.DateTimeField()
    staff_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    verdict = models.TextField(null=True, db_comment="notices.choices.LetterVerdict; null while it waits.")

    class Meta:
        """One row a reference, however often it is noted."""

        db_table = "notices_returnedletter"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__isnull=True, settled_at__isnull=True)
                | models.Q(
                    verdict__in=LetterVerdict.values,
                    settled_at__isnull=False,
                    verdict__isnull=False,
                ),
                name="notices_returnedletter_settled_without_verdict",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    reference__regex=r"^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}(-[0-9A-Z]{4}-[0-9A-Z]{2})?$"
                ),
                name="notices_returnedletter_of_other_form",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recorded_at"],
                name="notices_returnedletter_waiting",
                condition=models.Q(verdict__isnull=True),
            ),
            models.Index(fields=["recorded_at"], name="notices_returnedletter_by_time"),
        ]


class Tally(models.Model):
    """Notices by kind and state, attempts by channel and outcome, as changes that add up; each run of sending folds them.

    Written by triggers on both tables, so that it cannot be forgotten. Insert-only between two folds, so that no writer waits.
    """

    tally_id = models.BigAutoField(primary_key=True)
    subject = models.TextField(db_comment="notice or attempt.")
    campaign_id = models.UUIDField(null=True, db_comment="Of notices alone.")
    category = models.TextField(db_comment="A notice's kind, an attempt's channel.")
    status = models.TextField(db_comment="A notice's state, an attempt's outcome.")
    last_channel = models.TextField(null=True, db_comment="The channel by which a notice was tried last.")
    change = models.BigIntegerField()

    class Meta:
        """Few rows."""

        db_table = "notices_tally"
