# SPDX-License-Identifier: EUPL-1.2
"""Takes a code for what a case is about, and known signs of a forgery: another word would end the page of its case."""

from django.db import migrations, models

_HELD = """
ALTER TABLE selfcare_case ADD CONSTRAINT selfcare_case_about_no_code
    CHECK (CASE WHEN kind = 'forgery' THEN about IS NOT NULL AND about IN ('picture', 'security_features', 'check_digits', 'registry', 'altered')
           ELSE about IS NULL OR about ~ '^[a-z][a-z0-9_]{0,39}$' END) NOT VALID;
"""
_SIGNS = ["picture", "security_features", "check_digits", "registry", "altered"]
_IS_CODE = models.Q(about__isnull=True) | models.Q(about__regex="^[a-z][a-z0-9_]{0,39}$")


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0005_tries_that_count")]

    operations = [
        migrations.RunSQL(
            [_HELD],
            state_operations=[
                migrations.AddConstraint(
                    "case",
                    models.CheckConstraint(
                        condition=models.Q(kind="forgery", about__isnull=False, about__in=_SIGNS) | (~models.Q(kind="forgery") & _IS_CODE),
                        name="selfcare_case_about_no_code",
                    ),
                ),
            ],
        )
    ]  # fmt: skip
