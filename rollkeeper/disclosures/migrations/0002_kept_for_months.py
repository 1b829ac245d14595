# SPDX-License-Identifier: EUPL-1.2
"""A law may have a disclosure request kept for months, which are counted by the calendar."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="disclosurerequest",
            name="keep_months",
            field=models.IntegerField(default=0, db_comment="Months before these days, by the calendar."),
        ),
        migrations.AddField(
            model_name="disclosurerequest",
            name="keep_overflows",
            field=models.BooleanField(
                default=False,
                db_comment="Whether months to a day that does not exist end on the first of the next one.",
            ),
        ),
        migrations.AlterField(
            model_name="disclosurerequest",
            name="closed_on",
            field=models.DateField(
                null=True, db_comment="Refused, expired or delivered: it is kept from here."
            ),
        ),
    ]
