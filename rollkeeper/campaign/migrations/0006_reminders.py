# SPDX-License-Identifier: EUPL-1.2
"""When a member is next to be reminded of the day promised, where the pack asks for it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("campaign", "0005_content_approved")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="remind_on",
            field=models.DateField(
                null=True, db_comment="Before this day no reminder is owed; null: none that the pack asks for is left."
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("stage", "counting"), ("remind_on__isnull", False)), fields=["remind_on"],
                name="campaign_member_to_remind",
            ),
        ),
    ]
