# SPDX-License-Identifier: EUPL-1.2
"""The ids of a chunk's lines are stored as they are: compressing them took longer than the rest of the row, for a fifth of its size."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE imports_chunk ALTER COLUMN line_ids SET STORAGE EXTERNAL",
            "ALTER TABLE imports_chunk ALTER COLUMN line_ids SET STORAGE EXTENDED",
        )
    ]
