# SPDX-License-Identifier: EUPL-1.2
"""The table of this package: the jobs, which process each is leased to, and what is noted of its last run."""

from django.db import models


class Job(models.Model):
    """A job: its lease and its last run. Every instant is by the database's clock."""

    job = models.TextField(primary_key=True)
    leased_to = models.IntegerField(
        null=True,
        db_comment="The number of the lock that the session of the process holds (kernel/leases.py).",
    )
    leased_until = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    did = models.BigIntegerField(db_default=0, db_comment="How much the last run did.")
    fault = models.TextField(
        null=True, db_comment="The code of the refusal, or the name of what broke. Never its text."
    )

    class Meta:
        db_table = "kernel_job"
        constraints = [
            models.CheckConstraint(
                name="kernel_job_fault_is_a_code", condition=models.Q(fault__regex=r"^\w{1,80}$")
            )
        ]
