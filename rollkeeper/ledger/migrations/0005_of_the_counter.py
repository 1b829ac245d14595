# SPDX-License-Identifier: EUPL-1.2
"""What the counter's role may enter."""


from django.db import migrations


from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("ledger", "0004_held_to_form")]

    operations = [
        migrations.RunSQL(database.sql("ledger", "of_the_counter"), migrations.RunSQL.noop),
    ]
