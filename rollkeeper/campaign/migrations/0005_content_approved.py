# SPDX-License-Identifier: EUPL-1.2
"""What of a batch was approved, and which moves of a batch are the office's."""


from django.db import migrations, models


from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0004_tallies_in_one_pass")]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="content",
            field=models.TextField(null=True, db_comment="The hash of what was approved (campaign/sql/content.sql)."),
        ),
        migrations.AddField(
            model_name="approval",
            name="entry_id",
            field=models.BigIntegerField(null=True, db_comment="The ledger entry that says so."),
        ),
        migrations.AddField(
            model_name="batch",
            name="content",
            field=models.TextField(null=True, db_comment="The hash of what people are asked to approve."),
        ),
        migrations.RunSQL(database.sql("campaign", "of_the_office"), migrations.RunSQL.noop),
    ]
