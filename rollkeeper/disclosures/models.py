# SPDX-License-Identifier: EUPL-1.2
"""Authorities that may demand, their demands, who decided what, and whose telling is put off until when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DemandingAuthority(models.Model):
    """One authority with one key, admitted by two people. A new key is a new row."""

    authority_id = models.UUIDField(primary_key=True)
    title = models.TextField(db_comment="The authority's name. Of an office, never of a person.")
    kind = models.TextField(db_comment="What the pack calls it (disclosure[].to).")
    public_key = models.TextField(db_comment="An age recipient: what answers are sealed to.")
    key_hash = models.TextField(db_comment="SHA-256 of the public key, as read out on another way.")
    valid_until = models.DateField(db_comment="Last day on which something is sealed to this key.")
    proposed_by = models.UUIDField()
    proposed_on = models.DateField()
    admitted_by = models.UUIDField(null=True)
    admitted_on = models.DateField(null=True)
    ended_on = models.DateField(null=True, db_comment="First day without it.")

    class Meta:
        """Few rows."""

        db_table = "disclosures_authority"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(admitted_by__isnull=True) | ~models.Q(admitted_by=models.F("proposed_by")),
                name="disclosures_authority_admitted_by_who_proposed_it",
            )
        ]


class Demand(models.Model):
    """One demand about who held one number on one day."""

    demand_id = models.UUIDField(primary_key=True)
    authority_id = models.UUIDField()
    kind = models.TextField(db_comment="The authority's kind, for counting.")
    instrument = models.TextField(db_comment="disclosures.kinds.Instrument.")
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
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()
    state = models.TextField(db_comment="disclosures.kinds.DemandState.")
    refused_because = models.TextField(null=True, db_comment="disclosures.kinds.Because.")
    refused_by_law = models.BooleanField(default=False)
    outcome = models.TextField(null=True, db_comment="disclosures.kinds.Outcome.")
    line_id = models.UUIDField(null=True, db_comment="Found when it was opened. Goes at erasure.")
    person_id = models.UUIDField(null=True, db_comment="Found when it was opened. Goes at erasure.")
    opened_on = models.DateField(null=True)
    answer_hash = models.TextField(null=True, db_comment="SHA-256 of the sealed answer.")
    handed_over_on = models.DateField(null=True)
    closed_on = models.DateField(
        null=True, db_comment="Refused, expired or handed over: keep_days count from here."
    )
    told_on = models.DateField(
        null=True, db_comment="When the person was told, or could look for themselves."
    )
    reached = models.BooleanField(
        null=True, db_comment="Whether a notice was owed; otherwise their own page says it."
    )
    erased_on = models.DateField(null=True)

    class Meta:
        """Grows by what authorities demand."""

        db_table = "disclosures_demand"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "approved", "opened", "handed_over", "refused", "expired"]
                ),
                name="disclosures_demand_in_unknown_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="refused") | models.Q(refused_because__isnull=False),
                name="disclosures_demand_refused_without_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["instrument_mark"], name="disclosures_demand_by_instrument"),
            models.Index(fields=["file_mark"], name="disclosures_demand_by_file"),
            models.Index(
                fields=["opened_on"],
                name="disclosures_demand_to_tell",
                condition=models.Q(opened_on__isnull=False, told_on__isnull=True),
            ),
        ]


class DemandDecision(models.Model):
    """One person's yes."""

    pk = models.CompositePrimaryKey("demand_id", "staff_id")
    demand_id = models.UUIDField()
    staff_id = models.UUIDField()
    decided_at = models.DateTimeField()

    class Meta:
        """Append-only. A no ends the demand and stands with it."""

        db_table = "disclosures_decision"


class PutOff(models.Model):
    """That the person is told after a day: asked for by one, good once another agrees."""

    pk = models.CompositePrimaryKey("demand_id", "putoff_id")
    demand_id = models.UUIDField()
    putoff_id = models.UUIDField()
    until = models.DateField(db_comment="Last day on which the person is not told.")
    because = models.TextField(db_comment="disclosures.kinds.PutOffBecause.")
    renewal = models.SmallIntegerField(db_comment="0: the first; then 1, 2, ...")
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    agreed_by = models.UUIDField(null=True)
    agreed_on = models.DateField(null=True)

    class Meta:
        """Never changed once two agree."""

        db_table = "disclosures_putoff"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agreed_by__isnull=True) | ~models.Q(agreed_by=models.F("asked_by")),
                name="disclosures_putoff_agreed_by_who_asked",
            ),
            models.UniqueConstraint(
                fields=["demand_id", "renewal"], name="disclosures_putoff_twice_for_one_renewal"
            ),
        ]
