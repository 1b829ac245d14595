# SPDX-License-Identifier: EUPL-1.2
"""Counts what workers open by the hour: a limit of a day then holds for any 24 hours."""

from django.db import migrations, models

_BY_HOUR = """
ALTER TABLE vault_openingcount RENAME COLUMN day TO hour;
ALTER TABLE vault_openingcount ALTER COLUMN hour TYPE timestamptz USING hour::timestamptz;
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [_BY_HOUR],
            state_operations=[
                migrations.DeleteModel("OpeningCount"),
                migrations.CreateModel(
                    name="OpeningCount",
                    fields=[
                        ("pk", models.CompositePrimaryKey("purpose", "hour", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("purpose", models.TextField(db_comment="One of vault.fields.Purpose, or 'offline'.")),
                        ("hour", models.DateTimeField()),
                        ("opened", models.BigIntegerField()),
                    ],
                    options={"db_table": "vault_openingcount"},
                ),
            ],
        )
    ]  # fmt: skip
