# SPDX-License-Identifier: EUPL-1.2
"""The tables of offline registrations, and what Django cannot say of them."""

import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="OfflineRegistration",
            fields=[
                ("submission_key", models.TextField(primary_key=True, serialize=False)),
                ("ticket_id", models.UUIDField()),
                ("submitted_by", models.UUIDField(db_comment="Who was signed in when it was handed in.")),
                ("language", models.TextField(db_comment="In which the clerk reads what came of it.")),
                ("sealed", models.BinaryField(db_comment="Personal, sealed to a key of some weeks. Goes as soon as it is processed.", null=True)),
                ("received_at", models.DateTimeField(db_comment="By the database; the app may not write it.", db_default=django.db.models.functions.datetime.Now())),
                ("tries", models.SmallIntegerField(db_default=0)),
                ("effective_at", models.DateTimeField(db_comment="As of when it counts.", null=True)),
                ("processed_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(db_comment="done, refused or failed; empty: it waits.", null=True)),
                ("said", models.JSONField(db_comment="Sentences of a refusal: articles, ids and days, nothing personal.", null=True)),
                ("by_counter", models.BooleanField(db_comment="Sealed by the counter's own app, and not in a browser.", db_default=False)),
                ("action_kind", models.TextField(db_comment="The action to confirm; not known otherwise.", null=True)),
                ("needs_approval", models.BooleanField(db_comment="The law requires a second person to confirm it before it is done.", db_default=False)),
                ("registration_id", models.UUIDField(db_comment="By which an approval names it (access_approval).", db_default=django.db.models.functions.uuid.UUID7(), unique=True)),
            ],
            options={
                "db_table": "offline_registration",
                "indexes": [models.Index(condition=models.Q(("outcome__isnull", True)), fields=["received_at", "submission_key"], name="offline_registration_pending")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("outcome__in", ["done", "refused", "failed"]), ("outcome__isnull", True), _connector="OR"), name="offline_registration_of_unknown_outcome"),
                    models.CheckConstraint(condition=models.Q(("sealed__isnull", True), models.Q(("outcome__in", ["done", "refused"]), _negated=True), ("outcome__isnull", True), _connector="OR"), name="offline_registration_sealed_after_processing"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("ticket_id", models.UUIDField(primary_key=True, serialize=False)),
                ("staff_id", models.UUIDField()),
                ("key_id", models.IntegerField(db_comment="The key that was given with it.")),
                ("made_at", models.DateTimeField(db_comment="By the database; the app may not write it.", db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "offline_ticket",
                "indexes": [models.Index(fields=["made_at"], name="offline_ticket_by_age")],
            },
        ),
        migrations.RunSQL(database.sql("offline", "own_approvals")),
    ]
