# SPDX-License-Identifier: EUPL-1.2
"""The office's face may owe the notice that an auditor asks to see a record."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("notices", "0003_of_a_face")]

    operations = [
        migrations.RunSQL(database.sql("notices", "of_a_face"), migrations.RunSQL.noop),
    ]
