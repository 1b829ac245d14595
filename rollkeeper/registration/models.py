# SPDX-License-Identifier: EUPL-1.2
"""Submissions, so that each happens once."""

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast


class Submission(models.Model):
    """The idempotency key of an act at the counter and the receipt that it gave."""

    submission_key = models.TextField(primary_key=True)
    receipt = models.JSONField(db_comment="References, verb, day and ledger entry; nothing personal.")
    made_at = models.DateTimeField()

    class Meta:
        """Insert-only; a receipt is deleted when an erasure reduces its ledger entry."""

        db_table = "registration_submission"
        indexes = [
            models.Index(
                Cast(KT("receipt__entry"), models.BigIntegerField()), name="registration_submission_by_entry"
            )
        ]
