# SPDX-License-Identifier: EUPL-1.2
"""What must go and what becomes free, in one order: a chunk is looked for behind the last one of the chunk before."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("lines", "0011_was_wrong")]

    operations = [
        migrations.RemoveIndex(model_name="line", name="lines_line_to_erase"),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", False), ("erased_on__isnull", True)),
                fields=["ended_on", "line_id"],
                name="lines_line_to_erase",
            ),
        ),
        migrations.RemoveIndex(model_name="number", name="lines_number_in_quarantine"),
        migrations.AddIndex(
            model_name="number",
            index=models.Index(
                condition=models.Q(("quarantined_until__isnull", False)),
                fields=["quarantined_until", "number_index"],
                name="lines_number_in_quarantine",
            ),
        ),
        migrations.RunSQL("DROP INDEX lines_holding_to_erase", migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("lines", "past_holdings"), migrations.RunSQL.noop),
    ]
