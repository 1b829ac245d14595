# SPDX-License-Identifier: EUPL-1.2
"""Notes of each account its commitment in the ledger, by which the database knows that an entry is about it."""

import hashlib
import hmac
from typing import Any

from django.db import migrations, models


def note_marks(apps: Any, _: object) -> None:
    """Note it of the accounts of earlier versions."""
    for staff in apps.get_model("access", "Staff").objects.only("staff_id", "salt"):
        staff.mark = hmac.new(bytes(staff.salt), b"staff\x00" + staff.staff_id.bytes, hashlib.sha256).hexdigest()
        staff.save(update_fields=["mark"])


class Migration(migrations.Migration):
    dependencies = [("access", "0003_accounts_without_secrets")]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="mark",
            field=models.TextField(
                db_comment="Their commitment in the ledger: by it the database knows whose entry one is.",
                db_default="",
            ),
        ),
        migrations.RunPython(note_marks, migrations.RunPython.noop),
    ]
