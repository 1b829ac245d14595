# SPDX-License-Identifier: EUPL-1.2
"""Days on which nobody is barred or ended, whenever that was asked for; and nobody is ended by the network who lives."""

import django.contrib.postgres.fields.ranges
from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("network", "0005_unproven")]

    operations = [
        migrations.CreateModel(
            name="Rest",
            fields=[
                ("rest_id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "days",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        db_comment="First to last day, both inclusive; no upper bound while it is open."
                    ),
                ),
            ],
            options={"db_table": "network_rest"},
        ),
        migrations.RunSQL(database.sql("network", "end_what_has_ended"), migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("network", "set_rest"), migrations.RunSQL.noop),
    ]
