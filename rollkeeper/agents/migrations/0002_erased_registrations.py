# SPDX-License-Identifier: EUPL-1.2
"""Forgets who registered the lines whose records earlier versions erased."""

from django.db import migrations

_FORGOTTEN = """
DELETE FROM agents_registration t USING ledger_entry e
 WHERE e.entry_id = t.entry_id AND e.line_id IS NULL AND e.body LIKE '%"erased":true%';
DELETE FROM agents_imagefingerprint t USING ledger_entry e
 WHERE e.entry_id = t.entry_id AND e.line_id IS NULL AND e.body LIKE '%"erased":true%';
DELETE FROM agents_reverification t USING ledger_entry e
 WHERE e.entry_id = t.entry_id AND e.line_id IS NULL AND e.body LIKE '%"erased":true%'
"""


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_initial"), ("ledger", "0001_initial")]

    operations = [migrations.RunSQL([_FORGOTTEN])]
