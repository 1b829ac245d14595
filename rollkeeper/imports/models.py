# SPDX-License-Identifier: EUPL-1.2
"""Imports: which file, how far, with what outcome."""

from django.db import models


class Import(models.Model):
    """One file taken in, so that an import that broke off resumes where it was."""

    import_id = models.UUIDField(primary_key=True)
    file_hash = models.TextField(unique=True, db_comment="Keyed hash of the file and its map.")
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

    class Meta:
        """Few rows."""

        db_table = "imports_import"
