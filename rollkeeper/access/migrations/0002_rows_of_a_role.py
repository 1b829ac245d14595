# SPDX-License-Identifier: EUPL-1.2
"""Which rows of accounts, second factors, sessions and attempts a role of the database has to do with."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel("Attempt"),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "name_mark", "counted_by", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "name_mark",
                    models.BinaryField(
                        db_comment="HMAC-SHA-256 of the user name under the home's staff key.", max_length=32
                    ),
                ),
                ("counted_by", models.TextField(db_comment="The role of the database in which it was counted.")),
                ("tries", models.IntegerField()),
                (
                    "since",
                    models.DateTimeField(db_comment="Start of the window in which the tries are counted."),
                ),
            ],
            options={"db_table": "access_attempt"},
        ),
        migrations.RunSQL(database.sql("access", "rows_of_a_role"), migrations.RunSQL.noop),
    ]
