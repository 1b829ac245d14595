# SPDX-License-Identifier: EUPL-1.2
"""What sort of contact the operator's file had: an e-mail address, a postal one, or both."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lines", "0006_at_the_counter")]

    operations = [
        migrations.AddField(
            model_name="line",
            name="contact_kind",
            field=models.TextField(
                null=True, db_comment="lines.contacts.ContactKind; null: an e-mail address alone."
            ),
        ),
        migrations.AlterField(
            model_name="line",
            name="contact_sealed",
            field=models.BinaryField(
                null=True,
                db_comment="Personal, sealed: an e-mail address, a postal address on the lines after it, or both, from the"
                " operator's file, for notices only. Goes at erasure.",
            ),
        ),
    ]
