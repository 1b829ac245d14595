# SPDX-License-Identifier: EUPL-1.2
"""When each role was granted, and whether somebody was told."""


from django.db import migrations, models
from django.db.models.functions import Now

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("access", "0002_rows_of_a_role")]

    operations = [
        migrations.AddField(
            model_name="rolegrant",
            name="granted_at",
            field=models.DateTimeField(
                db_default=Now(), db_comment="Instant by the machine: the database writes it, whoever grants."
            ),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="told_at",
            field=models.DateTimeField(
                db_comment="When a mail said that somebody was given a role that decides with others.", null=True
            ),
        ),
        migrations.RunSQL(
            "UPDATE access_rolegrant SET granted_at = since, told_at = now()", migrations.RunSQL.noop
        ),
        migrations.RunSQL(database.sql("access", "grants_stand"), migrations.RunSQL.noop),
    ]
