# SPDX-License-Identifier: EUPL-1.2
"""What was left as sent by a bounce that came while its handing was written down is owed again."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("notices", "0005_letters_back")]

    operations = [
        migrations.RunSQL([database.PATIENT, database.sql("notices", "owe_again")], migrations.RunSQL.noop),
    ]
