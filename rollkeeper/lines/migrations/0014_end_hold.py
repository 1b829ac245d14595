# SPDX-License-Identifier: EUPL-1.2
"""A hold that was laid can be ended before its time, and changed in no other way."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("lines", "0013_wrongly_ended")]

    operations = [migrations.RunSQL(database.sql("lines", "end_hold"), migrations.RunSQL.noop)]
