# SPDX-License-Identifier: EUPL-1.2
"""An index by which the numbers whose quarantine is over are found."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("lines", "0003_disclosures")]

    operations = [
        migrations.AddIndex(
            model_name="number",
            index=models.Index(
                condition=models.Q(("quarantined_until__isnull", False)),
                fields=["quarantined_until"],
                name="lines_number_in_quarantine",
            ),
        ),
    ]
