# SPDX-License-Identifier: EUPL-1.2
"""What the counter's role may do to a line, and how many contracts counters end within a day."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("lines", "0005_routes")]

    operations = [
        migrations.CreateModel(
            name="EndAtCounter",
            fields=[
                ("line_id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "ended_at",
                    models.DateTimeField(
                        db_comment="Instant by the machine, whatever day a trial home believes."
                    ),
                ),
            ],
            options={"db_table": "lines_endatcounter"},
        ),
        migrations.RunSQL(database.sql("lines", "at_the_counter"), migrations.RunSQL.noop),
    ]
