# SPDX-License-Identifier: EUPL-1.2
"""What the counter's role may ask of the network; no hours for a line that is not suspended."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("network", "0003_comparisons"), ("lines", "0006_at_the_counter")]

    operations = [
        migrations.RunSQL(database.sql("network", "at_the_counter"), migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("network", "lift_for_hours"), migrations.RunSQL.noop),
    ]
