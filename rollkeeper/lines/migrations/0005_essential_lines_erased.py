# SPDX-License-Identifier: EUPL-1.2
"""Forgets of lines whose records earlier versions erased that a life may have depended on them."""

from django.db import migrations

_FORGOTTEN = "UPDATE lines_line SET is_essential = false WHERE erased_on IS NOT NULL AND is_essential"


class Migration(migrations.Migration):
    dependencies = [("lines", "0004_entries_of_erased_tenures")]

    operations = [migrations.RunSQL([_FORGOTTEN])]
