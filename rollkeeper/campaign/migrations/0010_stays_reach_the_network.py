# SPDX-License-Identifier: EUPL-1.2
"""Stays are days of rest of the network, and what they hold is looked at when it is due."""

from django.db import migrations

from rollkeeper.kernel import database


class Migration(migrations.Migration):

    dependencies = [("campaign", "0009_pauses_watched"), ("network", "0006_rests")]

    operations = [
        *(
            migrations.RunSQL(database.sql("campaign", name), migrations.RunSQL.noop)
            for name in ("stays_are_rests", "hold_back")
        ),
        # What a stay had put off to its own end is due again: that it may not go out is asked when it is.
        migrations.RunSQL(
            "UPDATE network_command c SET next_try_at = now() FROM campaign_batch b"
            " WHERE b.batch_id = c.batch_id AND b.state NOT IN ('stopped', 'undo_asked') AND c.state = 'waiting'"
            " AND c.kind IN ('bar', 'end') AND c.reason = 'registration' AND c.next_try_at > now()",
            migrations.RunSQL.noop,
        ),
    ]
