# SPDX-License-Identifier: EUPL-1.2
"""References to people, and the one exact way to find a reference again."""

from django.db import models


class Subscriber(models.Model):
    """A person, a company, or a person with a part for one (user of the line, bearer of the documents, guardian)."""

    person_id = models.UUIDField(primary_key=True)
    kind = models.TextField(db_comment="individual, minor or company (subscribers.choices.PartyKind).")
    language = models.TextField(
        null=True, db_comment="The language in which to be notified; none where none was named."
    )
    is_protected = models.BooleanField(
        default=False, db_comment="Under threat: ordinary staff see only that it exists."
    )
    made_on = models.DateField()
    erased_on = models.DateField(
        null=True, db_comment="Since when nothing about this reference can be opened."
    )

    class Meta:
        """Sharded by person."""

        db_table = "subscribers_subscriber"


class Document(models.Model):
    """The blind index of a document that was shown: it finds the person again, only by the document's whole number."""

    document_index = models.BinaryField(
        primary_key=True, db_comment="Personal, keyed hash. Goes when the person is erased."
    )
    person_id = models.UUIDField()
    document_type = models.TextField()
    since = models.DateField(
        null=True, db_comment="When it was first shown; null: before the register noted days."
    )
    until = models.DateField(
        null=True,
        db_comment="When a newer one took its place: it still leads to the person and proves nothing.",
    )

    class Meta:
        """Sharded by the index."""

        db_table = "subscribers_document"
        indexes = [models.Index(fields=["person_id"], name="subscribers_document_by_person")]


class PersonLink(models.Model):
    """Two references are one person, who showed both documents at a counter. Nothing is rewritten, so that this can be undone."""

    person_id = models.UUIDField(primary_key=True)
    principal_id = models.UUIDField(
        db_comment="The reference under which they are counted together; never itself joined to another."
    )
    since = models.DateField()
    entry_id = models.BigIntegerField(null=True, db_comment="The ledger entry that says so.")

    class Meta:
        """Sharded by person."""

        db_table = "subscribers_personlink"
        indexes = [models.Index(fields=["principal_id"], name="subscribers_personlink_by_principal")]
