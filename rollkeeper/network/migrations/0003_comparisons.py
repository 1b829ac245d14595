# SPDX-License-Identifier: EUPL-1.2
"""What comparisons of register and network have found."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("network", "0002_lifts_and_protected")]

    operations = [
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("compared_at", models.DateTimeField(primary_key=True, serialize=False)),
                ("line_count", models.BigIntegerField()),
                ("difference_count", models.BigIntegerField()),
                ("untold_count", models.BigIntegerField(db_comment="Active lines that the network was never told of and says nothing of.")),
                ("oldest_at", models.DateTimeField(db_comment="When the network was last told of the line that has differed longest.", null=True)),
            ],
            options={"db_table": "network_comparison"},
        ),
    ]
