# SPDX-License-Identifier: EUPL-1.2
"""Erasures of document copies are counted, stopped and approved apart from those of records."""

from django.db import migrations, models


COMMENTS = """
COMMENT ON COLUMN retention_erasure.ground IS
    'service_ended, tenure_ended, import_undone, copy_over (the document copies alone) or erased_before_restore.';
COMMENT ON COLUMN retention_erasure.tenure_id IS
    'The past tenure that must go, or whose copies must; empty where the whole line must.';
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="erasurerun",
            name="copies",
            field=models.BigIntegerField(
                db_comment="Of how many further records the document copies were erased on this day.", db_default=0
            ),
        ),
        migrations.AddField(
            model_name="erasurebrake",
            name="of_copies",
            field=models.BooleanField(
                db_comment="Whether of document copies alone; else of whole records.", db_default=False
            ),
        ),
        # By itself Django would give the column its type again, which a trigger on it forbids.
        migrations.RunSQL(
            COMMENTS,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField(
                    model_name="erasure",
                    name="ground",
                    field=models.TextField(
                        db_comment="service_ended, tenure_ended, import_undone, copy_over (the document copies alone) or erased_before_restore."
                    ),
                ),
                migrations.AlterField(
                    model_name="erasure",
                    name="tenure_id",
                    field=models.UUIDField(
                        db_comment="The past tenure that must go, or whose copies must; empty where the whole line must.", null=True
                    ),
                ),
            ],
        ),
    ]
