# SPDX-License-Identifier: EUPL-1.2
"""An account that is found by a reference to it is read without its secrets. Nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0002_rows_of_a_role")]

    operations = [migrations.AlterModelOptions(name="staff", options={"base_manager_name": "objects"})]
