# SPDX-License-Identifier: EUPL-1.2
"""The tables of retention."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ErasureRun",
            fields=[
                ("day", models.DateField(db_comment="As the machine had it.", primary_key=True, serialize=False)),
                ("records", models.BigIntegerField(db_comment="How many records were erased on this day.", db_default=0)),
            ],
            options={
                "db_table": "retention_run",
            },
        ),
        migrations.CreateModel(
            name="ErasureBrake",
            fields=[
                ("brake_id", models.UUIDField(primary_key=True, serialize=False)),
                ("stopped_at", models.DateTimeField()),
                ("due", models.BigIntegerField(db_comment="How many records were due, with those erased on the same day.")),
                ("approvable", models.BigIntegerField(db_comment="Up to how many records of a day the approvals are valid.")),
                ("lifted_on", models.DateField(db_comment="The day on which it was erased after all.", null=True)),
            ],
            options={
                "db_table": "retention_brake",
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("pk", models.CompositePrimaryKey("line_id", "erasure_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("line_id", models.UUIDField()),
                ("erasure_id", models.UUIDField()),
                ("tenure_id", models.UUIDField(db_comment="The past tenure that must go; empty where the whole line must.", null=True)),
                ("ground", models.TextField(db_comment="service_ended, tenure_ended or import_undone.")),
                ("article", models.TextField()),
                ("last_day_kept", models.DateField()),
                ("begun_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "retention_erasure",
                "indexes": [models.Index(condition=models.Q(("done_at__isnull", True)), fields=["begun_at"], name="retention_erasure_under_way")],
            },
        ),
    ]
