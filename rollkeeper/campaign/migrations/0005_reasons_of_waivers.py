# SPDX-License-Identifier: EUPL-1.2
"""Takes only known reasons of waivers. NOT VALID: what is there is not read."""

from django.db import migrations, models

_HELD = """
ALTER TABLE campaign_unreachablewaiver ADD CONSTRAINT campaign_unreachablewaiver_for_unknown_reason
    CHECK (because IN ('no_channel_known', 'every_channel_failed', 'no_person', 'subscriber_died', 'other')) NOT VALID;
"""


class Migration(migrations.Migration):
    dependencies = [("campaign", "0004_what_an_undo_gives_back")]

    operations = [
        migrations.RunSQL(
            [_HELD],
            state_operations=[
                migrations.AddConstraint("unreachablewaiver", models.CheckConstraint(condition=models.Q(because__in=["no_channel_known", "every_channel_failed", "no_person", "subscriber_died", "other"]), name="campaign_unreachablewaiver_for_unknown_reason")),
            ],
        )
    ]
