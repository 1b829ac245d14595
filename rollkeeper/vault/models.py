# SPDX-License-Identifier: EUPL-1.2
"""What is sealed. The keys are not here: they lie in the second store, which has no model (`vault.keys`)."""

from django.db import models


class Sealed(models.Model):
    """One attribute of one person as recorded with one holding, sealed under that person's key for that holding."""

    pk = models.CompositePrimaryKey("person_id", "holding_id", "field")
    person_id = models.UUIDField()
    holding_id = models.UUIDField()
    field = models.TextField(db_comment="One of vault.fields.Field.")
    ciphertext = models.BinaryField(
        db_comment="Personal, sealed. Kept until the pack's retention ends; then its key is destroyed and the row goes."
    )

    class Meta:
        """The counter's role may insert here and not select."""

        db_table = "vault_sealed"
