# SPDX-License-Identifier: EUPL-1.2
"""The triggers by which a lift tells the network, and no batch cuts a protected line."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("network", "0001_initial"), ("lines", "0002_lifts_and_proofs")]

    operations = [
        migrations.RunSQL(database.sql("network", "lift_for_hours"), migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("network", "protected"), migrations.RunSQL.noop),
    ]
