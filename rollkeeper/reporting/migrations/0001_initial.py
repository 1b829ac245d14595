# SPDX-License-Identifier: EUPL-1.2
"""Figures of quarters, reports, and audit samples."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Quarter",
            fields=[
                ("quarter", models.TextField(db_comment="As 2012-Q1.", primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(db_comment="Entries of the published ledger over which it was counted.")),
                ("counts", models.JSONField(db_comment="Figures by table and row, small ones too: no app may read them.")),
                ("stocks", models.JSONField(db_comment="Lines by service on the last day, registered and all, rounded.")),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "reporting_quarter",
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("period", models.TextField(db_comment="As 2012-Q1 or 2012.", primary_key=True, serialize=False)),
                ("report", models.TextField(db_comment="The canonical JSON that was signed: protected figures.")),
                ("made_at", models.DateTimeField()),
                ("published_on", models.DateField(db_comment="Null: a draft, which two people have not published yet.", null=True)),
            ],
            options={
                "db_table": "reporting_report",
            },
        ),
        migrations.CreateModel(
            name="AuditSampleLine",
            fields=[
                ("pk", models.CompositePrimaryKey("sample_id", "nth", blank=True, editable=False, primary_key=True, serialize=False)),
                ("sample_id", models.UUIDField()),
                ("nth", models.SmallIntegerField()),
                ("line_id", models.UUIDField()),
                ("leaf_index", models.BigIntegerField(db_comment="The entry's place in the published ledger.")),
                ("day", models.DateField()),
            ],
            options={
                "db_table": "reporting_auditsampleline",
            },
        ),
        migrations.CreateModel(
            name="AuditSample",
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
