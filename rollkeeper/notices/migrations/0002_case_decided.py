# SPDX-License-Identifier: EUPL-1.2
"""A notice that a case is decided: of which kind the case is, and for whom alone it is."""

from django.db import migrations, models

COLUMNS = """
ALTER TABLE notices_notice ADD COLUMN about text, ADD COLUMN for_tenure uuid;
COMMENT ON COLUMN notices_notice.about IS 'Of a notice that a case is decided: selfcare.choices.CaseKind.';
COMMENT ON COLUMN notices_notice.for_tenure IS 'The tenure whose subscriber alone it is for: withdrawn once the line is another person''s, or theirs is protected.';
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        migrations.RunSQL(
            COLUMNS,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="notice",
                    name="about",
                    field=models.TextField(db_comment="Of a notice that a case is decided: selfcare.choices.CaseKind.", null=True),
                ),
                migrations.AddField(
                    model_name="notice",
                    name="for_tenure",
                    field=models.UUIDField(
                        db_comment="The tenure whose subscriber alone it is for: withdrawn once the line is another person's, or theirs is protected.", null=True
                    ),
                ),
            ],
        )
    ]
