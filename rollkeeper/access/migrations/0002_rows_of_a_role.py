# SPDX-License-Identifier: EUPL-1.2
"""Which rows a role of the database sees. A separate migration: the table of second factors refers to the accounts."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunSQL([database.sql("access", name) for name in ("rows_of_a_role", "factor_changes")])]
