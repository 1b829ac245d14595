# SPDX-License-Identifier: EUPL-1.2
"""A line that a restore brought back is erased from whatever state it came back in."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("lines", "0008_steps")]

    operations = [migrations.RunSQL(database.sql("lines", "steps"), migrations.RunSQL.noop)]
