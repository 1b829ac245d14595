# SPDX-License-Identifier: EUPL-1.2
"""The tables of vault, and what Django cannot say of them."""

from django.db import migrations, models

from rollkeeper.kernel import database


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Canary",
            fields=[
                ("epoch_id", models.IntegerField(primary_key=True, serialize=False)),
                ("made_on", models.DateField()),
            ],
            options={
                "db_table": "vault_canary",
            },
        ),
        migrations.CreateModel(
            name="Copy",
            fields=[
                ("pk", models.CompositePrimaryKey("person_id", "tenure_id", "position", blank=True, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("tenure_id", models.UUIDField()),
                ("position", models.SmallIntegerField(db_comment="Which of the pages or sides, from 0.")),
                ("digest", models.BinaryField(db_comment="SHA-256 of the sealed object. Goes with the record, and the object before it.")),
            ],
            options={
                "db_table": "vault_copy",
            },
        ),
        migrations.CreateModel(
            name="Sealed",
            fields=[
                ("pk", models.CompositePrimaryKey("person_id", "tenure_id", "field", blank=True, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("tenure_id", models.UUIDField()),
                ("field", models.TextField(db_comment="One of vault.fields.Field.")),
                ("ciphertext", models.BinaryField(db_comment="Personal, sealed. Kept until the pack's retention ends; then its key is destroyed and the row deleted.")),
            ],
            options={
                "db_table": "vault_sealed",
            },
        ),
        migrations.CreateModel(
            name="SealedFile",
            fields=[
                ("pk", models.CompositePrimaryKey("owner_id", "file_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField(db_comment="What it belongs to; with file_id it names its key in the store of keys.")),
                ("file_id", models.UUIDField()),
                ("ciphertext", models.BinaryField(db_comment="May be personal, sealed. Kept as long as what it belongs to; then its key is destroyed and the row deleted.")),
            ],
            options={
                "db_table": "vault_file",
            },
        ),
        migrations.CreateModel(
            name="OpeningCount",
            fields=[
                ("pk", models.CompositePrimaryKey("purpose", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("purpose", models.TextField(db_comment="One of vault.fields.Purpose, or 'offline'.")),
                ("day", models.DateField()),
                ("opened", models.BigIntegerField()),
            ],
            options={
                "db_table": "vault_openingcount",
            },
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("alarm_id", models.UUIDField(primary_key=True, serialize=False)),
                ("about", models.TextField(db_comment="One of vault.canaries.AlarmAbout.")),
                ("raised_at", models.DateTimeField()),
                ("entry_id", models.BigIntegerField(db_comment="The ledger entry that names the actor.")),
                ("staff_id", models.UUIDField(null=True)),
                ("notified_at", models.DateTimeField(db_comment="When the mail about it was delivered.", null=True)),
                ("settled_at", models.DateTimeField(db_comment="When another person examined it.", null=True)),
            ],
            options={
                "db_table": "vault_alarm",
                "indexes": [models.Index(condition=models.Q(("settled_at__isnull", True)), fields=["raised_at"], name="vault_alarm_open")],
            },
        ),
        migrations.RunSQL([database.sql("vault", name) for name in ("note_opening", "raise_access_alarm")]),
    ]
