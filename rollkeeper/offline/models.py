# SPDX-License-Identifier: EUPL-1.2
"""Tickets and offline registrations. Instants are the database's own, regardless of a demo instance's date.

Only the ciphertext is personal, and it is removed as soon as it is processed; the rest says when and with what outcome.
"""

from django.db import models
from django.db.models.functions import UUID7, Now

from rollkeeper.offline.choices import Outcome


class Ticket(models.Model):
    """Proves that a page of the counter was open for a signed-in user: no registration that is recorded under it is older."""

    ticket_id = models.UUIDField(primary_key=True)
    staff_id = models.UUIDField()
    key_id = models.IntegerField(db_comment="The key that was given with it.")
    made_at = models.DateTimeField(db_default=Now(), db_comment="By the database; the app may not write it.")

    class Meta:
        """The counter's role may insert the user and the key, and nothing else."""

        db_table = "offline_ticket"
        indexes = [models.Index(fields=["made_at"], name="offline_ticket_by_age")]


class OfflineRegistration(models.Model):
    """One action as it was recorded offline, sealed in the browser, and its outcome."""

    submission_key = models.TextField(primary_key=True)
    ticket_id = models.UUIDField()
    submitted_by = models.UUIDField(db_comment="Who was signed in when it was handed in.")
    language = models.TextField(db_comment="In which the clerk reads what came of it.")
    sealed = models.BinaryField(
        null=True, db_comment="Personal, sealed to a key of some weeks. Goes as soon as it is processed."
    )
    received_at = models.DateTimeField(
        db_default=Now(), db_comment="By the database; the app may not write it."
    )
    tries = models.SmallIntegerField(db_default=0)
    effective_at = models.DateTimeField(null=True, db_comment="As of when it counts.")
    processed_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True, db_comment="done, refused or failed; empty: it waits.")
    said = models.JSONField(
        null=True, db_comment="Sentences of a refusal: articles, ids and days, nothing personal."
    )

    by_counter = models.BooleanField(
        db_default=False, db_comment="Sealed by the counter's own app, and not in a browser."
    )
    action_kind = models.TextField(null=True, db_comment="The action to confirm; not known otherwise.")
    needs_approval = models.BooleanField(
        db_default=False, db_comment="The law requires a second person to confirm it before it is done."
    )
    registration_id = models.UUIDField(
        db_default=UUID7(), unique=True, db_comment="By which an approval names it (access_approval)."
    )

    class Meta:
        """Handed in once; a second time changes nothing."""

        db_table = "offline_registration"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=list(map(str, Outcome))) | models.Q(outcome__isnull=True),
                name="offline_registration_of_unknown_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=True) | ~models.Q(outcome__in=[Outcome.DONE.value, Outcome.REFUSED.value])
                | models.Q(outcome__isnull=True),
                name="offline_registration_sealed_after_processing",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["received_at", "submission_key"],
                name="offline_registration_pending",
                condition=models.Q(outcome__isnull=True),
            )
        ]
