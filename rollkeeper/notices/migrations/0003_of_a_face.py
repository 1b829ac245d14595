# SPDX-License-Identifier: EUPL-1.2
"""Which notices a face may owe."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("notices", "0002_tally")]

    operations = [
        migrations.RunSQL(database.sql("notices", "of_a_face"), migrations.RunSQL.noop),
    ]
