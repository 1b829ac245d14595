# SPDX-License-Identifier: EUPL-1.2
"""The tables of registration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("submission_key", models.TextField(primary_key=True, serialize=False)),
                ("receipt", models.JSONField(db_comment="References, verb, day and ledger entry; nothing personal.")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "registration_submission",
            },
        ),
    ]
