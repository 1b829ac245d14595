# SPDX-License-Identifier: EUPL-1.2
"""Finds a receipt by its entry, with which an erasure forgets it, and forgets those of earlier erasures."""

from django.db import migrations, models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

_FORGOTTEN = """
DELETE FROM registration_submission s USING ledger_entry e
 WHERE e.entry_id = (s.receipt ->> 'entry')::bigint AND e.line_id IS NULL AND e.body LIKE '%"erased":true%'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("registration", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(Cast(KT("receipt__entry"), models.BigIntegerField()), name="registration_submission_by_entry"),
        ),
        migrations.RunSQL([_FORGOTTEN]),
    ]
