# SPDX-License-Identifier: EUPL-1.2
"""Authorities that may request, their disclosure requests, the decisions, and the deferred notifications."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rollkeeper.disclosures.choices import DisclosureState


class RequestingAuthority(models.Model):
    """One authority with one key, approved by two people. A new key is a new row."""

    authority_id = models.UUIDField(primary_key=True)
    title = models.TextField(db_comment="The authority's name. Of a back office, never of a person.")
    kind = models.TextField(db_comment="What the pack calls it (disclosure[].to).")
    public_key = models.TextField(db_comment="An age recipient: what answers are sealed to.")
    key_hash = models.TextField(db_comment="SHA-256 of the public key, as read out on another way.")
    valid_until = models.DateField(db_comment="Last day on which something is sealed to this key.")
    proposed_on = models.DateField()
    approved_on = models.DateField(null=True)
    removed_on = models.DateField(null=True, db_comment="First day without it.")

    class Meta:
        """Few rows."""

        db_table = "disclosures_authority"


class _WithoutPeople(models.Manager["DisclosureRequest"]):
    """Leave out the columns that no app may read: marks, and whom a request found. A process that may read one loads it on first use."""

    def get_queryset(self) -> models.QuerySet["DisclosureRequest"]:
        return (
            super()
            .get_queryset()
            .defer("number_mark", "instrument_mark", "file_mark", "line_id", "person_id")
        )


class DisclosureRequest(models.Model):
    """One disclosure request about who held one number on one day."""

    disclosure_id = models.UUIDField(primary_key=True)
    authority_id = models.UUIDField()
    kind = models.TextField(db_comment="The authority's kind, for counting.")
    instrument = models.TextField(db_comment="disclosures.choices.Instrument.")
    instrument_mark = models.BinaryField(
        null=True,
        db_comment="Keyed hash of the instrument's reference, to count people an instrument. Goes at erasure.",
    )
    file_mark = models.TextField(
        null=True, db_comment="Keyed hash of the instrument's file. Goes at erasure."
    )
    file_id = models.UUIDField(null=True, db_comment="Names the sealed copy (vault_file). Goes at erasure.")
    fields = ArrayField(
        models.TextField(), db_comment="vault.fields, by name: what may be opened, nothing else."
    )
    number_mark = models.BinaryField(
        null=True,
        db_comment="Keyed hash of the number, the same as in lines_number. Personal. Goes at erasure.",
    )
    held_on = models.DateField(null=True, db_comment="Who held the number on this day.")
    held_at = models.TimeField(null=True, db_comment="The time, where the line changed hands on that day.")
    article = models.TextField(null=True)
    pack_hash = models.TextField(db_comment="The rule pack under which it was entered.")
    received_on = models.DateField()
    expires_on = models.DateField(db_comment="Last day of the instrument.")
    reply_by = models.DateField(null=True, db_comment="By when the pack has an answer given.")
    keep_days = models.IntegerField(db_comment="Days after its end for which the pack has it kept.")
    keep_months = models.IntegerField(default=0, db_comment="Months before these days, by the calendar.")
    keep_overflows = models.BooleanField(
        default=False,
        db_comment="Whether months to a day that does not exist end on the first of the next one.",
    )
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()
    state = models.TextField(db_comment="disclosures.choices.DisclosureState.")
    refused_because = models.TextField(null=True, db_comment="disclosures.choices.RefusalReason.")
    refused_by_law = models.BooleanField(default=False)
    outcome = models.TextField(null=True, db_comment="disclosures.choices.Outcome.")
    line_id = models.UUIDField(null=True, db_comment="Found when it was opened. Goes at erasure.")
    person_id = models.UUIDField(null=True, db_comment="Found when it was opened. Goes at erasure.")
    opened_on = models.DateField(null=True)
    answer_hash = models.TextField(null=True, db_comment="SHA-256 of the sealed answer.")
    delivered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True, db_comment="Refused, expired or delivered: it is kept from here.")
    notified_on = models.DateField(
        null=True, db_comment="When the person was notified, or could look for themselves."
    )
    is_notice_queued = models.BooleanField(
        null=True, db_comment="Whether a notice was owed; otherwise their own page says it."
    )
    erased_on = models.DateField(null=True)

    objects = _WithoutPeople()

    class Meta:
        """Grows by what authorities request."""

        db_table = "disclosures_request"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DisclosureState.values),
                name="disclosures_request_in_unknown_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DisclosureState.REFUSED.value)
                | models.Q(refused_because__isnull=False),
                name="disclosures_request_refused_without_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["instrument_mark"], name="disclosures_request_by_instrument"),
            models.Index(fields=["file_mark"], name="disclosures_request_by_file"),
            models.Index(
                fields=["opened_on"],
                name="disclosures_request_to_tell",
                condition=models.Q(opened_on__isnull=False, notified_on__isnull=True),
            ),
        ]


class DeferredNotification(models.Model):
    """A deferral of the notification until a day: one person asks for it; it is valid once another approves it."""

    pk = models.CompositePrimaryKey("disclosure_id", "deferral_id")
    disclosure_id = models.UUIDField()
    deferral_id = models.UUIDField()
    until = models.DateField(db_comment="Last day on which the person is not notified.")
    because = models.TextField(db_comment="disclosures.choices.DeferralReason.")
    renewal = models.SmallIntegerField(db_comment="0: the first; then 1, 2, ...")
    asked_at = models.DateTimeField()
    agreed_on = models.DateField(null=True)

    class Meta:
        """Never changed once two agree."""

        db_table = "disclosures_deferral"
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure_id", "renewal"], name="disclosures_deferral_twice_for_one_renewal"
            ),
        ]
