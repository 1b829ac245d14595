# SPDX-License-Identifier: EUPL-1.2
"""Every pause is looked at by the night."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0008_stopped_batches")]

    operations = [migrations.RunSQL(database.sql("campaign", "watch"), migrations.RunSQL.noop)]
