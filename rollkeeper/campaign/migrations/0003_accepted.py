# SPDX-License-Identifier: EUPL-1.2
"""The sweep also looks at lines whose holder was accepted for a time without a document."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0002_hours_regions_emergencies"), ("lines", "0005_routes")]

    operations = [migrations.RunSQL(database.sql("campaign", "watch"), migrations.RunSQL.noop)]
