# SPDX-License-Identifier: EUPL-1.2
"""Agents, their places, accounts and devices; what they took down, what looked unusual, what is re-verified.

Nothing here is personal but the marks of copies: references, codes the operator gives, days. An agent's own name stays outside: a shop is often
called after the one who keeps it.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Agent(models.Model):
    """Somebody whom the operator lets register people."""

    agent_id = models.UUIDField(primary_key=True)
    code = models.TextField(
        unique=True, db_comment="What the operator calls the agent: a reference, no name."
    )
    state = models.TextField(db_comment="agents.kinds.AgentState.")
    daily_cap = models.IntegerField(db_comment="Registrations a day, at all its places together.")
    entered_on = models.DateField()
    admitted_on = models.DateField(null=True)
    suspended_on = models.DateField(null=True)
    suspended_because = models.TextField(null=True, db_comment="agents.kinds.Because.")
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
                condition=models.Q(state__in=["candidate", "admitted", "suspended", "ended"]),
                name="agents_agent_in_unknown_state",
            ),
            models.CheckConstraint(condition=models.Q(daily_cap__gte=1), name="agents_agent_without_a_cap"),
            models.CheckConstraint(
                condition=models.Q(
                    state="suspended", suspended_on__isnull=False, suspended_because__isnull=False
                )
                | (~models.Q(state="suspended") & models.Q(suspended_on__isnull=True)),
                name="agents_agent_suspended_without_a_reason",
            ),
        ]


class Met(models.Model):
    """A requirement that an agent meets, by what evidence, until when. The evidence itself stays with the operator."""

    pk = models.CompositePrimaryKey("agent_id", "requirement")
    agent_id = models.UUIDField()
    requirement = models.TextField(db_comment="A name in agents/requirements.toml.")
    met_on = models.DateField()
    renew_by = models.DateField(db_comment="The last day on which it counts.")
    evidence = models.TextField(db_comment="SHA-256 of the file that shows it.")
    attested_by = models.UUIDField(null=True)

    class Meta:
        """The newest evidence counts; older stands in the ledger."""

        db_table = "agents_met"


class Place(models.Model):
    """A counter of an agent: its hours, and whether it needs a device of its own."""

    place_id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField()
    code = models.TextField(db_comment="What the operator calls the place: a reference.")
    hours = models.JSONField(
        db_comment="By day of the week, mon to sun: pairs of opening and closing, HH:MM."
    )
    needs_device = models.BooleanField(default=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        """Kept: the ledger's entries refer to it."""

        db_table = "agents_place"
        constraints = [
            models.UniqueConstraint(fields=["agent_id", "code"], name="agents_place_called_alike"),
        ]


class Post(models.Model):
    """An account that works at a place, from one day to another."""

    post_id = models.UUIDField(primary_key=True)
    staff_id = models.UUIDField()
    place_id = models.UUIDField()
    since = models.DateField()
    until = models.DateField(null=True, db_comment="Last day, inclusive.")

    class Meta:
        """Never edited: ended and made anew."""

        db_table = "agents_post"
        constraints = [
            models.UniqueConstraint(
                fields=["staff_id"], condition=models.Q(until__isnull=True), name="agents_post_at_two_places"
            )
        ]


class Device(models.Model):
    """A passkey that lives in the device of a place: whoever works there has signed in with it."""

    device_id = models.UUIDField(primary_key=True)
    place_id = models.UUIDField()
    authenticator_id = models.BigIntegerField(
        db_comment="mfa_authenticator.id, a passkey of an account posted there."
    )
    enrolled_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        """Never edited: ended and enrolled anew."""

        db_table = "agents_device"
        constraints = [
            models.UniqueConstraint(
                fields=["authenticator_id"], condition=models.Q(ended_on__isnull=True),
                name="agents_device_at_two_places",
            )
        ]  # fmt: skip


