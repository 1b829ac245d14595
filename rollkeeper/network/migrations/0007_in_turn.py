# SPDX-License-Identifier: EUPL-1.2
"""What is to be pushed, in the order in which it was asked for: a chunk is looked for behind the one before."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("network", "0006_rests")]

    operations = [
        migrations.RemoveIndex(model_name="command", name="network_command_to_push"),
        migrations.RunSQL(
            "CREATE INDEX network_command_in_turn ON network_command (kind, next_try_at, position)"
            " WHERE state IN ('waiting', 'sent')",
            "DROP INDEX network_command_in_turn",
        ),
    ]
