# SPDX-License-Identifier: EUPL-1.2
"""Statistics after a campaign was planned; every line that registers is noted, member or not; who left may be taken back."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0006_reminders"), ("network", "0005_unproven"), ("notices", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="taken_on",
            field=models.DateField(
                null=True, db_comment="Since when a member who had left and was taken back is one; what was told before does not count."
            ),
        ),
        *(
            migrations.RunSQL(database.sql("campaign", name), migrations.RunSQL.noop)
            for name in ("take_stock", "watch", "hold_back")
        ),
    ]
