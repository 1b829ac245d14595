# SPDX-License-Identifier: EUPL-1.2
"""Which way somebody without a document was registered by, and through which day that is accepted."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lines", "0004_quarantine")]

    operations = [
        migrations.AddField(
            model_name="holding",
            name="route",
            field=models.TextField(
                null=True,
                db_comment="By which way of the pack somebody without a document was registered. Goes at erasure.",
            ),
        ),
        migrations.AddField(
            model_name="holding",
            name="accepted_through",
            field=models.DateField(
                null=True,
                db_comment="Through which day that is accepted; null: for good, or a document was shown.",
            ),
        ),
    ]
