# SPDX-License-Identifier: EUPL-1.2
"""Who stops a batch stops what the network has not heard of it."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0007_taken_back")]

    operations = [migrations.RunSQL(database.sql("campaign", "hold_back"), migrations.RunSQL.noop)]
