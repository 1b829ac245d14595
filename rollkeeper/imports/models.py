# SPDX-License-Identifier: EUPL-1.2
"""Imports: which file, how far, with what outcome."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Import(models.Model):
    """One file taken in, so that an import that broke off resumes where it was."""

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


class Chunk(models.Model):
    """The lines that one transaction of an import made, by which an undo finds exactly these."""

    pk = models.CompositePrimaryKey("import_id", "rows_before")
    import_id = models.UUIDField()
    rows_before = models.BigIntegerField(db_comment="How many rows of the file the import had read before.")
    line_ids = ArrayField(models.UUIDField())

    class Meta:
        """A row for some thousands of lines; append-only, and removed by an undo."""

        db_table = "imports_chunk"
