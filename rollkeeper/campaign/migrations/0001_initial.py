# SPDX-License-Identifier: EUPL-1.2
"""The tables of campaign, and what Django cannot say of them."""

import django.contrib.postgres.fields.ranges
import django.db.models.functions.uuid
from django.db import migrations, models

from rollkeeper.kernel import database

_STAYS_AS_CLOSED_DAYS = """
CREATE OR REPLACE FUNCTION campaign_stay_to_closed_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM network_set_rest(NEW.stay_id, NEW.days);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER campaign_stay_to_closed_day AFTER INSERT OR UPDATE OF days ON campaign_stay
    FOR EACH ROW EXECUTE FUNCTION campaign_stay_to_closed_day();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("lines", "0001_initial"), ("provisioning", "0001_initial"), ("notices", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='LineChange',
            fields=[
                ("change_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
            ],
            options={
                "db_table": "campaign_linechange",
            },
        ),
        migrations.CreateModel(
            name='UnreachableWaiver',
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "campaign_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("because", models.TextField(db_comment="campaign.choices.WaiverReason.")),
                ("waived_by", models.UUIDField()),
                ("waived_on", models.DateField()),
            ],
            options={
                "db_table": "campaign_unreachablewaiver",
            },
        ),
        migrations.CreateModel(
            name="RegionTally",
            fields=[
                ("tally_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("region", models.TextField(null=True)),
                ("stage", models.TextField()),
                ("lines", models.BigIntegerField()),
            ],
            options={
                "db_table": "campaign_regiontally",
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("stay_id", models.UUIDField(primary_key=True, serialize=False)),
                ("days", django.contrib.postgres.fields.ranges.DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "campaign_stay",
            },
        ),
        migrations.CreateModel(
            name="NightlyRun",
            fields=[
                ("pk", models.CompositePrimaryKey("campaign_id", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("day", models.DateField()),
                ("ran_at", models.DateTimeField()),
                ("stage_counts", models.JSONField()),
            ],
            options={
                "db_table": "campaign_nightlyrun",
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("tally_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("stage", models.TextField()),
                ("step", models.SmallIntegerField()),
                ("notified_by", models.TextField(null=True)),
                ("next_check_on", models.DateField(null=True)),
                ("lines", models.BigIntegerField()),
            ],
            options={
                "db_table": "campaign_tally",
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("batch_id", models.UUIDField(primary_key=True, serialize=False)),
                ("campaign_id", models.UUIDField()),
                ("action", models.TextField(db_comment="suspend or end.")),
                ("step", models.SmallIntegerField(db_comment="Which of the law's stages it carries out, 1 the first bar.", db_default=1)),
                ("bars", models.SmallIntegerField(db_comment="What it keeps its lines from; null: it ends them.", null=True)),
                ("due_on", models.DateField(db_comment="The day for which it was prepared.")),
                ("state", models.TextField(db_comment="campaign.choices.BatchState.")),
                ("line_count", models.IntegerField()),
                ("pack_hash", models.TextField()),
                ("max_lines_per_hour", models.IntegerField()),
                ("pilot_count", models.IntegerField()),
                ("pilot_done_at", models.DateTimeField(null=True)),
                ("prepared_at", models.DateTimeField()),
                ("prepared_by", models.UUIDField(null=True)),
                ("stop_reason", models.TextField(null=True)),
                ("excluded", models.JSONField(db_comment="Lines that were due and not included, by reason.", default=dict)),
                ("position_done", models.IntegerField(db_comment="All lines up to this position have had their turn.", default=0)),
                ("content", models.TextField(db_comment="The hash of what people are asked to approve.", null=True)),
            ],
            options={
                "db_table": "campaign_batch",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("action__in", ["suspend", "terminate"])), name="campaign_batch_of_unknown_action"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["waiting", "approved", "running", "stopped", "done", "undo_requested", "undone"])), name="campaign_batch_in_unknown_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchLine",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "batch_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("batch_id", models.UUIDField()),
                ("position", models.IntegerField(db_comment="Order within the batch, drawn at random: the pilot is a fair sample.")),
                ("line_version", models.BigIntegerField()),
                ("outcome", models.TextField(db_comment="waiting, done, skipped or undone.", default="waiting")),
                ("skip_reason", models.TextField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("former", models.JSONField(db_comment="State, stage, anchor and version before the act, for undo.", null=True)),
                ("undone_at", models.DateTimeField(db_comment="Until then the line was off because of this batch.", null=True)),
            ],
            options={
                "db_table": "campaign_batchline",
                "indexes": [models.Index(fields=["batch_id", "position"], name="campaign_batchline_in_order")],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("campaign_id", models.UUIDField(primary_key=True, serialize=False)),
                ("pack_id", models.TextField(db_comment="Where the pack is found: a shipped id, or a path.")),
                ("law_id", models.TextField(db_comment="The pack's own id: another version of a law is the same law.", db_default="")),
                ("campaign_name", models.TextField(db_comment="Which of the law's campaigns it is: its id in the pack.", db_default="")),
                ("pack_hash", models.TextField()),
                ("begins_on", models.DateField(db_comment="The law's own first day.")),
                ("planned_at", models.DateTimeField()),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "campaign_campaign",
                "constraints": [models.UniqueConstraint(condition=models.Q(("closed_on__isnull", True)), fields=("law_id", "campaign_name"), name="campaign_campaign_open_twice_for_one_law")],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("pk", models.CompositePrimaryKey("batch_id", "chunk_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("batch_id", models.UUIDField()),
                ("chunk_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("ran_at", models.DateTimeField()),
                ("done", models.IntegerField(default=0)),
                ("skipped", models.JSONField(db_comment="How many were left alone, by reason.", default=dict)),
                ("undone", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "campaign_chunk",
                "indexes": [models.Index(fields=["ran_at"], name="campaign_chunk_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "complaint_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("complaint_id", models.UUIDField()),
                ("batch_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "campaign_complaint",
                "indexes": [models.Index(fields=["batch_id"], name="campaign_complaint_by_batch")],
            },
        ),
        migrations.CreateModel(
            name="EmergencyCount",
            fields=[
                ("counted_at", models.DateTimeField(primary_key=True, serialize=False)),
                ("anomalies", models.IntegerField(db_comment="Emergency calls that failed or were cut, in the hour before.")),
            ],
            options={
                "db_table": "campaign_emergencycount",
                "constraints": [models.CheckConstraint(condition=models.Q(("anomalies__gte", 0)), name="campaign_emergencycount_below_zero")],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "campaign_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("campaign_id", models.UUIDField()),
                ("stage", models.TextField(db_comment="not_notified, running, suspended, terminated or out_of_scope.")),
                ("step", models.SmallIntegerField(db_comment="How many of the law's bars are in place; 0 for none.", db_default=0)),
                ("anchor_on", models.DateField(db_comment="The day from which the present stage counts; itself not counted.", null=True)),
                ("promised_on", models.DateField(db_comment="The last day that a delivered notice promised.", null=True)),
                ("next_check_on", models.DateField(null=True)),
                ("notified_by", models.TextField(db_comment="The channel by which the first proof came.", null=True)),
                ("out_of_scope_on", models.DateField(null=True)),
                ("out_of_scope_reason", models.TextField(db_comment="registered, terminated or not_concerned.", null=True)),
                ("region", models.TextField(db_comment="The line's region when it was taken in, for figures.", null=True)),
                ("remind_on", models.DateField(db_comment="Before this day no reminder is owed; null: none that the pack asks for is left.", null=True)),
                ("reentered_on", models.DateField(db_comment="Since when a member who had left and was taken back is one; what was notified before does not count.", null=True)),
            ],
            options={
                "db_table": "campaign_member",
                "indexes": [
                    models.Index(condition=models.Q(("remind_on__isnull", False), ("stage", "running")), fields=["remind_on"], name="campaign_member_to_remind"),
                    models.Index(condition=models.Q(("stage__in", ["running", "suspended"])), fields=["next_check_on"], name="campaign_member_to_check"),
                    models.Index(condition=models.Q(("stage", "not_notified")), fields=["line_id"], name="campaign_member_not_notified"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("stage__in", ["not_notified", "running", "suspended", "terminated", "out_of_scope"])), name="campaign_member_in_unknown_stage"),
                    models.CheckConstraint(condition=models.Q(models.Q(("stage__in", ["running", "suspended"]), _negated=True), ("anchor_on__isnull", False), _connector="OR"), name="campaign_member_running_without_an_anchor"),
                ],
            },
        ),
        migrations.RunSQL([database.sql("campaign", name) for name in ("tally", "track_line_changes", "backoffice_role_triggers", "refresh_statistics")] + [_STAYS_AS_CLOSED_DAYS]),
    ]
