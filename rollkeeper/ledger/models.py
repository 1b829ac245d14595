# SPDX-License-Identifier: EUPL-1.2
"""The tables of the ledger: append-only for every role.

An entry is *sequenced* when its act commits, *integrated* when it has a leaf, *published* when a checkpoint covers it.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class Entry(models.Model):
    """One entry: what was done, by whom, under which article, on which day. Its leaf is published, and nothing else of it.

    The first migration adds the column `xid` (xid8, the transaction that wrote it), by which the integrator orders entries, with its index.
    """

    entry_id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_comment="Instant of the act.")
    day = models.DateField(db_comment="Day of the act in the pack's zone.")
    verb = models.TextField(db_comment="One of ledger.verbs.Verb.")
    line_id = models.UUIDField(null=True, db_comment="Reference of the line concerned.")
    person_id = models.UUIDField(null=True, db_comment="Reference of the person concerned.")
    staff_id = models.UUIDField(
        null=True, db_comment="Who acted, or whose account was tried: the body has a commitment."
    )
    body = models.TextField(
        db_comment="Canonical JSON (RFC 8785), not published: its salted digests are the root of the leaf. Reduced at erasure."
    )

    class Meta:
        """Indexes serve the access history and the integrator."""

        db_table = "ledger_entry"
        db_table_comment = "Every act and every access; append-only for every role."
        indexes = [
            models.Index(
                fields=["person_id", "entry_id"],
                name="ledger_entry_by_person",
                condition=models.Q(person_id__isnull=False),
            ),
            models.Index(
                fields=["line_id", "entry_id"],
                name="ledger_entry_by_line",
                condition=models.Q(line_id__isnull=False),
            ),
            models.Index(
                fields=["staff_id", "at"],
                name="ledger_entry_opened_by_staff",
                condition=models.Q(staff_id__isnull=False, verb="vault:sealed:opened"),
            ),
            models.Index(
                fields=["staff_id", "at"],
                name="ledger_entry_sign_ins",
                condition=models.Q(verb="access:sign_in:attempted"),
            ),
            # Entries come in the order of time: so an index of a few kilobytes finds a span of time, and writing it costs nothing.
            BrinIndex(fields=["at", "day"], name="ledger_entry_by_time", autosummarize=True),
        ]


class Leaf(models.Model):
    """The place of an entry in the tree, once integrated, and all that is published of it (`ledger.leaves`)."""

    leaf_index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    leaf_class = models.TextField(db_comment="One of ledger.leaf_classes.LeafClass.")
    day = models.DateField(db_comment="Day of the entry.")
    root = models.BinaryField(max_length=32, db_comment="Over the salted digests of the entry's fields.")
    leaf_hash = models.BinaryField(max_length=32, db_comment="SHA-256(0x00 || leaf), RFC 6962.")

    class Meta:
        """Written by the integrator alone."""

        db_table = "ledger_leaf"


class Tile(models.Model):
    """256 hashes of one level of the tree. Only full ones are kept: the edge is made from leaves and lower tiles."""

    pk = models.CompositePrimaryKey("level", "tile_index")
    level = models.SmallIntegerField()
    tile_index = models.BigIntegerField()
    hashes = models.BinaryField(db_comment="256 hashes of 32 bytes, as they are published.")
    root = models.BinaryField(max_length=32, db_comment="The root over them: a hash of the next level.")

    class Meta:
        """Written by the integrator alone."""

        db_table = "ledger_tile"
        db_table_comment = "The full tiles of the Merkle tree; append-only for every role."


class Integration(models.Model):
    """One step of the integrator: up to where in the order of commits every entry has a leaf.

    The first migration adds the column `through_xid` (xid8): the step took entries up to `through_xid`, `through_entry`.
    """

    step_id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(db_comment="Leaves in the tree after this step.")
    through_entry = models.BigIntegerField(db_comment="The last entry taken, of the transaction through_xid.")
    floor_entry = models.BigIntegerField(db_comment="Entries up to here were written in an earlier cluster.")
    cluster = models.BigIntegerField(db_comment="The cluster whose transaction numbers these are.")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Written by the integrator alone."""

        db_table = "ledger_integration"
        db_table_comment = "How far the tree has come; append-only for every role."


