# SPDX-License-Identifier: EUPL-1.2
"""Agents, their outlets, accounts and devices; what they registered, what looked unusual, what is re-verified.

Only the marks of copies are personal. The rest is references, days, and codes that the operator gives. An agent's name is not stored:
a shop often has the name of its owner.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from rollkeeper.agents.choices import AgentState, Severity


class Agent(models.Model):
    """A third party that registers people for the operator."""

    agent_id = models.UUIDField(primary_key=True)
    code = models.TextField(
        unique=True, db_comment="What the operator calls the agent: a reference, no name."
    )
    state = models.TextField(db_comment="agents.choices.AgentState.")
    daily_limit = models.IntegerField(db_comment="Registrations a day, at all its outlets together.")
    entered_on = models.DateField()
    approved_on = models.DateField(null=True)
    suspended_on = models.DateField(null=True)
    suspended_because = models.TextField(null=True, db_comment="agents.choices.SuspensionCause.")
    closed_accounts = ArrayField(
        models.UUIDField(),
        default=list,
        db_comment="Accounts that the suspension closed, to be opened again with it.",
    )

    class Meta:
        """Kept: the ledger's entries refer to it."""

        db_table = "agents_agent"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=AgentState.values),
                name="agents_agent_in_unknown_state",
            ),
            models.CheckConstraint(
                condition=models.Q(daily_limit__gte=1), name="agents_agent_without_daily_limit"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="suspended", suspended_on__isnull=False, suspended_because__isnull=False
                )
                | (~models.Q(state=AgentState.SUSPENDED.value) & models.Q(suspended_on__isnull=True)),
                name="agents_agent_suspended_without_a_reason",
            ),
        ]


class RequirementMet(models.Model):
    """A requirement that an agent meets, by what evidence, until when. The evidence itself stays with the operator."""

    pk = models.CompositePrimaryKey("agent_id", "requirement")
    agent_id = models.UUIDField()
    requirement = models.TextField(db_comment="A name in agents/requirements.toml.")
    met_on = models.DateField()
    renew_by = models.DateField(db_comment="The last day on which it counts.")
    evidence = models.TextField(db_comment="SHA-256 of the file that shows it.")
    attested_by = models.UUIDField(null=True)

    class Meta:
        """The newest evidence counts; older evidence is in the ledger."""

        db_table = "agents_requirementmet"


class Outlet(models.Model):
    """A counter of an agent: its hours, and whether it needs a registered device."""

    outlet_id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField()
    code = models.TextField(db_comment="What the operator calls the outlet: a reference.")
    hours = models.JSONField(
        db_comment="By day of the week, mon to sun: pairs of opening and closing, HH:MM."
    )
    needs_device = models.BooleanField(default=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        """Kept: the ledger's entries refer to it."""

        db_table = "agents_outlet"
        constraints = [
            models.UniqueConstraint(fields=["agent_id", "code"], name="agents_outlet_code_taken"),
        ]


class Assignment(models.Model):
    """An account that works at an outlet, from one day to another."""

    assignment_id = models.UUIDField(primary_key=True)
    staff_id = models.UUIDField()
    outlet_id = models.UUIDField()
    since = models.DateField()
    until = models.DateField(null=True, db_comment="Last day, inclusive.")

    class Meta:
        """Never edited: ended and made again."""

        db_table = "agents_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["staff_id"],
                condition=models.Q(until__isnull=True),
                name="agents_assignment_at_two_outlets",
            )
        ]


class Device(models.Model):
    """A passkey in the device of an outlet: staff there have signed in with it."""

    device_id = models.UUIDField(primary_key=True)
    outlet_id = models.UUIDField()
    authenticator_id = models.BigIntegerField(
        db_comment="mfa_authenticator.id, a passkey of an account assigned there."
    )
    registered_on = models.DateField()
    removed_on = models.DateField(null=True)

    class Meta:
        """Never edited: ended and registered again."""

        db_table = "agents_device"
        constraints = [
            models.UniqueConstraint(
                fields=["authenticator_id"], condition=models.Q(removed_on__isnull=True),
                name="agents_device_at_two_outlets",
            )
        ]  # fmt: skip


class Audit(models.Model):
    """An audit of an agent."""

    audit_id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField()
    audited_on = models.DateField()
    audited_by = models.UUIDField(null=True)
    next_by = models.DateField(db_comment="The last day on which to look again.")

    class Meta:
        """Append-only."""

        db_table = "agents_audit"
        indexes = [models.Index(fields=["agent_id", "audited_on"], name="agents_audit_by_agent")]


