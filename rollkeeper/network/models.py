# SPDX-License-Identifier: EUPL-1.2
"""Commands to the network: an outbox with retries, idempotency keys and read-back."""

from django.db import models


class Command(models.Model):
    """One thing that the network must do to one line."""

    pk = models.CompositePrimaryKey("line_id", "command_id")
    line_id = models.UUIDField()
    command_id = models.UUIDField(db_comment="Also the idempotency key that the network sees.")
    kind = models.TextField(db_comment="bar, restore or end (network.kinds.CommandKind).")
    reason = models.TextField(db_comment="lines.states.SuspensionReason, or what else asked for it.")
    batch_id = models.UUIDField(null=True)
    state = models.TextField(default="waiting", db_comment="waiting, sent, confirmed, failed or overtaken.")
    allows_emergency = models.BooleanField(default=True)
    allows_care = models.BooleanField(default=True)
    allows_registration = models.BooleanField(default=True)
    asked_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_back = models.TextField(
        null=True, db_comment="What the network says is true: barred, open, absent or unknown."
    )
    read_back_at = models.DateTimeField(null=True)

    class Meta:
        """The floor that nothing can switch off."""

        db_table = "network_command"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allows_emergency=True)
                & models.Q(allows_care=True)
                & models.Q(allows_registration=True),
                name="network_command_bars_the_floor",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="network_command_to_push",
                condition=models.Q(state__in=["waiting", "sent"]),
            )
        ]
