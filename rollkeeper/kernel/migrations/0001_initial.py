# SPDX-License-Identifier: EUPL-1.2
"""The table of jobs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("job", models.TextField(primary_key=True, serialize=False)),
                ("leased_to", models.IntegerField(db_comment="The number of the lock that the session of the process holds (kernel/leases.py).", null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("did", models.BigIntegerField(db_comment="How much the last run did.", db_default=0)),
                ("fault", models.TextField(db_comment="The code of the refusal, or the name of what broke. Never its text.", null=True)),
            ],
            options={
                "db_table": "kernel_job",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fault__regex", "^\\w{1,80}$")), name="kernel_job_fault_is_a_code"
                    )
                ],
            },
        ),
    ]
