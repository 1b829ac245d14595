# SPDX-License-Identifier: EUPL-1.2
"""Takes only known kinds of audit samples: another word would end their pages. NOT VALID: what is there is not read."""

from django.db import migrations, models

_HELD = """
ALTER TABLE reporting_auditsample ADD CONSTRAINT reporting_auditsample_of_unknown_kind
    CHECK (kind IN ('registered', 'corrected', 'transferred', 'suspended', 'restored', 'terminated', 'notice_delivered')) NOT VALID;
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_erased_lines")]

    operations = [
        migrations.RunSQL(
            [_HELD],
            state_operations=[
                migrations.AddConstraint("auditsample", models.CheckConstraint(condition=models.Q(kind__in=["registered", "corrected", "transferred", "suspended", "restored", "terminated", "notice_delivered"]), name="reporting_auditsample_of_unknown_kind")),
            ],
        )
    ]
