# SPDX-License-Identifier: EUPL-1.2
"""Stays are days of rest of the network, and what they hold is looked at when it is due."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0009_pauses_watched"), ("network", "0006_rests")]

    operations = [
        migrations.RunSQL(database.sql("campaign", name), migrations.RunSQL.noop)
        for name in ("stays_are_rests", "hold_back")
    ]
