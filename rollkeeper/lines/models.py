# SPDX-License-Identifier: EUPL-1.2
"""Lines and all about them, sharded by `line_id`; two look-up tables sharded by their blind index.

`version` grows with every change of a line: a decision on an older version is refused (compare-and-set).
"""

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField
from django.db import models
from django.db.models.functions import UUID7, Now

from rollkeeper.kernel.choices import BAR_LEVELS, Bars, IdentityCheck, Payment


class Line(models.Model):
    """One service under one number."""

    line_id = models.UUIDField(primary_key=True)
    service = models.TextField(db_comment="lines.choices.Service.")
    state = models.TextField(db_comment="lines.choices.LineState.")
    version = models.BigIntegerField(default=1)
    is_registered = models.BooleanField(
        default=False, db_comment="True identity recorded for the present tenure."
    )
    must_reverify = models.BooleanField(
        db_default=False,
        db_comment="A campaign asks its registered subscriber to verify the registration again.",
    )
    is_disputed = models.BooleanField(
        default=False, db_comment="A receipt or an appeal contradicts the record."
    )
    is_essential = models.BooleanField(
        default=False, db_comment="Lift, alarm, medical device: never cut by a batch."
    )
    activated_on = models.DateField()
    terminated_on = models.DateField(null=True)
    terminated_by = models.TextField(null=True, db_comment="campaign, subscriber or import_undone.")
    erased_on = models.DateField(null=True)
    language = models.TextField(
        null=True, db_comment="Language of notices while there is no registered subscriber."
    )
    region = models.TextField(null=True, db_comment="Area or branch, for figures and for calendars.")
    payment = models.TextField(
        default=Payment.UNKNOWN.value,
        db_default=Payment.UNKNOWN.value,
        db_comment="kernel.choices.Payment: where a law asks how a line is paid.",
    )
    number_index = models.BinaryField(null=True, db_comment="Keyed hash of the number. Goes at erasure.")
    number_sealed = models.BinaryField(null=True, db_comment="Personal, sealed. Goes at erasure.")
    contact_sealed = models.BinaryField(
        null=True,
        db_comment="Personal, sealed: an e-mail address, a postal address on the lines after it, or both, from the"
        " operator's file, for notices only. Goes at erasure.",
    )
    contact_kind = models.TextField(
        null=True, db_comment="lines.contacts.ContactKind; null: an e-mail address alone."
    )

    class Meta:
        """State and registration are constrained in the first migration."""

        db_table = "lines_line"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment__in=Payment.values), name="lines_line_paid_in_unknown_way"
            )
        ]
        indexes = [
            models.Index(
                fields=["terminated_on", "line_id"],
                name="lines_line_to_erase",
                condition=models.Q(terminated_on__isnull=False, erased_on__isnull=True),
            ),
            models.Index(
                fields=["line_id"],
                name="lines_line_undone",
                condition=models.Q(terminated_by="import_undone", erased_on__isnull=True),
            ),
            # Who had a number before another subscriber; a current line is found by lines_number.
            models.Index(
                fields=["number_index"],
                name="lines_line_by_past_number",
                condition=models.Q(terminated_on__isnull=False, number_index__isnull=False),
            ),
        ]


class Number(models.Model):
    """Which line has this number now; in quarantine the row stays and the number is not given out."""

    number_index = models.BinaryField(primary_key=True)
    line_id = models.UUIDField()
    quarantined_until = models.DateField(null=True)

    class Meta:
        """Sharded by the index."""

        db_table = "lines_number"
        indexes = [
            models.Index(
                fields=["quarantined_until", "number_index"],
                name="lines_number_in_quarantine",
                condition=models.Q(quarantined_until__isnull=False),
            )
        ]


class Reference(models.Model):
    """The operator's own reference for a line (customer id), as a keyed hash: the next import finds the line again by it."""

    reference_index = models.BinaryField(primary_key=True)
    line_id = models.UUIDField()

    class Meta:
        """Sharded by the index."""

        db_table = "lines_reference"
        indexes = [models.Index(fields=["line_id"], name="lines_reference_by_line")]


