# SPDX-License-Identifier: EUPL-1.2
"""Submissions, so that each happens once."""

from django.db import models


class Submission(models.Model):
    """The idempotency key of an act at the counter and the receipt that it gave."""

    submission_key = models.TextField(primary_key=True)
    receipt = models.JSONField(db_comment="References, verb, day and ledger entry; nothing personal.")
    made_at = models.DateTimeField()

    class Meta:
        """Insert-only."""

        db_table = "registration_submission"
