# SPDX-License-Identifier: EUPL-1.2
"""Commands to the network: an outbox with retries, idempotency keys and read-back.

Inserts by SQL set line_id, kind, reason, requested_at and, in a batch, batch_id; the table fills in the rest. In addition to the
fields below the table has ``position``, an identity column made in the first migration: the order of the commands, by which the
network refuses commands older than what it already did. Commands to push are found by an index of the kind, the service, `next_try_at` and
that position (``provisioning_command_in_turn``), also made there.
"""

import datetime as dt

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import UUID7

from rollkeeper.provisioning.choices import CommandKind, CommandState, ReadBack

IMMEDIATELY = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Command(models.Model):
    """One thing that the network must do to one line."""

    pk = models.CompositePrimaryKey("line_id", "command_id")
    line_id = models.UUIDField()
    command_id = models.UUIDField(
        db_default=UUID7(), db_comment="Also the idempotency key that the network sees."
    )
    kind = models.TextField(db_comment="bar, restore or end (provisioning.choices.CommandKind).")
    reason = models.TextField(db_comment="lines.choices.SuspensionReason, or what else asked for it.")
    batch_id = models.UUIDField(null=True)
    state = models.TextField(db_default="waiting", db_comment="provisioning.choices.CommandState.")
    allows_emergency = models.BooleanField(db_default=True)
    allows_care = models.BooleanField(db_default=True)
    allows_registration = models.BooleanField(db_default=True)
    service = models.TextField(
        db_default="",
        db_comment="The line's kind of service, set by a trigger: elements that serve others do not wait for this command.",
    )
    requested_at = models.DateTimeField()
    attempts = models.SmallIntegerField(db_default=0)
    next_try_at = models.DateTimeField(db_default=IMMEDIATELY)
    claimed_by = models.IntegerField(
        null=True, db_comment="The claim of the process that is sending it; void when that process is gone."
    )
    sent_at = models.DateTimeField(null=True)
    read_back = models.TextField(
        null=True, db_comment="What the network says is true: provisioning.choices.ReadBack."
    )
    read_back_at = models.DateTimeField(null=True)

    class Meta:
        """The floor that nothing can switch off."""

        db_table = "provisioning_command"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allows_emergency=True)
                & models.Q(allows_care=True)
                & models.Q(allows_registration=True),
                name="provisioning_command_bars_the_floor",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(map(str, CommandKind))),
                name="provisioning_command_of_unknown_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=list(map(str, CommandState))),
                name="provisioning_command_in_unknown_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=CommandState.CONFIRMED.value)
                | models.Q(
                    kind=CommandKind.BAR.value, read_back=ReadBack.BARRED.value, read_back__isnull=False
                )
                | models.Q(
                    kind=CommandKind.RESTORE.value, read_back=ReadBack.OPEN.value, read_back__isnull=False
                )
                | models.Q(
                    kind=CommandKind.TERMINATE.value, read_back=ReadBack.ABSENT.value, read_back__isnull=False
                ),
                name="provisioning_command_confirmed_without_proof",
            ),
        ]
        indexes = [
            models.Index(
                fields=["claimed_by"],
                name="provisioning_command_claimed",
                condition=models.Q(claimed_by__isnull=False),
            ),
            models.Index(
                fields=["batch_id"],
                name="provisioning_command_gone_wrong",
                condition=models.Q(batch_id__isnull=False)
                & (
                    models.Q(state=CommandState.FAILED.value)
                    | models.Q(read_back=ReadBack.FLOOR_MISSING.value)
                ),
            ),
            models.Index(
                fields=["batch_id"],
                name="provisioning_command_unproven",
                condition=models.Q(batch_id__isnull=False, state=CommandState.SENT.value),
            ),
            models.Index(
                fields=["read_back_at", "line_id"],
                name="provisioning_command_restored",
                condition=models.Q(kind=CommandKind.RESTORE.value, state=CommandState.CONFIRMED.value),
            ),
            models.Index(
                fields=["batch_id"],
                name="provisioning_command_by_batch",
                condition=models.Q(batch_id__isnull=False),
            ),
        ]


class ClosedDay(models.Model):
    """Days on which no line is barred or terminated for a missing registration, whenever commanded: a court's stay."""

    closed_day_id = models.UUIDField(primary_key=True)
    days = DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")

    class Meta:
        """Few rows. A trigger on the stays keeps it in step with them."""

        db_table = "provisioning_closedday"


class Comparison(models.Model):
    """The result of one line-by-line comparison of register and network: counts, no line."""

    compared_at = models.DateTimeField(primary_key=True)
    line_count = models.BigIntegerField()
    difference_count = models.BigIntegerField()
    never_commanded_count = models.BigIntegerField(
        db_comment="Active lines for which the network never received a command and says nothing of."
    )
    oldest_at = models.DateTimeField(
        null=True, db_comment="When the network was last ordered of the line that has differed longest."
    )

    class Meta:
        """A row a comparison; append-only. Pages read the last."""

        db_table = "provisioning_comparison"
