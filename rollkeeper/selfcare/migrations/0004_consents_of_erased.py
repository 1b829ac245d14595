# SPDX-License-Identifier: EUPL-1.2
"""Forgets what auditors asked subscribers whose records earlier versions erased."""

from django.db import migrations

_FORGOTTEN = """
DELETE FROM selfcare_consent c USING lines_tenure h
 WHERE h.line_id = c.line_id AND h.tenure_id = c.tenure_id AND h.erased_on IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("selfcare", "0003_decision_notices"), ("lines", "0001_initial")]

    operations = [migrations.RunSQL([_FORGOTTEN])]
