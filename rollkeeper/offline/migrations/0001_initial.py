# SPDX-License-Identifier: EUPL-1.2
"""The tables of offline registrations."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

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
                ("action_kind", models.TextField(db_comment="What is to be confirmed; known to nobody otherwise.", null=True)),
                ("needs_approval", models.BooleanField(db_comment="The law has somebody else confirm it before it is done.", db_default=False)),
                ("approved_by", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("approved", models.BooleanField(db_comment="What they said; empty: nobody has said anything.", null=True)),
            ],
            options={
                "db_table": "offline_registration",
                "indexes": [models.Index(condition=models.Q(("outcome__isnull", True)), fields=["received_at", "submission_key"], name="offline_registration_pending")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("outcome__in", ["done", "refused", "failed"]), ("outcome__isnull", True), _connector="OR"), name="offline_registration_of_unknown_outcome"),
                    models.CheckConstraint(condition=models.Q(("sealed__isnull", True), models.Q(("outcome__in", ["done", "refused"]), _negated=True), ("outcome__isnull", True), _connector="OR"), name="offline_registration_sealed_after_processing"),
                    models.CheckConstraint(condition=models.Q(("approved_by__isnull", True), models.Q(("approved_by", models.F("submitted_by")), _negated=True), _connector="OR"), name="offline_registration_approved_by_its_submitter"),
                    models.CheckConstraint(condition=models.Q(models.Q(("approved__isnull", True), ("approved_by__isnull", True)), models.Q(("approved__isnull", False), ("approved_by__isnull", False)), _connector="OR"), name="offline_registration_approved_by_nobody"),
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
    ]
