# SPDX-License-Identifier: EUPL-1.2
"""What an operator says in place of the standard text of a notice that data was exposed."""

import django.db.models.fields.composite
from django.db import migrations, models

TABLE = """
CREATE TABLE notices_wording (wording_id uuid NOT NULL, language text NOT NULL, text text NOT NULL, PRIMARY KEY (wording_id, language));
COMMENT ON COLUMN notices_wording.wording_id IS 'The incident of which it speaks.';
COMMENT ON COLUMN notices_wording.text IS 'With marks for what is put in for each person; names no one.';
ALTER TABLE notices_notice ADD COLUMN wording_id uuid;
COMMENT ON COLUMN notices_notice.wording_id IS 'What is said in place of the standard text; of a notice that data was exposed alone.';
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_case_decided")]

    operations = [
        migrations.RunSQL(
            TABLE,
            migrations.RunSQL.noop,
            state_operations=[
                migrations.CreateModel(
                    name="Wording",
                    fields=[
                        (
                            "pk",
                            django.db.models.fields.composite.CompositePrimaryKey(
                                "wording_id", "language", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("wording_id", models.UUIDField(db_comment="The incident of which it speaks.")),
                        ("language", models.TextField()),
                        ("text", models.TextField(db_comment="With marks for what is put in for each person; names no one.")),
                    ],
                    options={"db_table": "notices_wording"},
                ),
                migrations.AddField(
                    model_name="notice",
                    name="wording_id",
                    field=models.UUIDField(
                        db_comment="What is said in place of the standard text; of a notice that data was exposed alone.", null=True
                    ),
                ),
            ],
        )
    ]
