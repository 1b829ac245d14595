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
                ("interval_s", models.IntegerField(db_comment="How long after the beginning of a run the next one begins.", null=True)),
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
        migrations.CreateModel(
            name="HealthFinding",
            fields=[
                ("position", models.IntegerField(primary_key=True, serialize=False)),
                ("check_name", models.TextField()),
                ("health", models.TextField(db_comment="ok, warning or error.")),
                ("sentence", models.TextField(db_comment="English; names counts, dates and user names of staff, no person.")),
                ("remedy", models.TextField()),
                ("found_at", models.DateTimeField()),
            ],
            options={"db_table": "kernel_healthfinding"},
        ),
    ]
