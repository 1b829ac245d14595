# SPDX-License-Identifier: EUPL-1.2
"""Commands of a batch that the network took and did not prove, found without looking at the others."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("network", "0004_at_the_counter")]

    operations = [
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(("batch_id__isnull", False), ("state", "sent")), fields=["batch_id"],
                name="network_command_unproven",
            ),
        ),
        migrations.RunSQL(database.sql("network", "postpone"), migrations.RunSQL.noop),
    ]
