# SPDX-License-Identifier: EUPL-1.2
"""Keeps what was typed for a code apart from the line that it is compared with: a row that is as long for every number."""

from django.db import migrations, models

_APART = """
CREATE TABLE selfcare_codetry (code_request_id uuid PRIMARY KEY, tries smallint NOT NULL, tried_code bytea, tried_letter bytea, tried_in bigint);
COMMENT ON COLUMN selfcare_codetry.tries IS 'How often something was typed.';
COMMENT ON COLUMN selfcare_codetry.tried_code IS 'Keyed hash of what was typed last. Goes when it is compared.';
COMMENT ON COLUMN selfcare_codetry.tried_letter IS 'The same, as the code of a letter.';
COMMENT ON COLUMN selfcare_codetry.tried_in IS 'The transaction that counted it.';
ALTER TABLE selfcare_coderequest DROP COLUMN tried_code, DROP COLUMN tried_letter, DROP COLUMN tried_in;
"""


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0006_what_cases_are_about")]

    operations = [
        migrations.RunSQL(
            [_APART],
            state_operations=[
                *(migrations.RemoveField("coderequest", name) for name in ("tried_code", "tried_letter", "tried_in")),
                migrations.CreateModel(
                    "CodeTry",
                    [
                        ("code_request_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("tries", models.SmallIntegerField(db_comment="How often something was typed.")),
                        ("tried_code", models.BinaryField(null=True, db_comment="Keyed hash of what was typed last. Goes when it is compared.")),
                        ("tried_letter", models.BinaryField(null=True, db_comment="The same, as the code of a letter.")),
                        ("tried_in", models.BigIntegerField(null=True, db_comment="The transaction that counted it.")),
                    ],
                    options={"db_table": "selfcare_codetry"},
                ),
            ],
        )
    ]  # fmt: skip
