# SPDX-License-Identifier: EUPL-1.2
"""Whoever has named no language has none: they are told in every one of the home."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("subscribers", "0003_protection_carried")]

    operations = [
        migrations.AlterField(
            model_name="subscriber",
            name="language",
            field=models.TextField(null=True, db_comment="The language in which to be told; none where none was named."),
        ),
    ]
