# SPDX-License-Identifier: EUPL-1.2
"""A campaign, its lines, and its batches. Only a batch acts on lines."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import UUID7

from rollkeeper.campaign.choices import Action, BatchState, LineOutcome, Stage, WaiverReason


class Campaign(models.Model):
    """One of the campaigns that a rule pack states, under way or closed."""

    campaign_id = models.UUIDField(primary_key=True)
    pack_id = models.TextField(db_comment="Where the pack is found: a shipped id, or a path.")
    law_id = models.TextField(
        db_default="", db_comment="The pack's own id: another version of a law is the same law."
    )
    campaign_name = models.TextField(
        db_default="", db_comment="Which of the law's campaigns it is: its id in the pack."
    )
    pack_hash = models.TextField()
    begins_on = models.DateField(db_comment="The law's own first day.")
    planned_at = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta:
        """Few rows."""

        db_table = "campaign_campaign"
        constraints = [
            models.UniqueConstraint(
                fields=["law_id", "campaign_name"],
                condition=models.Q(closed_on__isnull=True),
                name="campaign_campaign_open_twice_for_one_law",
            )
        ]


class Member(models.Model):
    """One line in one campaign. `next_check_on` is a lower bound: before it nothing can be due."""

    pk = models.CompositePrimaryKey("line_id", "campaign_id")
    line_id = models.UUIDField()
    campaign_id = models.UUIDField()
    stage = models.TextField(db_comment="not_notified, running, suspended, terminated or out_of_scope.")
    step = models.SmallIntegerField(
        db_default=0, db_comment="How many of the law's bars are in place; 0 for none."
    )
    reentered_on = models.DateField(
        null=True,
        db_comment="Since when a member who had left and was taken back is one; what was notified before does not count.",
    )
    anchor_on = models.DateField(
        null=True, db_comment="The day from which the present stage counts; itself not counted."
    )
    promised_on = models.DateField(null=True, db_comment="The last day that a delivered notice promised.")
    next_check_on = models.DateField(null=True)
    remind_on = models.DateField(
        null=True,
        db_comment="Before this day no reminder is owed; null: none that the pack asks for is left.",
    )
    notified_by = models.TextField(null=True, db_comment="The channel by which the first proof came.")
    region = models.TextField(null=True, db_comment="The line's region when it was taken in, for figures.")
    out_of_scope_on = models.DateField(null=True)
    out_of_scope_reason = models.TextField(null=True, db_comment="registered, terminated or not_concerned.")

    class Meta:
        """Sharded by line; the nightly run reads only by next_check_on. A trigger updates `campaign_tally` with each change."""

        db_table = "campaign_member"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values),
                name="campaign_member_in_unknown_stage",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage__in=[Stage.RUNNING.value, Stage.SUSPENDED.value])
                | models.Q(anchor_on__isnull=False),
                name="campaign_member_running_without_an_anchor",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_on"],
                name="campaign_member_to_remind",
                condition=models.Q(stage=Stage.RUNNING.value, remind_on__isnull=False),
            ),
            models.Index(
                fields=["next_check_on"],
                name="campaign_member_to_check",
                condition=models.Q(stage__in=[Stage.RUNNING.value, Stage.SUSPENDED.value]),
            ),
            models.Index(
                fields=["line_id"],
                name="campaign_member_not_notified",
                condition=models.Q(stage=Stage.NOT_NOTIFIED.value),
            ),
        ]


class Batch(models.Model):
    """A list of lines that may be acted on together, once two people have approved it."""

    batch_id = models.UUIDField(primary_key=True)
    campaign_id = models.UUIDField()
    action = models.TextField(db_comment="suspend or end.")
    step = models.SmallIntegerField(
        db_default=1, db_comment="Which of the law's stages it carries out, 1 the first bar."
    )
    bars = models.SmallIntegerField(null=True, db_comment="What it keeps its lines from; null: it ends them.")
    due_on = models.DateField(db_comment="The day for which it was prepared.")
    state = models.TextField(db_comment="campaign.choices.BatchState.")
    line_count = models.IntegerField()
    pack_hash = models.TextField()
    max_lines_per_hour = models.IntegerField()
    pilot_count = models.IntegerField()
    pilot_done_at = models.DateTimeField(null=True)
    prepared_at = models.DateTimeField()
    prepared_by = models.UUIDField(null=True)
    stop_reason = models.TextField(null=True)
    excluded = models.JSONField(default=dict, db_comment="Lines that were due and not included, by reason.")
    content = models.TextField(null=True, db_comment="The hash of what people are asked to approve.")
    position_done = models.IntegerField(
        default=0, db_comment="All lines up to this position have had their turn."
    )

    class Meta:
        """Few rows. The run of a chunk locks the row: two concurrent runs alternate."""

        db_table = "campaign_batch"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action__in=Action.values),
                name="campaign_batch_of_unknown_action",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=BatchState.values),
                name="campaign_batch_in_unknown_state",
            ),
        ]


class Chunk(models.Model):
    """One transaction of a run or an undo: how many lines, and when. The hourly limit and all counts rest on it."""

    pk = models.CompositePrimaryKey("batch_id", "chunk_id")
    batch_id = models.UUIDField()
    chunk_id = models.UUIDField(db_default=UUID7())
    ran_at = models.DateTimeField()
    done = models.IntegerField(default=0)
    skipped = models.JSONField(default=dict, db_comment="How many were left alone, by reason.")
    undone = models.IntegerField(default=0)

    class Meta:
        """Append-only."""

        db_table = "campaign_chunk"
        indexes = [models.Index(fields=["ran_at"], name="campaign_chunk_by_time")]


class BatchLine(models.Model):
    """One line of a batch: the version decided on, the outcome, and its earlier state."""

    pk = models.CompositePrimaryKey("line_id", "batch_id")
    line_id = models.UUIDField()
    batch_id = models.UUIDField()
    position = models.IntegerField(
        db_comment="Order within the batch, drawn at random: the pilot is a fair sample."
    )
    line_version = models.BigIntegerField()
    outcome = models.TextField(
        default=LineOutcome.WAITING.value, db_comment="waiting, done, skipped or undone."
    )
    skip_reason = models.TextField(null=True)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(
        null=True, db_comment="Until then the line was off because of this batch."
    )
    former = models.JSONField(
        null=True, db_comment="State, stage, anchor and version before the act, for undo."
    )

    class Meta:
        """Sharded by line."""

        db_table = "campaign_batchline"
        indexes = [models.Index(fields=["batch_id", "position"], name="campaign_batchline_in_order")]


class Stay(models.Model):
    """A court's stay, or a general extension: every clock of a campaign, or of all, is paused and nothing is acted on."""

    stay_id = models.UUIDField(primary_key=True)
    days = DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    campaign_id = models.UUIDField(null=True, db_comment="The campaign that it pauses; null: all of them.")

    class Meta:
        """Few rows."""

        db_table = "campaign_stay"


