# SPDX-License-Identifier: EUPL-1.2
"""On which line a person is told that their case is decided, and by which notice."""

from django.db import migrations, models

COLUMNS = """
ALTER TABLE selfcare_case ADD COLUMN asked_from uuid, ADD COLUMN notice_id uuid;
COMMENT ON COLUMN selfcare_case.asked_from IS 'The line in the hand of who disowns a line or appeals: they are told on it, not on the disowned one. Goes when it is settled.';
COMMENT ON COLUMN selfcare_case.notice_id IS 'The notice that it is decided; null: none was owed.';
"""


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0002_posted_code")]

    operations = [
        migrations.RunSQL(
            COLUMNS,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AddField(
                    model_name="case",
                    name="asked_from",
                    field=models.UUIDField(
                        db_comment="The line in the hand of who disowns a line or appeals: they are told on it, not on the disowned one. Goes when it is settled.", null=True
                    ),
                ),
                migrations.AddField(
                    model_name="case",
                    name="notice_id",
                    field=models.UUIDField(db_comment="The notice that it is decided; null: none was owed.", null=True),
                ),
            ],
        )
    ]