class Suspension(models.Model):
    """One reason for which a line is suspended; several can be open at once, each with its own clock.

    A missing registration may have several steps, one for each bar of the law; they are lifted together.
    """

    pk = models.CompositePrimaryKey("line_id", "suspension_id")
    line_id = models.UUIDField()
    suspension_id = models.UUIDField()
    reason = models.TextField(db_comment="lines.choices.SuspensionReason.")
    begun_on = models.DateField()
    begun_at = models.DateTimeField()
    restored_on = models.DateField(null=True)
    restored_at = models.DateTimeField(null=True)
    batch_id = models.UUIDField(null=True, db_comment="The batch of a campaign that did it.")
    was_wrongful = models.BooleanField(
        db_default=False, db_comment="Found to be wrongful: its hours are refunded."
    )
    step = models.SmallIntegerField(
        db_default=1, db_comment="Which of the law's bars it is, 1 the first; 1 for every other reason."
    )
    bars = models.SmallIntegerField(
        db_default=int(Bars.ALL), db_comment="What the line is kept from: kernel.choices.Bars, added up."
    )

    class Meta:
        """At most one open suspension a reason and step."""

        db_table = "lines_suspension"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "reason", "step"],
                condition=models.Q(restored_on__isnull=True),
                name="lines_suspension_reason_open_twice",
            ),
            models.CheckConstraint(
                condition=models.Q(bars__in=BAR_LEVELS), name="lines_suspension_of_unknown_level"
            ),
        ]


class Tenure(models.Model):
    """Who was the subscriber of a line when. The temporal key (line_id, held WITHOUT OVERLAPS) is made in the first migration."""

    pk = models.CompositePrimaryKey("line_id", "held")
    line_id = models.UUIDField()
    held = DateTimeRangeField()
    tenure_id = models.UUIDField()
    party_kind = models.TextField()
    person_id = models.UUIDField(db_comment="The subscriber: a person or a company.")
    user_person_id = models.UUIDField(null=True, db_comment="Company lines: who uses the line.")
    bearer_person_id = models.UUIDField(null=True, db_comment="Company lines: who brought the papers.")
    guardian_person_id = models.UUIDField(null=True, db_comment="Minors: the guardian.")
    assurance = models.TextField(db_comment="declared, sighted, checked, machine_read or confirmed.")
    commitment = models.TextField(
        null=True, db_comment="The subscriber's commitment in the ledger. Deleted at erasure."
    )
    route = models.TextField(
        null=True,
        db_comment="The pack's way for a subscriber without a document. Deleted at erasure.",
    )
    accepted_through = models.DateField(
        null=True,
        db_comment="Last day on which that is accepted; null: no limit, or a document was shown.",
    )
    good_through = models.DateField(
        null=True,
        db_comment="Last day on which the registration is good; null: without an end. Staff read it one line at a time. Deleted at erasure.",
    )
    identity_check = models.TextField(
        null=True,
        db_comment="kernel.choices.IdentityCheck: by which check, where the law names several. Staff read it one line at a time. Deleted at erasure.",
    )
    erased_on = models.DateField(null=True)
    contested_on = models.DateField(
        null=True,
        db_comment="Since when the person says that the line is not theirs: it counts for no limit.",
    )

    begun_by_entry = models.BigIntegerField(
        null=True, db_comment="The ledger entry that began it; null for a declared subscriber of an import."
    )
    ended_by_entry = models.BigIntegerField(
        null=True,
        db_comment="The ledger entry that ended it, of the same transaction. Without one it is never erased.",
    )

    class Meta:
        """Sharded by line."""

        db_table = "lines_tenure"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(identity_check__in=IdentityCheck.values),
                name="lines_tenure_checked_in_unknown_way",
            )
        ]
        indexes = [
            models.Index(fields=["person_id"], name="lines_tenure_by_person"),
            models.Index(
                fields=["good_through"],
                name="lines_tenure_with_a_last_day",
                condition=models.Q(good_through__isnull=False, held__endswith__isnull=True),
            ),
        ]


