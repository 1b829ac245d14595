# SPDX-License-Identifier: EUPL-1.2
"""The tables of agents."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RequirementMet",
            fields=[
                ("pk", models.CompositePrimaryKey("agent_id", "requirement", blank=True, editable=False, primary_key=True, serialize=False)),
                ("agent_id", models.UUIDField()),
                ("requirement", models.TextField(db_comment="A name in agents/requirements.toml.")),
                ("met_on", models.DateField()),
                ("renew_by", models.DateField(db_comment="The last day on which it counts.")),
                ("evidence", models.TextField(db_comment="SHA-256 of the file that shows it.")),
                ("attested_by", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "agents_requirementmet",
            },
        ),
        migrations.CreateModel(
            name="DocumentImageCount",
            fields=[
                ("pk", models.CompositePrimaryKey("staff_id", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("staff_id", models.UUIDField()),
                ("day", models.DateField()),
                ("agent_id", models.UUIDField()),
                ("outlet_id", models.UUIDField()),
                ("images", models.IntegerField()),
            ],
            options={
                "db_table": "agents_documentimagecount",
            },
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("agent_id", models.UUIDField(primary_key=True, serialize=False)),
                ("code", models.TextField(db_comment="What the operator calls the agent: a reference, no name.", unique=True)),
                ("state", models.TextField(db_comment="agents.choices.AgentState.")),
                ("daily_limit", models.IntegerField(db_comment="Registrations a day, at all its outlets together.")),
                ("entered_on", models.DateField()),
                ("approved_on", models.DateField(null=True)),
                ("suspended_on", models.DateField(null=True)),
                ("suspended_because", models.TextField(db_comment="agents.choices.SuspensionCause.", null=True)),
                ("closed_accounts", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), db_comment="Accounts that the suspension closed, to be opened again with it.", default=list)),
            ],
            options={
                "db_table": "agents_agent",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["candidate", "approved", "suspended", "terminated"])), name="agents_agent_in_unknown_state"),
                    models.CheckConstraint(condition=models.Q(("daily_limit__gte", 1)), name="agents_agent_without_daily_limit"),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "suspended"), ("suspended_because__isnull", False), ("suspended_on__isnull", False)), models.Q(models.Q(("state", "suspended"), _negated=True), ("suspended_on__isnull", True)), _connector="OR"), name="agents_agent_suspended_without_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Audit",
            fields=[
                ("audit_id", models.UUIDField(primary_key=True, serialize=False)),
                ("agent_id", models.UUIDField()),
                ("audited_on", models.DateField()),
                ("audited_by", models.UUIDField(null=True)),
                ("next_by", models.DateField(db_comment="The last day on which to look again.")),
            ],
            options={
                "db_table": "agents_audit",
                "indexes": [models.Index(fields=["agent_id", "audited_on"], name="agents_audit_by_agent")],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("case_id", models.UUIDField(primary_key=True, serialize=False)),
                ("agent_id", models.UUIDField()),
                ("outlet_id", models.UUIDField(null=True)),
                ("line_id", models.UUIDField(null=True)),
                ("pattern", models.TextField(db_comment="agents.choices.Pattern.")),
                ("opened_on", models.DateField()),
                ("settled_on", models.DateField(null=True)),
                ("verdict", models.TextField(db_comment="agents.choices.Verdict.", null=True)),
            ],
            options={
                "db_table": "agents_case",
                "indexes": [models.Index(condition=models.Q(("settled_on__isnull", True)), fields=["opened_on"], name="agents_case_open")],
                "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("settled_on__isnull", True), ("verdict__isnull", True)), models.Q(("settled_on__isnull", False), ("verdict__isnull", False)), _connector="OR"), name="agents_case_settled_without_a_verdict")],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("device_id", models.UUIDField(primary_key=True, serialize=False)),
                ("outlet_id", models.UUIDField()),
                ("authenticator_id", models.BigIntegerField(db_comment="mfa_authenticator.id, a passkey of an account assigned there.")),
                ("registered_on", models.DateField()),
                ("removed_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "agents_device",
                "constraints": [models.UniqueConstraint(condition=models.Q(("removed_on__isnull", True)), fields=("authenticator_id",), name="agents_device_at_two_outlets")],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("finding_id", models.UUIDField(primary_key=True, serialize=False)),
                ("audit_id", models.UUIDField()),
                ("agent_id", models.UUIDField()),
                ("requirement", models.TextField(db_comment="A name in agents/requirements.toml.")),
                ("severity", models.TextField(db_comment="agents.choices.Severity.")),
                ("due_on", models.DateField()),
                ("remediated_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "agents_finding",
                "indexes": [models.Index(condition=models.Q(("remediated_on__isnull", True)), fields=["agent_id", "due_on"], name="agents_finding_open")],
                "constraints": [models.CheckConstraint(condition=models.Q(("severity__in", ["minor", "major"])), name="agents_finding_of_unknown_severity")],
            },
        ),
        migrations.CreateModel(
            name="ImageFingerprint",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "entry_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("entry_id", models.BigIntegerField()),
                ("registered_on", models.DateField()),
                ("marks", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_comment="Personal, keyed hashes. Go after a year, or with the record.")),
            ],
            options={
                "db_table": "agents_imagefingerprint",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["marks"], name="agents_imagefingerprint_by_mark")],
            },
        ),
        migrations.CreateModel(
            name="Outlet",
            fields=[
                ("outlet_id", models.UUIDField(primary_key=True, serialize=False)),
                ("agent_id", models.UUIDField()),
                ("code", models.TextField(db_comment="What the operator calls the outlet: a reference.")),
                ("hours", models.JSONField(db_comment="By day of the week, mon to sun: pairs of opening and closing, HH:MM.")),
                ("needs_device", models.BooleanField(default=True)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "agents_outlet",
                "constraints": [models.UniqueConstraint(fields=("agent_id", "code"), name="agents_outlet_code_taken")],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("assignment_id", models.UUIDField(primary_key=True, serialize=False)),
                ("staff_id", models.UUIDField()),
                ("outlet_id", models.UUIDField()),
                ("since", models.DateField()),
                ("until", models.DateField(db_comment="Last day, inclusive.", null=True)),
            ],
            options={
                "db_table": "agents_assignment",
                "constraints": [models.UniqueConstraint(condition=models.Q(("until__isnull", True)), fields=("staff_id",), name="agents_assignment_at_two_outlets")],
            },
        ),
        migrations.CreateModel(
            name="Reverification",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "reverification_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("reverification_id", models.UUIDField()),
                ("agent_id", models.UUIDField()),
                ("notice_id", models.UUIDField()),
                ("entry_id", models.BigIntegerField(db_comment="The newest registration then: one after it confirms the line.")),
                ("started_on", models.DateField()),
                ("notified_on", models.DateField(null=True)),
                ("due_on", models.DateField(db_comment="Its last day; empty until the subscriber was notified.", null=True)),
                ("settled_on", models.DateField(null=True)),
                ("outcome", models.TextField(db_comment="agents.choices.ReverificationOutcome.", null=True)),
            ],
            options={
                "db_table": "agents_reverification",
                "constraints": [models.UniqueConstraint(condition=models.Q(("settled_on__isnull", True)), fields=("line_id",), name="agents_reverification_twice_at_once")],
            },
        ),
        migrations.CreateModel(
            name="AgentRegistration",
            fields=[
                ("entry_id", models.BigIntegerField(db_comment="Of the registration itself.", primary_key=True, serialize=False)),
                ("agent_id", models.UUIDField()),
                ("outlet_id", models.UUIDField()),
                ("staff_id", models.UUIDField()),
                ("line_id", models.UUIDField()),
                ("day", models.DateField(db_comment="The day for which it counts.")),
                ("at", models.DateTimeField(db_comment="When it was recorded offline.")),
                ("pattern", models.TextField(db_comment="agents.choices.Pattern, where it was flagged.", null=True)),
            ],
            options={
                "db_table": "agents_registration",
                "indexes": [models.Index(fields=["agent_id", "day"], name="agents_registration_by_agent"), models.Index(fields=["staff_id", "at"], name="agents_registration_by_account")],
            },
        ),
    ]
