# SPDX-License-Identifier: EUPL-1.2
"""The tables of samples."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("pk", models.CompositePrimaryKey("sample_id", "nth", blank=True, editable=False, primary_key=True, serialize=False)),
                ("sample_id", models.UUIDField()),
                ("nth", models.SmallIntegerField()),
                ("line_id", models.UUIDField()),
                ("leaf_index", models.BigIntegerField(db_comment="Where the entry stands in the published ledger.")),
                ("day", models.DateField()),
            ],
            options={
                "db_table": "reporting_auditsampleline",
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("sample_id", models.UUIDField(primary_key=True, serialize=False)),
                ("auditor_id", models.UUIDField(db_comment="The account that drew it.")),
                ("quarter", models.TextField(db_comment="As 2012-Q1: one of which there is a report.")),
                ("kind", models.TextField(db_comment="reporting.audit_samples.choices.SampledAction.")),
                ("seed", models.BinaryField(db_comment="SHA-256 of the text that the auditor brought.")),
                ("size", models.BigIntegerField(db_comment="Entries of the published ledger over which it was drawn.")),
                ("drawn_on", models.DateField()),
            ],
            options={
                "db_table": "reporting_auditsample",
                "constraints": [models.UniqueConstraint(fields=("auditor_id", "quarter", "kind"), name="reporting_auditsample_drawn_twice")],
            },
        ),
    ]
