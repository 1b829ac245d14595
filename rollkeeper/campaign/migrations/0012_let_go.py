# SPDX-License-Identifier: EUPL-1.2
"""Whom a changed pack concerns no more leaves the campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("campaign", "0011_holding_back_by_line")]

    operations = [
        migrations.AlterField(
            model_name="member",
            name="left_because",
            field=models.TextField(db_comment="registered, ended or not_concerned.", null=True),
        ),
    ]
