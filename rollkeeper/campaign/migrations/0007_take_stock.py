# SPDX-License-Identifier: EUPL-1.2
"""Statistics after a campaign was planned, taken at once; every line that registers is noted, member or not."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0006_reminders"), ("notices", "0001_initial")]

    operations = [
        migrations.RunSQL(database.sql("campaign", name), migrations.RunSQL.noop) for name in ("take_stock", "watch")
    ]
