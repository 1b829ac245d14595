# SPDX-License-Identifier: EUPL-1.2
"""Erasures under way and done: written before the keys are destroyed, so that a crash in between is resumed."""

from django.db import models


class Erasure(models.Model):
    """One line's record that must go, and whether it has gone."""

    pk = models.CompositePrimaryKey("line_id", "erasure_id")
    line_id = models.UUIDField()
    erasure_id = models.UUIDField()
    ground = models.TextField()
    article = models.TextField()
    last_day_kept = models.DateField()
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        """Sharded by line."""

        db_table = "retention_erasure"
