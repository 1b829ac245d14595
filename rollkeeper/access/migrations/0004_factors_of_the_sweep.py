# SPDX-License-Identifier: EUPL-1.2
"""Which second factors the sweep's role sees."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("access", "0003_grants_stand")]

    operations = [
        migrations.RunSQL(database.sql("access", "factors_of_the_sweep"), migrations.RunSQL.noop),
    ]
