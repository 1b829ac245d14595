# SPDX-License-Identifier: EUPL-1.2
"""Erasures under way and done, written before the keys are destroyed, so that they can be resumed after a crash; and the runs."""

from django.db import models


class Erasure(models.Model):
    """One line's record that must be erased, and whether it was."""

    pk = models.CompositePrimaryKey("line_id", "erasure_id")
    line_id = models.UUIDField()
    erasure_id = models.UUIDField()
    tenure_id = models.UUIDField(
        null=True,
        db_comment="The past tenure that must go, or whose copies must; empty where the whole line must.",
    )
    ground = models.TextField(
        db_comment="service_ended, tenure_ended, import_undone, copy_over (the document copies alone) or erased_before_restore."
    )
    article = models.TextField()
    last_day_kept = models.DateField()
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        """Sharded by line."""

        db_table = "retention_erasure"
        indexes = [
            models.Index(
                fields=["begun_at"],
                name="retention_erasure_under_way",
                condition=models.Q(done_at__isnull=True),
            )
        ]


class ErasureRun(models.Model):
    """A day on which a run erased everything due, even if that was nothing: it shows when the machine's date jumps ahead."""

    day = models.DateField(primary_key=True, db_comment="As the machine had it.")
    records = models.BigIntegerField(db_default=0, db_comment="How many records were erased on this day.")
    copies = models.BigIntegerField(
        db_default=0, db_comment="Of how many further records the document copies were erased on this day."
    )

    class Meta:
        """A row a day."""

        db_table = "retention_run"


class ErasureBrake(models.Model):
    """An erasure that was stopped because it concerned too much of the register; two people may approve it."""

    brake_id = models.UUIDField(primary_key=True)
    of_copies = models.BooleanField(
        db_default=False, db_comment="Whether of document copies alone; else of whole records."
    )
    stopped_at = models.DateTimeField()
    due = models.BigIntegerField(db_comment="How many records were due, with those erased on the same day.")
    approvable = models.BigIntegerField(db_comment="Up to how many records of a day the approvals are valid.")
    lifted_on = models.DateField(null=True, db_comment="The day on which it was erased after all.")

    class Meta:
        """Of each kind, the one that is not lifted waits for approval."""

        db_table = "retention_brake"
