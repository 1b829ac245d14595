# SPDX-License-Identifier: EUPL-1.2
"""Counts an open case for the tenure that it is of: one of who had a line before stops none of who has it now."""

from django.db import migrations, models

_OF_TENURE = """
ALTER TABLE selfcare_case DROP CONSTRAINT IF EXISTS selfcare_case_open_twice_for_one_kind;
DROP INDEX IF EXISTS selfcare_case_open_twice_for_one_kind;
CREATE UNIQUE INDEX selfcare_case_open_twice_for_one_kind ON selfcare_case (line_id, tenure_id, kind) NULLS NOT DISTINCT WHERE settled_on IS NULL;
"""
_NAME = "selfcare_case_open_twice_for_one_kind"


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0007_tries_apart")]

    operations = [
        migrations.RunSQL(
            [_OF_TENURE],
            state_operations=[
                migrations.RemoveConstraint("case", _NAME),
                migrations.AddConstraint(
                    "case",
                    models.UniqueConstraint(
                        fields=["line_id", "tenure_id", "kind"],
                        condition=models.Q(settled_on__isnull=True),
                        nulls_distinct=False,
                        name=_NAME,
                    ),
                ),
            ],
        )
    ]
