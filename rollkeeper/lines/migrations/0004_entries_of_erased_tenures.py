# SPDX-License-Identifier: EUPL-1.2
"""Forgets by which entries the tenures began and ended that earlier versions erased."""

from django.db import migrations

_FORGOTTEN = """
UPDATE lines_tenure SET begun_by_entry = NULL, ended_by_entry = NULL
 WHERE erased_on IS NOT NULL AND num_nonnulls(begun_by_entry, ended_by_entry) > 0
"""


class Migration(migrations.Migration):
    dependencies = [("lines", "0003_identity_check")]

    operations = [migrations.RunSQL([_FORGOTTEN])]
