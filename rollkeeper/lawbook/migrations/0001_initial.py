# SPDX-License-Identifier: EUPL-1.2
"""The tables of lawbook."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("pack_hash", models.TextField(db_comment="SHA-256 of the text.", primary_key=True, serialize=False)),
                ("law_id", models.TextField(db_comment="The pack's own id: other versions of the law have the same.")),
                ("version", models.TextField(db_comment="As the pack calls itself.")),
                ("text", models.BinaryField(db_comment="The pack's file, byte by byte.")),
                ("archived_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "lawbook_version",
            },
        ),
        migrations.CreateModel(
            name="CountryFile",
            fields=[
                ("country_hash", models.TextField(db_comment="SHA-256 of the text.", primary_key=True, serialize=False)),
                ("country", models.TextField(db_comment="ISO 3166-1 alpha-2.")),
                ("text", models.BinaryField(db_comment="The country's file, byte by byte.")),
                ("archived_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "lawbook_countryfile",
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                ("period_id", models.UUIDField(primary_key=True, serialize=False)),
                ("pack_hash", models.TextField()),
                ("country_hash", models.TextField(db_comment="NULL: the jurisdiction has no country file.", null=True)),
                ("first_on", models.DateField(db_comment="The first day on which it was seen to be in force.")),
            ],
            options={
                "db_table": "lawbook_period",
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE lawbook_countryfile ADD CONSTRAINT lawbook_countryfile_of_its_hash"
            " CHECK (country_hash = encode(sha256(text), 'hex'))",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "ALTER TABLE lawbook_version ADD CONSTRAINT lawbook_version_of_its_hash"
            " CHECK (pack_hash = encode(sha256(text), 'hex'))",
            migrations.RunSQL.noop,
        ),
    ]
