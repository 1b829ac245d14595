# SPDX-License-Identifier: EUPL-1.2
"""What was typed for a code, kept until it is compared: in another transaction, so that no rollback takes the try back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0004_consents_of_erased")]

    operations = [
        migrations.AddField(
            model_name="coderequest",
            name="tried_code",
            field=models.BinaryField(null=True, db_comment="Keyed hash of what was typed last. Goes when it is compared."),
        ),
        migrations.AddField(
            model_name="coderequest",
            name="tried_letter",
            field=models.BinaryField(null=True, db_comment="The same, as the code of a letter."),
        ),
        migrations.AddField(
            model_name="coderequest",
            name="tried_in",
            field=models.BigIntegerField(null=True, db_comment="The transaction that counted it."),
        ),
    ]
