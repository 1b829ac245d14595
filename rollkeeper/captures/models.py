# SPDX-License-Identifier: EUPL-1.2
"""Tickets and captures. Instants are the database's own, whatever day a trial home believes.

Nothing is personal but the ciphertext, and that goes as soon as it is carried; what remains says when and with what outcome.
"""

from django.db import models
from django.db.models.functions import Now


class Ticket(models.Model):
    """That a page of the counter was open before somebody who was signed in: nothing captured there is older."""

    ticket_id = models.UUIDField(primary_key=True)
    staff_id = models.UUIDField()
    key_id = models.IntegerField(db_comment="The key that was given with it.")
    made_at = models.DateTimeField(db_default=Now(), db_comment="By the database; the face may not write it.")

    class Meta:
        """The counter's role may insert who and which key, and nothing else."""

        db_table = "captures_ticket"
        indexes = [models.Index(fields=["made_at"], name="captures_ticket_by_age")]


class Capture(models.Model):
    """One act as it was taken down, sealed in the browser, and what came of it."""

    submission_key = models.TextField(primary_key=True)
    ticket_id = models.UUIDField()
    delivered_by = models.UUIDField(db_comment="Who was signed in when it was handed in.")
    language = models.TextField(db_comment="In which the clerk reads what came of it.")
    sealed = models.BinaryField(
        null=True, db_comment="Personal, sealed to a key of some weeks. Goes as soon as it is carried."
    )
    received_at = models.DateTimeField(
        db_default=Now(), db_comment="By the database; the face may not write it."
    )
    tries = models.SmallIntegerField(db_default=0)
    captured_at = models.DateTimeField(null=True, db_comment="As of when it counts.")
    carried_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True, db_comment="done, refused or held; empty: it waits.")
    said = models.JSONField(
        null=True, db_comment="Sentences of a refusal: articles, ids and days, nothing personal."
    )

    by_counter = models.BooleanField(
        db_default=False, db_comment="Sealed by the counter's own face, and not in a browser."
    )
    deed = models.TextField(null=True, db_comment="What is to be confirmed; known to nobody otherwise.")
    needs_second = models.BooleanField(
        db_default=False, db_comment="The law has somebody else confirm it before it is done."
    )
    seconded_by = models.UUIDField(null=True)
    seconded_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True, db_comment="What they said; empty: nobody has said anything.")

    class Meta:
        """Handed in once; a second time changes nothing."""

        db_table = "captures_capture"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["done", "refused", "held"]) | models.Q(outcome__isnull=True),
                name="captures_capture_of_unknown_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=True) | ~models.Q(outcome__in=["done", "refused"])
                | models.Q(outcome__isnull=True),
                name="captures_capture_kept_after_it_was_carried",
            ),
            models.CheckConstraint(
                condition=models.Q(seconded_by__isnull=True) | ~models.Q(seconded_by=models.F("delivered_by")),
                name="captures_capture_confirmed_by_who_took_it_down",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed__isnull=True, seconded_by__isnull=True)
                | models.Q(agreed__isnull=False, seconded_by__isnull=False),
                name="captures_capture_confirmed_by_nobody",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["received_at", "submission_key"],
                name="captures_capture_to_carry",
                condition=models.Q(outcome__isnull=True),
            )
        ]
