# SPDX-License-Identifier: EUPL-1.2
"""Which suspensions were found to be wrong, one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lines", "0010_shown")]

    operations = [
        migrations.AddField(
            "suspension",
            "was_wrong",
            models.BooleanField(
                db_comment="Somebody was found to be right about it: its hours are given back.", db_default=False
            ),
        ),
    ]
