# SPDX-License-Identifier: EUPL-1.2
"""Protection goes over to whoever is joined to somebody who has it."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("subscribers", "0002_joined")]

    operations = [migrations.RunSQL(database.sql("subscribers", "carry_protection"), migrations.RunSQL.noop)]
