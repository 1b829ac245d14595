# SPDX-License-Identifier: EUPL-1.2
"""Incidents, the people affected, the duties with deadlines, and what was done."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import UUID7

from rollkeeper.incidents.choices import Severity


class Incident(models.Model):
    """Something leaked or may have leaked."""

    incident_id = models.UUIDField(primary_key=True)
    about = models.TextField(db_comment="incidents.choices.About.")
    severity = models.TextField(db_comment="incidents.choices.Severity.")
    is_drill = models.BooleanField(db_comment="Carried out like any other, without effect on anyone.")
    accounts = ArrayField(
        models.UUIDField(), db_comment="References of staff; empty where it is not by account."
    )
    epoch_id = models.IntegerField(null=True)
    table_of = models.TextField(null=True, db_comment="incidents.choices.Table.")
    since = models.DateTimeField(null=True, db_comment="From when; empty: from ever.")
    until = models.DateTimeField(db_comment="Until when, exclusive.")
    noticed_at = models.DateTimeField(db_comment="When the operator came to know: the clocks count from it.")
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    scoped_at = models.DateTimeField(null=True)
    people = models.BigIntegerField(null=True, db_comment="People whose cleartext was exposed.")
    unregistered_lines = models.BigIntegerField(
        null=True, db_comment="Affected lines without a registered subscriber."
    )
    openings = models.BigIntegerField(null=True)
    sealed_people = models.BigIntegerField(null=True, db_comment="People of whom only sealed values leaked.")
    drafted = models.JSONField(
        null=True,
        db_comment="Of the last scoping: people by language, by field seen, and out of reach. Counts only.",
    )
    notified_at = models.DateTimeField(null=True)
    notices = models.BigIntegerField(null=True)
    unreachable = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Few rows."""

        db_table = "incidents_incident"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values),
                name="incidents_incident_severity",
            ),
        ]


class AffectedPerson(models.Model):
    """One person, by reference, or one line without a registered subscriber, and which fields were seen when."""

    pk = models.CompositePrimaryKey("incident_id", "nth")
    incident_id = models.UUIDField()
    nth = models.BigIntegerField(
        db_comment="The place in the list; counted, since an id costs more than the rest of the row."
    )
    person_id = models.UUIDField(null=True)
    line_id = models.UUIDField(null=True)
    fields = ArrayField(models.TextField(), db_comment="vault.fields, by name; never a value.")
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    openings = models.BigIntegerField()

    class Meta:
        """Rebuilt by every scoping."""

        db_table = "incidents_affectedperson"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person_id__isnull=False) | models.Q(line_id__isnull=False),
                name="incidents_affectedperson_reference",
            )
        ]


class Duty(models.Model):
    """One duty that the pack gives the operator in an incident, and its deadline."""

    pk = models.CompositePrimaryKey("incident_id", "duty_id")
    incident_id = models.UUIDField()
    duty_id = models.UUIDField(db_default=UUID7())
    to = models.TextField(db_comment="self, regulator, person or police.")
    article = models.TextField()
    within = models.TextField(db_comment="As the pack says it: at_once, 24 hour, 3 working_day.")
    is_second = models.BooleanField(default=False, db_comment="The second, full report.")
    due_at = models.DateTimeField(db_comment="The clock is over at this instant.")
    in_time_until = models.DateTimeField(
        db_comment="Met until then it was met in time: later than the clock only where the pack says what at once is."
    )
    met_at = models.DateTimeField(null=True)
    exempt_because = models.TextField(null=True, db_comment="encrypted: only sealed values leaked.")

    class Meta:
        """Few rows."""

        db_table = "incidents_duty"


class AppliedRemedy(models.Model):
    """One remedy, and how much it touched."""

    pk = models.CompositePrimaryKey("incident_id", "remedy_id")
    incident_id = models.UUIDField()
    remedy_id = models.UUIDField(db_default=UUID7())
    remedy = models.TextField(db_comment="incidents.choices.Remedy.")
    touched = models.BigIntegerField()
    applied_at = models.DateTimeField()

    class Meta:
        """Append-only."""

        db_table = "incidents_remedy"


class StepRequest(models.Model):
    """One requested step: its state and its outcome."""

    pk = models.CompositePrimaryKey("incident_id", "step_id")
    incident_id = models.UUIDField()
    step_id = models.UUIDField(db_default=UUID7())
    step = models.TextField(db_comment="incidents.choices.Step.")
    state = models.TextField(db_comment="incidents.choices.StepState.")
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    touched = models.BigIntegerField(null=True)
    failed_because = models.TextField(null=True, db_comment="The code of the refusal; never its text.")

    class Meta:
        """At most one open request of each kind for an incident."""

        db_table = "incidents_step"
        constraints = [
            models.UniqueConstraint(
                fields=["incident_id", "step"],
                condition=models.Q(ended_at__isnull=True),
                name="incidents_step_requested_twice",
            )
        ]
