# SPDX-License-Identifier: EUPL-1.2
"""A line takes no step that the table of its life does not know; one function for all triggers that only refuse."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("lines", "0007_postal_contacts")]

    operations = [
        *(
            migrations.RunSQL(database.sql("lines", name), migrations.RunSQL.noop)
            for name in ("protected", "at_the_counter", "steps")
        ),
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS lines_refuse_end_of_protected, lines_keep_protected, lines_refuse_to_counter",
            migrations.RunSQL.noop,
        ),
    ]
