# SPDX-License-Identifier: EUPL-1.2
"""Takes lines out of audit samples whose records earlier versions erased."""

from django.db import migrations

_FORGOTTEN = """
DELETE FROM reporting_auditsampleline s USING ledger_leaf l JOIN ledger_entry e USING (entry_id)
 WHERE l.leaf_index = s.leaf_index AND e.line_id IS NULL AND e.body LIKE '%"erased":true%'
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("ledger", "0001_initial")]

    operations = [migrations.RunSQL([_FORGOTTEN])]
