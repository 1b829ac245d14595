# SPDX-License-Identifier: EUPL-1.2
"""Imports of files."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("import_id", models.UUIDField(primary_key=True, serialize=False)),
                ("file_hash", models.TextField(db_comment="Keyed hash of the file and its map; goes when the import is undone.", null=True, unique=True)),
                ("rows_done", models.BigIntegerField(default=0)),
                ("lines_made", models.BigIntegerField(default=0)),
                ("rows_known", models.BigIntegerField(db_comment="Rows whose line was made by an earlier import.", default=0)),
                ("rows_refused", models.BigIntegerField(default=0)),
                ("rows_left_out", models.BigIntegerField(db_comment="Rows that the map leaves out: terminated lines, products that are no lines.", default=0)),
                ("lines_barred", models.BigIntegerField(db_comment="Lines that the operator had barred before.", default=0)),
                ("lines_completed", models.BigIntegerField(db_comment="Known lines to which the file added a registration or a reference.", default=0)),
                ("registered", models.BigIntegerField(db_comment="Lines whose subscriber the file declares.", default=0)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(db_comment="Since when the lines that it made are gone again.", null=True)),
            ],
            options={
                "db_table": "imports_import",
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("upload_id", models.UUIDField(primary_key=True, serialize=False)),
                ("file_id", models.UUIDField(db_comment="By which the vault has it, next to the upload's own.")),
                ("state", models.TextField(db_comment="imports.choices.UploadState.")),
                ("byte_count", models.BigIntegerField()),
                ("uploaded_by", models.UUIDField()),
                ("uploaded_at", models.DateTimeField()),
                ("proposal", models.JSONField(db_comment="Names of columns and kinds of values, each of at least five rows or known to the dictionary. Goes with the file.", null=True)),
                ("map", models.JSONField(db_comment="The map as people corrected it. Goes with the file.", null=True)),
                ("outcome", models.JSONField(db_comment="Counts and reasons, or refusals; no value of any row.", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "imports_upload",
                "constraints": [models.CheckConstraint(condition=models.Q(("state__in", ["received", "proposed", "count_requested", "counted", "import_requested", "imported", "discard_requested", "discarded", "unreadable"])), name="imports_upload_in_unknown_state")],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("pk", models.CompositePrimaryKey("import_id", "rows_before", blank=True, editable=False, primary_key=True, serialize=False)),
                ("import_id", models.UUIDField()),
                ("rows_before", models.BigIntegerField(db_comment="How many rows of the file the import had read before.")),
                ("line_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
            ],
            options={
                "db_table": "imports_chunk",
            },
        ),
    ]
