# SPDX-License-Identifier: EUPL-1.2
"""From when until when a document is somebody's, and which references are one person."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("subscribers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="since",
            field=models.DateField(
                null=True, db_comment="When it was first shown; null: before the register noted days."
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="until",
            field=models.DateField(
                null=True,
                db_comment="When a newer one took its place: it still leads to the person and proves nothing.",
            ),
        ),
        migrations.CreateModel(
            name="Joined",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "principal_id",
                    models.UUIDField(
                        db_comment="The reference under which they are counted together; never itself joined to another."
                    ),
                ),
                ("since", models.DateField()),
            ],
            options={
                "db_table": "subscribers_joined",
                "indexes": [models.Index(fields=["principal_id"], name="subscribers_joined_by_whole")],
            },
        ),
        migrations.RunSQL(database.sql("subscribers", "one_person"), migrations.RunSQL.noop),
        migrations.RunSQL(database.sql("subscribers", "let_go_document"), migrations.RunSQL.noop),
    ]
