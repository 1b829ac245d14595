# SPDX-License-Identifier: EUPL-1.2
"""The comment of a job's claim names the module that makes claims."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_codes_of_a_run")]

    operations = [
        migrations.AlterField(
            model_name="job",
            name="leased_to",
            field=models.IntegerField(db_comment="The number of the lock that the session of the process holds (kernel/claims.py).", null=True),
        ),
    ]