class Audit(models.Model):
    """Somebody looked at an agent."""

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
    """What an audit found, and by when it has to be mended."""

    finding_id = models.UUIDField(primary_key=True)
    audit_id = models.UUIDField()
    agent_id = models.UUIDField()
    requirement = models.TextField(db_comment="A name in agents/requirements.toml.")
    severity = models.TextField(db_comment="agents.kinds.Severity.")
    due_on = models.DateField()
    mended_on = models.DateField(null=True)

    class Meta:
        """Few rows."""

        db_table = "agents_finding"
        indexes = [
            models.Index(
                fields=["agent_id", "due_on"],
                name="agents_finding_open",
                condition=models.Q(mended_on__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(severity__in=["minor", "major"]), name="agents_finding_of_unknown_severity"
            )
        ]


class Taken(models.Model):
    """One registration that an agent took down: the references that its ledger entry holds, to be counted by."""

    entry_id = models.BigIntegerField(primary_key=True, db_comment="Of the registration itself.")
    agent_id = models.UUIDField()
    place_id = models.UUIDField()
    staff_id = models.UUIDField()
    line_id = models.UUIDField()
    day = models.DateField(db_comment="The day for which it counts.")
    at = models.DateTimeField(db_comment="When it was taken down.")
    pattern = models.TextField(null=True, db_comment="agents.kinds.Pattern, where it was held.")

    class Meta:
        """Append-only."""

        db_table = "agents_taken"
        indexes = [
            models.Index(fields=["agent_id", "day"], name="agents_taken_by_agent"),
            models.Index(fields=["staff_id", "at"], name="agents_taken_by_account"),
        ]


class Likeness(models.Model):
    """How the copies of one registration look, in keyed pieces: whether a picture was used for another line too."""

    pk = models.CompositePrimaryKey("line_id", "entry_id")
    line_id = models.UUIDField()
    entry_id = models.BigIntegerField()
    taken_on = models.DateField()
    marks = ArrayField(
        models.BigIntegerField(), db_comment="Personal, keyed hashes. Go after a year, or with the record."
    )

    class Meta:
        """Only of what agents took down."""

        db_table = "agents_likeness"
        indexes = [GinIndex(fields=["marks"], name="agents_likeness_by_mark")]


class Pictured(models.Model):
    """How many pictures of documents one account took on one day, whatever came of them."""

    pk = models.CompositePrimaryKey("staff_id", "day")
    staff_id = models.UUIDField()
    day = models.DateField()
    agent_id = models.UUIDField()
    place_id = models.UUIDField()
    pictures = models.IntegerField()

    class Meta:
        """Counted up."""

        db_table = "agents_picture"


class Case(models.Model):
    """Something unusual, for a supervisor to look at."""

    case_id = models.UUIDField(primary_key=True)
    agent_id = models.UUIDField()
    place_id = models.UUIDField(null=True)
    line_id = models.UUIDField(null=True)
    pattern = models.TextField(db_comment="agents.kinds.Pattern.")
    opened_on = models.DateField()
    settled_on = models.DateField(null=True)
    verdict = models.TextField(null=True, db_comment="agents.kinds.Verdict.")

    class Meta:
        """One open case of a kind a line."""

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


class Recheck(models.Model):
    """A line whose record is to be confirmed: its notice, and its own days, counted from the proof that it arrived."""

    pk = models.CompositePrimaryKey("line_id", "recheck_id")
    line_id = models.UUIDField()
    recheck_id = models.UUIDField()
    agent_id = models.UUIDField()
    notice_id = models.UUIDField()
    entry_id = models.BigIntegerField(
        db_comment="The newest entry then: a registration after it confirms the line."
    )
    begun_on = models.DateField()
    told_on = models.DateField(null=True)
    due_on = models.DateField(null=True, db_comment="Its last day; empty until the holder was told.")
    settled_on = models.DateField(null=True)
    outcome = models.TextField(null=True, db_comment="agents.kinds.RecheckOutcome.")

    class Meta:
        """Sharded by line; one open a line."""

        db_table = "agents_recheck"
        constraints = [
            models.UniqueConstraint(
                fields=["line_id"],
                condition=models.Q(settled_on__isnull=True),
                name="agents_recheck_twice_at_once",
            )
        ]