class Finding(models.Model):
    """A finding of an audit, and the day by which it must be remediated."""

    finding_id = models.UUIDField(primary_key=True)
    audit_id = models.UUIDField()
    agent_id = models.UUIDField()
    requirement = models.TextField(db_comment="A name in agents/requirements.toml.")
    severity = models.TextField(db_comment="agents.choices.Severity.")
    due_on = models.DateField()
    remediated_on = models.DateField(null=True)

    class Meta:
        """Few rows."""

        db_table = "agents_finding"
        indexes = [
            models.Index(
                fields=["agent_id", "due_on"],
                name="agents_finding_open",
                condition=models.Q(remediated_on__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="agents_finding_of_unknown_severity"
            )
        ]


class AgentRegistration(models.Model):
    """One registration by an agent: the references in its ledger entry, for counting."""

    entry_id = models.BigIntegerField(primary_key=True, db_comment="Of the registration itself.")
    agent_id = models.UUIDField()
    outlet_id = models.UUIDField()
    staff_id = models.UUIDField()
    line_id = models.UUIDField()
    day = models.DateField(db_comment="The day for which it counts.")
    at = models.DateTimeField(db_comment="When it was recorded offline.")
    pattern = models.TextField(null=True, db_comment="agents.choices.Pattern, where it was flagged.")

    class Meta:
        """Append-only."""

        db_table = "agents_registration"
        indexes = [
            models.Index(fields=["agent_id", "day"], name="agents_registration_by_agent"),
            models.Index(fields=["staff_id", "at"], name="agents_registration_by_account"),
        ]


class ImageFingerprint(models.Model):
    """Keyed marks of how the copies of one registration look, to find a document image that was used for another line too."""

    pk = models.CompositePrimaryKey("line_id", "entry_id")
    line_id = models.UUIDField()
    entry_id = models.BigIntegerField()
    registered_on = models.DateField()
    marks = ArrayField(
        models.BigIntegerField(), db_comment="Personal, keyed hashes. Go after a year, or with the record."
    )

    class Meta:
        """Only of what agents registered."""

        db_table = "agents_imagefingerprint"
        indexes = [GinIndex(fields=["marks"], name="agents_imagefingerprint_by_mark")]


class DocumentImageCount(models.Model):
    """How many document images one account took on one day, with any outcome."""

    pk = models.CompositePrimaryKey("staff_id", "day")
    staff_id = models.UUIDField()
    day = models.DateField()
    agent_id = models.UUIDField()
    outlet_id = models.UUIDField()
    images = models.IntegerField()
    case_id = models.UUIDField(null=True, db_comment="The case that was opened because of them.")

    class Meta:
        """Counted up."""

        db_table = "agents_documentimagecount"


class Case(models.Model):
    """Something unusual, for a supervisor to look at."""

    case_id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField()
    outlet_id = models.UUIDField(null=True)
    line_id = models.UUIDField(null=True)
    pattern = models.TextField(db_comment="agents.choices.Pattern.")
    opened_on = models.DateField()
    settled_on = models.DateField(null=True)
    verdict = models.TextField(null=True, db_comment="agents.choices.Verdict.")

    class Meta:
        """An open case has no verdict; a settled one has a verdict."""

        db_table = "agents_case"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_on__isnull=True, verdict__isnull=True)
                | models.Q(settled_on__isnull=False, verdict__isnull=False),
                name="agents_case_settled_without_a_verdict",
            )
        ]
        indexes = [
            models.Index(
                fields=["opened_on"], name="agents_case_open", condition=models.Q(settled_on__isnull=True)
            )
        ]


class Reverification(models.Model):
    """A line whose record must be confirmed: its notice, and its own period, counted from the proof of delivery."""

    pk = models.CompositePrimaryKey("line_id", "reverification_id")
    line_id = models.UUIDField()
    reverification_id = models.UUIDField()
    agent_id = models.UUIDField()
    notice_id = models.UUIDField()
    entry_id = models.BigIntegerField(
        db_comment="The newest registration then: one after it confirms the line."
    )
    started_on = models.DateField()
    notified_on = models.DateField(null=True)
    due_on = models.DateField(null=True, db_comment="Its last day; empty until the subscriber was notified.")
    settled_on = models.DateField(null=True)
    outcome = models.TextField(null=True, db_comment="agents.choices.ReverificationOutcome.")

    class Meta:
        """Sharded by line; at most one open row for each line."""

        db_table = "agents_reverification"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id"],
                condition=models.Q(settled_on__isnull=True),
                name="agents_reverification_twice_at_once",
            )
        ]