class Checkpoint(models.Model):
    """A head of the tree that was signed. One for each size: two heads of the same size would show different ledgers to different
    readers.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField(db_comment="The signed note, as published.")
    signed_at = models.DateTimeField(db_comment="Instant of signing.")

    class Meta:
        """Written by the publisher alone."""

        db_table = "ledger_checkpoint"
        db_table_comment = "Every head that was ever signed; append-only for every role."


class Publication(models.Model):
    """A checkpoint that was published, with its cosignatures. There is another row whenever a witness renews its cosignature."""

    publication_id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    note = models.TextField(db_comment="The signed and cosigned note, as published.")
    published_at = models.DateTimeField(
        db_comment="Instant by the machine, regardless of a demo instance's date."
    )
    cosigned_at = models.DateTimeField(
        null=True, db_comment="Instant of the newest cosignature that it bore."
    )

    class Meta:
        """Written by the publisher alone."""

        db_table = "ledger_publication"
        db_table_comment = "Every checkpoint that readers could see; append-only for every role."


class Appended(models.Model):
    """How many entries one statement appended, and a sum over their bodies; the integrator compares them, and removes the row.

    So it notices an entry that was deleted or changed before it had a leaf. The trigger that writes it (``sql/note_appended.sql``) and its
    column `xid` come with the first migration.
    """

    appended_id = models.BigAutoField(primary_key=True)
    first_entry = models.BigIntegerField()
    entries = models.BigIntegerField()
    bodies = models.DecimalField(
        max_digits=40, decimal_places=0, db_comment="Sum of hashtextextended over the bodies."
    )
    day = models.DateField(db_comment="The first of their days.")

    class Meta:
        """A queue: nearly empty."""

        db_table = "ledger_appended"
        db_table_comment = "What was appended and has no leaf yet."


class Fault(models.Model):
    """An entry that is not what its leaf says, or is gone."""

    fault_id = models.BigAutoField(primary_key=True)
    kind = models.TextField(db_comment="One of ledger.choices.FaultKind.")
    entry_id = models.BigIntegerField()
    leaf_index = models.BigIntegerField(null=True)
    leaf_class = models.TextField(null=True)
    day = models.DateField(null=True)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Written by the integrator and the checks."""

        db_table = "ledger_fault"
        db_table_comment = "Entries found missing or changed; append-only for every role."
        constraints = [models.UniqueConstraint(fields=["kind", "entry_id"], name="ledger_fault_once")]


class CheckRound(models.Model):
    """How far the rolling check of entries against their leaves has come."""

    check_id = models.SmallIntegerField(primary_key=True)
    next_leaf = models.BigIntegerField()
    round_ended_at = models.DateTimeField(
        null=True, db_comment="When every leaf had last been checked in turn."
    )
    unsalted_since = models.DateTimeField(
        null=True, db_comment="A restore brought keys of this instant: what was entered since"
    )
    unsalted_until = models.DateTimeField(
        null=True, db_comment="and until then has lost its secrets with them."
    )

    class Meta:
        """One row."""

        db_table = "ledger_check"


class DeferredDisclosureMark(models.Model):
    """The last day on which the person is not shown the openings for a disclosure request; the entries are in the ledger at once."""

    disclosure_id = models.UUIDField(primary_key=True)
    until = models.DateField(db_comment="Last day. From the day after, the openings and this day are shown.")
    begun_on = models.DateField()

    class Meta:
        """Where there is no row everything is shown."""

        db_table = "ledger_deferreddisclosuremark"
        db_table_comment = "Notification that is put off, within what the pack allows (disclosures)."
