# SPDX-License-Identifier: EUPL-1.2
"""An index of what the network was proved to have restored, by which those lines are asked about for some days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provisioning", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(("kind", "restore"), ("state", "confirmed")), fields=["read_back_at", "line_id"], name="provisioning_command_restored"
            ),
        ),
    ]