class Pause(models.Model):
    """Days on which the line's clock is paused: a justified reason, a dispute, an appeal."""

    pk = models.CompositePrimaryKey("line_id", "pause_id")
    line_id = models.UUIDField()
    pause_id = models.UUIDField()
    days = DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")
    reason = models.TextField(db_comment="lines.choices.PauseReason.")
    recorded_at = models.DateTimeField()
    evidence_due_on = models.DateField(
        null=True, db_comment="Until when a proof is hoped for; nothing follows where none comes."
    )
    evidence_seen_on = models.DateField(
        null=True, db_comment="When staff saw one. The proof itself is not kept."
    )

    class Meta:
        """Sharded by line."""

        db_table = "lines_pause"
        indexes = [
            models.Index(
                fields=["evidence_due_on"],
                name="lines_pause_awaiting_evidence",
                condition=models.Q(evidence_due_on__isnull=False, evidence_seen_on__isnull=True),
            )
        ]


class Reconnection(models.Model):
    """A suspended line works again for some hours on request; once in its life, without giving a reason.

    A new row asks the network to restore the line and to bar it again at the end: a trigger of the package provisioning does
    both, so that every reconnection ends and none is forgotten.
    """

    line_id = models.UUIDField(primary_key=True)
    reconnected_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        """Sharded by line; append-only. The primary key allows one row a line."""

        db_table = "lines_reconnection"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("reconnected_at")),
                name="lines_reconnection_ends_before_it_begins",
            )
        ]


class CounterCode(models.Model):
    """A one-time code that came to a line, by which a counter finds that line instead of by its number."""

    code_hash = models.BinaryField(
        primary_key=True,
        db_comment="Keyed hash of the code, or of a handle that no code led to. Unredeemed ones go within a day.",
    )
    line_id = models.UUIDField()
    made_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    handle_id = models.UUIDField(null=True, db_comment="The handle of the line on one clerk's pages.")
    redeemed_by = models.UUIDField(
        null=True, db_comment="The clerk to whom it was read out; valid for no one else."
    )

    class Meta:
        """One living code a line; instants are the machine's own."""

        db_table = "lines_countercode"
        indexes = [
            models.Index(fields=["line_id", "made_at"], name="lines_countercode_by_line"),
            models.Index(
                fields=["handle_id"],
                name="lines_countercode_by_handle",
                condition=models.Q(handle_id__isnull=False),
            ),
        ]


class CounterCodeAttempt(models.Model):
    """A wrong code typed at a counter, counted to prevent guessing."""

    attempt_id = models.UUIDField(primary_key=True, db_default=UUID7())
    staff_id = models.UUIDField()
    attempted_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Rows go after a day."""

        db_table = "lines_countercodeattempt"
        indexes = [models.Index(fields=["attempted_at"], name="lines_countercodeattempt_by_time")]


class AccessCount(models.Model):
    """How often an account looked up lines and compared documents within an hour. Written by `lines_count_access` alone."""

    pk = models.CompositePrimaryKey("hour", "staff_id")
    hour = models.DateTimeField(db_comment="By the machine, regardless of a demo instance's date.")
    staff_id = models.UUIDField(db_comment="The account; zeros for the console.")
    lookups = models.IntegerField(db_default=0)
    missed_lookups = models.IntegerField(db_default=0, db_comment="Of these, in vain.")
    documents = models.IntegerField(db_default=0)
    mismatched_documents = models.IntegerField(db_default=0, db_comment="Of these, not the recorded one.")

    class Meta:
        """Rows go after two days (`lines/sql/count_access.sql`). No role may read or write them."""

        db_table = "lines_accesscount"


class CounterTermination(models.Model):
    """A contract that a counter ended within the last day: written by a trigger, so that all counters have one brake."""

    line_id = models.UUIDField(primary_key=True)
    ended_at = models.DateTimeField(
        db_comment="Instant by the machine, regardless of a demo instance's date."
    )

    class Meta:
        """Rows go after a day (`lines/sql/counter_role_triggers.sql`)."""

        db_table = "lines_countertermination"


class LegalHold(models.Model):
    """A legal hold: erasure waits while it covers the day. It ends by itself."""

    pk = models.CompositePrimaryKey("line_id", "legal_hold_id")
    line_id = models.UUIDField()
    legal_hold_id = models.UUIDField()
    days = DateRangeField()
    case_reference = models.TextField(db_comment="Case number of the order, no names.")
    review_on = models.DateField()

    class Meta:
        """Sharded by line."""

        db_table = "lines_legalhold"
