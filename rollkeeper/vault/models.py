# SPDX-License-Identifier: EUPL-1.2
"""What is sealed. The keys are not here: they are in the second store, which has no model (`vault.keys`)."""

from django.db import models


class Sealed(models.Model):
    """One attribute of one person as recorded with one tenure, sealed under that person's key for that tenure."""

    pk = models.CompositePrimaryKey("person_id", "tenure_id", "field")
    person_id = models.UUIDField()
    tenure_id = models.UUIDField()
    field = models.TextField(db_comment="One of vault.fields.Field.")
    ciphertext = models.BinaryField(
        db_comment="Personal, sealed. Kept until the pack's retention ends; then its key is destroyed and the row deleted."
    )

    class Meta:
        """The counter's role may insert here and not select."""

        db_table = "vault_sealed"


class SealedFile(models.Model):
    """One file not about a subscriber, sealed under its own key: the instrument of a disclosure request."""

    pk = models.CompositePrimaryKey("owner_id", "file_id")
    owner_id = models.UUIDField(
        db_comment="What it belongs to; with file_id it names its key in the store of keys."
    )
    file_id = models.UUIDField()
    ciphertext = models.BinaryField(
        db_comment="May be personal, sealed. Kept as long as what it belongs to; then its key is destroyed and the row deleted."
    )

    class Meta:
        """Opaque: no process of Rollkeeper reads what is inside."""

        db_table = "vault_file"


class Copy(models.Model):
    """One copy of a document, redacted and sealed, that lies in the store of documents (`vault.document_store`)."""

    pk = models.CompositePrimaryKey("person_id", "tenure_id", "position")
    person_id = models.UUIDField()
    tenure_id = models.UUIDField()
    position = models.SmallIntegerField(db_comment="Which of the pages or sides, from 0.")
    digest = models.BinaryField(
        db_comment="SHA-256 of the sealed object. Goes with the record, and the object before it."
    )

    class Meta:
        """The counter's role may insert here and not select."""

        db_table = "vault_copy"


class Canary(models.Model):
    """Records that a canary was made for a key epoch. No table says which person it is."""

    epoch_id = models.IntegerField(primary_key=True)
    made_on = models.DateField()

    class Meta:
        """The doctor reads it, so that no epoch stays without a canary."""

        db_table = "vault_canary"


class OpeningCount(models.Model):
    """How many values workers opened for a purpose in an hour."""

    pk = models.CompositePrimaryKey("purpose", "hour")
    purpose = models.TextField(db_comment="One of vault.fields.Purpose, or 'offline'.")
    hour = models.DateTimeField()
    opened = models.BigIntegerField()

    class Meta:
        """A month of counts, without references."""

        db_table = "vault_openingcount"


class Alarm(models.Model):
    """A canary was opened, a protected subscriber was looked for, or staff reached a limit. The ledger has an entry for each."""

    alarm_id = models.UUIDField(primary_key=True)
    about = models.TextField(db_comment="One of vault.canaries.AlarmAbout.")
    raised_at = models.DateTimeField()
    entry_id = models.BigIntegerField(db_comment="The ledger entry that names the actor.")
    staff_id = models.UUIDField(null=True)
    notified_at = models.DateTimeField(null=True, db_comment="When the mail about it was delivered.")
    settled_at = models.DateTimeField(null=True, db_comment="When another person examined it.")

    class Meta:
        """Written by the vault's role, settled from the console."""

        db_table = "vault_alarm"
        indexes = [
            models.Index(
                fields=["raised_at"], name="vault_alarm_open", condition=models.Q(settled_at__isnull=True)
            )
        ]
