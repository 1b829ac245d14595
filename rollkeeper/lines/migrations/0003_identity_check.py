# SPDX-License-Identifier: EUPL-1.2
"""By which check an identity was verified, where a law names several."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lines", "0002_payment")]

    operations = [
        migrations.AddField(
            model_name="tenure",
            name="identity_check",
            field=models.TextField(
                db_comment="kernel.choices.IdentityCheck: by which check, where the law names several. Staff read it one line at a time. Deleted at erasure.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="tenure",
            constraint=models.CheckConstraint(
                condition=models.Q(("identity_check__in", ["sight", "chip", "eid", "video", "registry", "bank", "biometric", "wallet"])), name="lines_tenure_checked_in_unknown_way"
            ),
        ),
    ]
