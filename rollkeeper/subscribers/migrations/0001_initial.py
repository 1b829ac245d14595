# SPDX-License-Identifier: EUPL-1.2
"""The tables of subscribers, and what Django cannot say of them."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField(db_comment="individual, minor or company (subscribers.choices.PartyKind).")),
                ("language", models.TextField(db_comment="The language in which to be notified; none where none was named.", null=True)),
                ("is_protected", models.BooleanField(db_comment="Under threat: ordinary staff see only that it exists.", default=False)),
                ("made_on", models.DateField()),
                ("erased_on", models.DateField(db_comment="Since when nothing about this reference can be opened.", null=True)),
            ],
            options={
                "db_table": "subscribers_subscriber",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("document_index", models.BinaryField(db_comment="Personal, keyed hash. Goes when the person is erased.", primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("document_type", models.TextField()),
                ("since", models.DateField(db_comment="When it was first shown; null: before the register noted days.", null=True)),
                ("until", models.DateField(db_comment="When a newer one took its place: it still leads to the person and proves nothing.", null=True)),
            ],
            options={
                "db_table": "subscribers_document",
                "indexes": [models.Index(fields=["person_id"], name="subscribers_document_by_person")],
            },
        ),
        migrations.CreateModel(
            name="PersonLink",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                ("principal_id", models.UUIDField(db_comment="The reference under which they are counted together; never itself joined to another.")),
                ("since", models.DateField()),
                ("entry_id", models.BigIntegerField(db_comment="The ledger entry that says so.", null=True)),
            ],
            options={
                "db_table": "subscribers_personlink",
                "indexes": [models.Index(fields=["principal_id"], name="subscribers_personlink_by_principal")],
            },
        ),
        migrations.RunSQL([database.sql("subscribers", name) for name in ("references_of", "unlink_document", "link_protection")]),
    ]
