# SPDX-License-Identifier: EUPL-1.2
"""The tables of evidence."""

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
            ],
            options={
                "db_table": "reporting_report",
            },
        ),
    ]
