# SPDX-License-Identifier: EUPL-1.2
"""The days on which what was due was erased."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("retention", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ErasureRun",
            fields=[("day", models.DateField(primary_key=True, serialize=False, db_comment="As the machine had it."))],
            options={"db_table": "retention_run"},
        ),
    ]
