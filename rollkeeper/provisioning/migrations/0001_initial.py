# SPDX-License-Identifier: EUPL-1.2
"""The tables of network, and what Django cannot say of them."""

import datetime
import django.contrib.postgres.fields.ranges
import django.db.models.functions.uuid
from django.db import migrations, models

from rollkeeper.kernel import database

# Setup replaces both by functions with the name of their package (sql/functions.sql).
_POSTPONE = """
CREATE OR REPLACE FUNCTION network_postpone(line_ids uuid[], command_ids uuid[], untils timestamptz[])
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE provisioning_command c
       SET attempts = CASE WHEN c.claimed_by IS NULL THEN 0 ELSE c.attempts END, next_try_at = p.until
      FROM unnest(line_ids, command_ids, untils) AS p (line_id, command_id, until)
     WHERE c.line_id = p.line_id AND c.command_id = p.command_id
$$;
REVOKE ALL ON FUNCTION network_postpone FROM PUBLIC
"""
_SET_REST = """
CREATE OR REPLACE FUNCTION network_set_rest(of_stay uuid, on_days daterange)
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO provisioning_closedday (closed_day_id, days) VALUES (of_stay, on_days)
        ON CONFLICT (closed_day_id) DO UPDATE SET days = excluded.days
$$;
REVOKE ALL ON FUNCTION network_set_rest FROM PUBLIC
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("lines", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("compared_at", models.DateTimeField(primary_key=True, serialize=False)),
                ("line_count", models.BigIntegerField()),
                ("difference_count", models.BigIntegerField()),
                ("never_commanded_count", models.BigIntegerField(db_comment="Active lines for which the network never received a command and says nothing of.")),
                ("oldest_at", models.DateTimeField(db_comment="When the network was last ordered of the line that has differed longest.", null=True)),
            ],
            options={
                "db_table": "provisioning_comparison",
            },
        ),
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("closed_day_id", models.UUIDField(primary_key=True, serialize=False)),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")),
            ],
            options={
                "db_table": "provisioning_closedday",
            },
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "command_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("command_id", models.UUIDField(db_comment="Also the idempotency key that the network sees.", db_default=django.db.models.functions.uuid.UUID7())),
                ("kind", models.TextField(db_comment="bar, restore or end (provisioning.choices.CommandKind).")),
                ("reason", models.TextField(db_comment="lines.choices.SuspensionReason, or what else asked for it.")),
                ("batch_id", models.UUIDField(null=True)),
                ("state", models.TextField(db_comment="provisioning.choices.CommandState.", db_default="waiting")),
                ("allows_emergency", models.BooleanField(db_default=True)),
                ("allows_care", models.BooleanField(db_default=True)),
                ("allows_registration", models.BooleanField(db_default=True)),
                ("service", models.TextField(db_comment="The line's kind of service, set by a trigger: elements that serve others do not wait for this command.", db_default="")),
                ("requested_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField(db_default=0)),
                ("next_try_at", models.DateTimeField(db_default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ("claimed_by", models.IntegerField(db_comment="The claim of the process that is sending it; void when that process is gone.", null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("read_back", models.TextField(db_comment="What the network says is true: provisioning.choices.ReadBack.", null=True)),
                ("read_back_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "provisioning_command",
                "indexes": [
                    models.Index(condition=models.Q(("claimed_by__isnull", False)), fields=["claimed_by"], name="provisioning_command_claimed"),
                    models.Index(condition=models.Q(("batch_id__isnull", False), models.Q(("state", "failed"), ("read_back", "floor_missing"), _connector="OR")), fields=["batch_id"], name="provisioning_command_gone_wrong"),
                    models.Index(condition=models.Q(("batch_id__isnull", False), ("state", "sent")), fields=["batch_id"], name="provisioning_command_unproven"),
                    models.Index(condition=models.Q(("batch_id__isnull", False)), fields=["batch_id"], name="provisioning_command_by_batch"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("allows_emergency", True), ("allows_care", True), ("allows_registration", True)), name="provisioning_command_bars_the_floor"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["bar", "restore", "terminate"])), name="provisioning_command_of_unknown_kind"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["waiting", "sent", "confirmed", "failed", "superseded"])), name="provisioning_command_in_unknown_state"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(("kind", "bar"), ("read_back", "barred"), ("read_back__isnull", False)),
                            models.Q(("kind", "restore"), ("read_back", "open"), ("read_back__isnull", False)),
                            models.Q(("kind", "terminate"), ("read_back", "absent"), ("read_back__isnull", False)),
                            _connector="OR",
                        ),
                        name="provisioning_command_confirmed_without_proof",
                    ),
                ],
            },
        ),
        # A column that the model does not have: the order in which commands were asked for.
        migrations.RunSQL(
            """
            ALTER TABLE provisioning_command ADD position bigint GENERATED ALWAYS AS IDENTITY;
            CREATE INDEX provisioning_command_in_turn ON provisioning_command (kind, service, next_try_at, position)
                WHERE state IN ('waiting', 'sent');
            """
        ),
        migrations.RunSQL([database.sql("provisioning", name) for name in ("temporary_reconnection_trigger", "essential_line_trigger", "counter_role_triggers", "terminate_only_terminated_trigger", "service_trigger")] + [_POSTPONE, _SET_REST]),
    ]
