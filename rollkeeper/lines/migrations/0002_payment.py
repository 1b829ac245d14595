# SPDX-License-Identifier: EUPL-1.2
"""How a line is paid, where a law asks it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lines", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="line",
            name="payment",
            field=models.TextField(
                db_comment="kernel.choices.Payment: where a law asks how a line is paid.", db_default="unknown", default="unknown"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("payment__in", ["prepaid", "postpaid", "unknown"])), name="lines_line_paid_in_unknown_way"
            ),
        ),
    ]
