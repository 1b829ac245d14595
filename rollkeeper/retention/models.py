# SPDX-License-Identifier: EUPL-1.2
"""Erasures under way and done, written before the keys are destroyed, so that a crash in between is resumed; and the runs."""

from django.db import models


class Erasure(models.Model):
    """One line's record that must go, and whether it has gone."""

    pk = models.CompositePrimaryKey("line_id", "erasure_id")
    line_id = models.UUIDField()
    erasure_id = models.UUIDField()
    tenure_id = models.UUIDField(
        null=True, db_comment="The past tenure that must go; empty where the whole line must."
    )
    ground = models.TextField(db_comment="service_ended or tenure_ended.")
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
    """A day on which what was due was erased, if only nothing: by which a date that jumps ahead is noticed."""

    day = models.DateField(primary_key=True, db_comment="As the machine had it.")

    class Meta:
        """A row a day."""

        db_table = "retention_run"
