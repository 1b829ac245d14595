# SPDX-License-Identifier: EUPL-1.2
"""Imports: which file, how far, with what outcome."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rollkeeper.imports.choices import UploadState


class Import(models.Model):
    """One imported file, so that an import that broke off resumes where it was."""

    import_id = models.UUIDField(primary_key=True)
    file_hash = models.TextField(
        unique=True,
        null=True,
        db_comment="Keyed hash of the file and its map; goes when the import is undone.",
    )
    rows_done = models.BigIntegerField(default=0)
    lines_made = models.BigIntegerField(default=0)
    rows_known = models.BigIntegerField(
        default=0, db_comment="Rows whose line was made by an earlier import."
    )
    rows_refused = models.BigIntegerField(default=0)
    rows_left_out = models.BigIntegerField(
        default=0, db_comment="Rows that the map leaves out: terminated lines, products that are no lines."
    )
    lines_barred = models.BigIntegerField(default=0, db_comment="Lines that the operator had barred before.")
    lines_completed = models.BigIntegerField(
        default=0, db_comment="Known lines to which the file added a registration or a reference."
    )
    registered = models.BigIntegerField(default=0, db_comment="Lines whose subscriber the file declares.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(
        null=True, db_comment="Since when the lines that it made are gone again."
    )

    class Meta:
        """Few rows."""

        db_table = "imports_import"


class Upload(models.Model):
    """A file handed in on a page. Its content is sealed in `vault_file` and destroyed once it is imported, or after a day."""

    upload_id = models.UUIDField(primary_key=True)
    file_id = models.UUIDField(db_comment="By which the vault has it, next to the upload's own.")
    state = models.TextField(db_comment="imports.choices.UploadState.")
    byte_count = models.BigIntegerField()
    uploaded_by = models.UUIDField()
    uploaded_at = models.DateTimeField()
    proposal = models.JSONField(
        null=True,
        db_comment="Names of columns and kinds of values, each of at least five rows or known to the dictionary. Goes with the file.",
    )
    map = models.JSONField(null=True, db_comment="The map as people corrected it. Goes with the file.")
    outcome = models.JSONField(null=True, db_comment="Counts and reasons, or refusals; no value of any row.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Few rows."""

        db_table = "imports_upload"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=UploadState.values), name="imports_upload_in_unknown_state"
            )
        ]


class Chunk(models.Model):
    """The lines that one transaction of an import made, by which an undo finds exactly these."""

    pk = models.CompositePrimaryKey("import_id", "rows_before")
    import_id = models.UUIDField()
    rows_before = models.BigIntegerField(db_comment="How many rows of the file the import had read before.")
    line_ids = ArrayField(models.UUIDField())

    class Meta:
        """A row for some thousands of lines; append-only, and removed by an undo."""

        db_table = "imports_chunk"
