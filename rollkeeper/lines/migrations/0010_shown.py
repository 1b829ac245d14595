# SPDX-License-Identifier: EUPL-1.2
"""Codes by which a counter finds the line in somebody's hand, and how often somebody guessed."""

import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lines", "0009_erased_again")]

    operations = [
        migrations.CreateModel(
            name="Shown",
            fields=[
                (
                    "code_hash",
                    models.BinaryField(
                        db_comment="Keyed hash of the code. Goes within a day.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("line_id", models.UUIDField()),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ends_at", models.DateTimeField()),
                (
                    "hand_id",
                    models.UUIDField(null=True, db_comment="What stands for the line on one clerk's pages."),
                ),
                (
                    "shown_to",
                    models.UUIDField(
                        null=True, db_comment="The clerk to whom it was read out; good for nobody else."
                    ),
                ),
            ],
            options={
                "db_table": "lines_shown",
                "indexes": [
                    models.Index(fields=["line_id", "made_at"], name="lines_shown_by_line"),
                    models.Index(
                        fields=["hand_id"],
                        name="lines_shown_in_hand",
                        condition=models.Q(hand_id__isnull=False),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShownTry",
            fields=[
                (
                    "try_id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(), primary_key=True, serialize=False
                    ),
                ),
                ("staff_id", models.UUIDField()),
                ("tried_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "lines_showntry",
                "indexes": [models.Index(fields=["tried_at"], name="lines_showntry_by_time")],
            },
        ),
    ]
