# SPDX-License-Identifier: EUPL-1.2
"""Whoever acts on a line may lock it, also who may change nothing in it; a counter may dispute the end that a batch made."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("lines", "0012_in_turn")]

    operations = [
        migrations.RunSQL(database.sql("lines", "lock_lines"), migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("lines", "at_the_counter"), migrations.RunSQL.noop),
    ]
