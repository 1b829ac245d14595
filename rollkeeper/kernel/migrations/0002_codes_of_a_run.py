# SPDX-License-Identifier: EUPL-1.2
"""What is noted of a job's last run names every refusal, not the first alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="job", name="kernel_job_fault_is_a_code"),
        migrations.AlterField(
            model_name="job",
            name="fault",
            field=models.TextField(db_comment="The codes of the refusals, or the name of what broke. Never a text.", null=True),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("fault__regex", "^\\w{1,80}(, \\w{1,80})*$")), name="kernel_job_fault_is_codes"
            ),
        ),
    ]
