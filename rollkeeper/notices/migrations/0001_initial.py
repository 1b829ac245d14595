# SPDX-License-Identifier: EUPL-1.2
"""The tables of notices, and what Django cannot say of them."""

import datetime
import django.contrib.postgres.fields
import django.db.models.functions.uuid
import rollkeeper.notices.models
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("tally_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.TextField(db_comment="notice or attempt.")),
                ("campaign_id", models.UUIDField(db_comment="Of notices alone.", null=True)),
                ("category", models.TextField(db_comment="A notice's kind, an attempt's channel.")),
                ("status", models.TextField(db_comment="A notice's state, an attempt's outcome.")),
                ("last_channel", models.TextField(db_comment="The channel by which a notice was tried last.", null=True)),
                ("change", models.BigIntegerField()),
            ],
            options={
                "db_table": "notices_tally",
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "attempt_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("attempt_id", models.UUIDField(db_comment="Also the reference that the gateway sees and gives back.", db_default=django.db.models.functions.uuid.UUID7())),
                ("notice_id", models.UUIDField()),
                ("channel", models.TextField()),
                ("sent_at", models.DateTimeField()),
                ("outcome", models.TextField(db_comment="notices.choices.Outcome.", db_default="waiting")),
                ("outcome_at", models.DateTimeField(null=True)),
                ("gateway_reference", models.TextField(db_comment="The gateway's own id for this message.", null=True)),
            ],
            options={
                "db_table": "notices_attempt",
                "indexes": [
                    models.Index(fields=["attempt_id"], name="notices_attempt_by_reference"),
                    models.Index(condition=models.Q(("gateway_reference__isnull", False)), fields=["gateway_reference"], name="notices_attempt_by_gateway"),
                    models.Index(condition=models.Q(("outcome", "accepted")), fields=["sent_at"], name="notices_attempt_open"),
                    models.Index(condition=models.Q(("channel", "post"), ("outcome__in", ["bounced", "unproven"])), fields=["line_id"], name="notices_attempt_in_vain_post"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReturnedLetter",
            fields=[
                ("reference", models.TextField(db_comment="As it was scanned or typed, in groups of four signs; it contains no personal data.", primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("staff_id", models.UUIDField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("verdict", models.TextField(db_comment="notices.choices.LetterVerdict; null while it waits.", null=True)),
            ],
            options={
                "db_table": "notices_returnedletter",
                "indexes": [models.Index(condition=models.Q(("verdict__isnull", True)), fields=["recorded_at"], name="notices_returnedletter_waiting"), models.Index(fields=["recorded_at"], name="notices_returnedletter_by_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("settled_at__isnull", True), ("verdict__isnull", True)), models.Q(("settled_at__isnull", False), ("verdict__in", ["arrived", "returned", "not_ours"]), ("verdict__isnull", False)), _connector="OR"), name="notices_returnedletter_settled_without_verdict"
                    ),
                    models.CheckConstraint(condition=models.Q(("reference__regex", "^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}(-[0-9A-Z]{4}-[0-9A-Z]{2})?$")), name="notices_returnedletter_of_other_form"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "notice_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("notice_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7())),
                ("kind", models.TextField(db_comment="notices.choices.NoticeKind.")),
                ("campaign_id", models.UUIDField(null=True)),
                ("language", models.TextField()),
                ("state", models.TextField(db_comment="notices.choices.NoticeState.", db_default="queued")),
                ("channel", models.TextField(db_comment="sms, voice, email or post: the last one tried.", null=True)),
                ("queued_on", models.DateField()),
                ("promised_on", models.DateField(db_comment="The day that the text promises; never shortened afterwards.", null=True)),
                ("pack_hash", models.TextField(db_comment="The rule pack that the text rests on.")),
                ("code", models.TextField(db_comment="What the subscriber can dial to check that the notice is genuine.", db_default=rollkeeper.notices.models.FreshCode())),
                ("attempts", models.SmallIntegerField(db_default=0)),
                ("next_try_at", models.DateTimeField(db_default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ("next_channel", models.TextField(db_comment="The channel whose gateway has its turn, so that no gateway waits for another; empty: not decided.", db_default="")),
                ("claimed_by", models.IntegerField(db_comment="The claim of the process that is sending it; void when that process is gone.", null=True)),
                ("delivered_on", models.DateField(null=True)),
                ("exposed", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_comment="Which fields were exposed, by name; of a notice of that alone.", null=True, size=None)),
            ],
            options={
                "db_table": "notices_notice",
                "indexes": [
                    models.Index(condition=models.Q(("claimed_by__isnull", False)), fields=["claimed_by"], name="notices_notice_claimed"),
                    models.Index(condition=models.Q(("state", "queued")), fields=["next_channel", "next_try_at"], name="notices_notice_to_send"),
                    models.Index(condition=models.Q(("state", "delivered")), fields=["delivered_on"], name="notices_notice_delivered"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["queued", "sent", "delivered", "bounced", "unreachable", "withdrawn"])), name="notices_notice_in_unknown_state"),
                    models.CheckConstraint(condition=models.Q(models.Q(("delivered_on__isnull", False), ("state", "delivered")), models.Q(models.Q(("state", "delivered"), _negated=True), ("delivered_on__isnull", True)), _connector="OR"), name="notices_notice_delivered_without_proof"),
                    models.CheckConstraint(condition=models.Q(models.Q(("kind__in", ["register_by", "reminder"]), _negated=True), ("promised_on__isnull", False), _connector="OR"), name="notices_notice_promises_no_day"),
                ],
            },
        ),
        migrations.RunSQL([database.sql("notices", name) for name in ("tally", "app_role_triggers")]),
    ]
