# SPDX-License-Identifier: EUPL-1.2
"""What is held back of a great batch is looked up line by line."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0010_stays_reach_the_network")]

    operations = [migrations.RunSQL(database.sql("campaign", "hold_back"), migrations.RunSQL.noop)]
