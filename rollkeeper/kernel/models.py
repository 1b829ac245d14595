# SPDX-License-Identifier: EUPL-1.2
"""The tables of this package: the jobs, each with its lease and its last run, and the doctor's findings."""

from django.db import models


class Job(models.Model):
    """A job: its lease and its last run. Every instant is by the database's clock."""

    job = models.TextField(primary_key=True)
    leased_to = models.IntegerField(
        null=True,
        db_comment="The number of the lock that the session of the process holds (kernel/claims.py).",
    )
    leased_until = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    did = models.BigIntegerField(db_default=0, db_comment="How much the last run did.")
    fault = models.TextField(
        null=True, db_comment="The codes of the refusals, or the name of what broke. Never a text."
    )

    interval_s = models.IntegerField(
        null=True, db_comment="How long after the beginning of a run the next one begins."
    )

    class Meta:
        db_table = "kernel_job"
        constraints = [
            models.CheckConstraint(
                name="kernel_job_fault_is_codes",
                condition=models.Q(fault__regex=r"^\w{1,80}(, \w{1,80})*$"),
            )
        ]


class HealthFinding(models.Model):
    """One sentence of the doctor's last examination; a new one replaces all of them."""

    position = models.IntegerField(primary_key=True)
    check_name = models.TextField()
    health = models.TextField(db_comment="ok, warning or error.")
    sentence = models.TextField(db_comment="English; names counts, dates and user names of staff, no person.")
    remedy = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_healthfinding"
