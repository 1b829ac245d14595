# SPDX-License-Identifier: EUPL-1.2
"""Which native reader accepted which texts."""

from django.db import models
from django.db.models.functions import UUID7, Now


class Acceptance(models.Model):
    """A named native reader accepted all texts of one language as they were then."""

    acceptance_id = models.UUIDField(primary_key=True, db_default=UUID7())
    language = models.TextField(db_comment="BCP 47, as in 'instance.languages'.")
    texts_hash = models.TextField(db_comment="SHA-256 over every text of the language, in hexadecimal.")
    texts = models.JSONField(
        db_comment="A digest of each text, by its key: what changed since is found by it."
    )
    reader = models.TextField(db_comment="The native reader as they sign: name and role.")
    read_on = models.DateField(db_comment="The day on which the reader accepted the texts.")
    accepted_at = models.DateTimeField(
        db_default=Now(), db_comment="Instant by the machine: always set by the database."
    )
    withdrawn_on = models.DateField(null=True)

    class Meta:
        """A row changes only if the acceptance is withdrawn; the newest row of a language counts."""

        db_table = "languages_acceptance"
        indexes = [
            models.Index(fields=["language", "-accepted_at"], name="languages_acceptance_newest"),
        ]
