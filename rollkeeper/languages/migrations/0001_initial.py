# SPDX-License-Identifier: EUPL-1.2
"""The table of acceptances."""

import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("acceptance_id", models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), primary_key=True, serialize=False)),
                ("language", models.TextField(db_comment="BCP 47, as in 'instance.languages'.")),
                ("texts_hash", models.TextField(db_comment="SHA-256 over every text of the language, in hexadecimal.")),
                ("texts", models.JSONField(db_comment="A digest of each text, by its key: what changed since is found by it.")),
                ("reader", models.TextField(db_comment="The native reader as they sign: name and role.")),
                ("read_on", models.DateField(db_comment="The day on which the reader accepted the texts.")),
                ("accepted_at", models.DateTimeField(db_comment="Instant by the machine: always set by the database.", db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "languages_acceptance",
                "indexes": [models.Index(fields=["language", "-accepted_at"], name="languages_acceptance_newest")],
            },
        ),
    ]
