# SPDX-License-Identifier: EUPL-1.2
"""Which case was opened because of an account's document images: another account of the outlet gets its own."""

from django.db import migrations, models

COLUMN = """
ALTER TABLE agents_documentimagecount ADD COLUMN case_id uuid;
COMMENT ON COLUMN agents_documentimagecount.case_id IS 'The case that was opened because of them.';
UPDATE agents_documentimagecount p SET case_id = c.case_id FROM agents_case c
 WHERE c.outlet_id = p.outlet_id AND c.opened_on = p.day AND c.pattern = 'abandoned';
"""


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_erased_registrations")]

    operations = [
        migrations.RunSQL(
            COLUMN,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="documentimagecount",
                    name="case_id",
                    field=models.UUIDField(db_comment="The case that was opened because of them.", null=True),
                )
            ],
        )
    ]