class Complaint(models.Model):
    """A complaint that a batch was wrong about a line."""

    pk = models.CompositePrimaryKey("line_id", "complaint_id")
    line_id = models.UUIDField()
    complaint_id = models.UUIDField()
    batch_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        """Sharded by line."""

        db_table = "campaign_complaint"
        indexes = [models.Index(fields=["batch_id"], name="campaign_complaint_by_batch")]


class UnreachableWaiver(models.Model):
    """A waiver by one person for a line whose subscriber could not be notified: the line does not change."""

    pk = models.CompositePrimaryKey("line_id", "campaign_id")
    line_id = models.UUIDField()
    campaign_id = models.UUIDField()
    because = models.TextField(db_comment="campaign.choices.WaiverReason.")
    waived_by = models.UUIDField()
    waived_on = models.DateField()

    class Meta:
        """Sharded by line; append-only."""

        db_table = "campaign_unreachablewaiver"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(because__in=WaiverReason.values),
                name="campaign_unreachablewaiver_for_unknown_reason",
            )
        ]


class Tally(models.Model):
    """Lines per stage, channel and next day to check, as changes that add up; the nightly run folds them nightly.

    Written by a trigger on `campaign_member`, so that it cannot be forgotten. Insert-only between two folds, so that no writer
    waits.
    """

    tally_id = models.BigAutoField(primary_key=True)
    campaign_id = models.UUIDField()
    stage = models.TextField()
    step = models.SmallIntegerField()
    notified_by = models.TextField(null=True)
    next_check_on = models.DateField(null=True)
    lines = models.BigIntegerField()

    class Meta:
        """Few rows."""

        db_table = "campaign_tally"


class RegionTally(models.Model):
    """Lines per region and stage, as changes that add up; kept and folded as `Tally` is."""

    tally_id = models.BigAutoField(primary_key=True)
    campaign_id = models.UUIDField()
    region = models.TextField(null=True)
    stage = models.TextField()
    lines = models.BigIntegerField()

    class Meta:
        """Few rows."""

        db_table = "campaign_regiontally"


class EmergencyCount(models.Model):
    """How many emergency calls failed in an hour in the whole network, as the operator counts them. It names no call and no line."""

    counted_at = models.DateTimeField(primary_key=True)
    anomalies = models.IntegerField(db_comment="Emergency calls that failed or were cut, in the hour before.")

    class Meta:
        """A row an hour; append-only."""

        db_table = "campaign_emergencycount"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(anomalies__gte=0), name="campaign_emergencycount_below_zero"
            )
        ]


class LineChange(models.Model):
    """Lines to look at again in the next nightly run. Written by the triggers of `sql/track_line_changes.sql`, which say why."""

    change_id = models.BigAutoField(primary_key=True)
    line_id = models.UUIDField()

    class Meta:
        """Each nightly run of a campaign empties it. Without a campaign, the run deletes only lines that were in none."""

        db_table = "campaign_linechange"


class NightlyRun(models.Model):
    """A day on which the nightly run ran, with the number of lines in each stage after it."""

    pk = models.CompositePrimaryKey("campaign_id", "day")
    campaign_id = models.UUIDField()
    day = models.DateField()
    ran_at = models.DateTimeField()
    stage_counts = models.JSONField()

    class Meta:
        """One row a day: pages read this instead of counting lines."""

        db_table = "campaign_nightlyrun"
