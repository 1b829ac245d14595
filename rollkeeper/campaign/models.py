# SPDX-License-Identifier: EUPL-1.2
"""A campaign, the lines in it, and the batches by which alone it acts."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models


class Campaign(models.Model):
    """One law run on one population."""

    campaign_id = models.UUIDField(primary_key=True)
    pack_id = models.TextField()
    pack_hash = models.TextField()
    begins_on = models.DateField(db_comment="The law's own first day.")
    planned_at = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta:
        """Few rows."""

        db_table = "campaign_campaign"


class Member(models.Model):
    """One line in one campaign. `next_check_on` is a lower bound: before it nothing can be due."""

    pk = models.CompositePrimaryKey("line_id", "campaign_id")
    line_id = models.UUIDField()
    campaign_id = models.UUIDField()
    stage = models.TextField(db_comment="untold, counting, suspended, ended or left.")
    anchor_on = models.DateField(
        null=True, db_comment="The day from which the present stage counts; itself not counted."
    )
    promised_on = models.DateField(null=True, db_comment="The last day that a delivered notice promised.")
    next_check_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    left_because = models.TextField(null=True, db_comment="registered, ended, erased or excused.")

    class Meta:
        """Sharded by line; the sweep reads by next_check_on alone."""

        db_table = "campaign_member"
        indexes = [
            models.Index(
                fields=["next_check_on"],
                name="campaign_member_to_check",
                condition=models.Q(stage__in=["counting", "suspended"]),
            ),
            models.Index(
                fields=["line_id"], name="campaign_member_untold", condition=models.Q(stage="untold")
            ),
        ]


class Batch(models.Model):
    """A list of lines that may be acted on together, once two people have looked at it."""

    batch_id = models.UUIDField(primary_key=True)
    campaign_id = models.UUIDField()
    action = models.TextField(db_comment="suspend or end.")
    due_on = models.DateField(db_comment="The day for which it was drawn up.")
    state = models.TextField(db_comment="waiting, approved, running, stopped, done or undone.")
    line_count = models.IntegerField()
    pack_hash = models.TextField()
    cap_per_hour = models.IntegerField()
    first_share_count = models.IntegerField()
    first_share_done_at = models.DateTimeField(null=True)
    drawn_up_at = models.DateTimeField()
    drawn_up_by = models.UUIDField(null=True)
    stopped_because = models.TextField(null=True)

    class Meta:
        """Few rows."""

        db_table = "campaign_batch"


class BatchLine(models.Model):
    """One line of a batch: the version decided on, what became of it, and what it was before."""

    pk = models.CompositePrimaryKey("line_id", "batch_id")
    line_id = models.UUIDField()
    batch_id = models.UUIDField()
    position = models.IntegerField(
        db_comment="Order within the batch, drawn at random: the first share is a fair sample."
    )
    line_version = models.BigIntegerField()
    outcome = models.TextField(default="waiting", db_comment="waiting, done, passed_over or undone.")
    passed_over_because = models.TextField(null=True)
    done_at = models.DateTimeField(null=True)
    former = models.JSONField(
        null=True, db_comment="State, stage, anchor and version before the act, for undo."
    )

    class Meta:
        """Sharded by line."""

        db_table = "campaign_batchline"
        indexes = [models.Index(fields=["batch_id", "position"], name="campaign_batchline_in_order")]


class Approval(models.Model):
    """One person's yes to one batch."""

    pk = models.CompositePrimaryKey("batch_id", "staff_id")
    batch_id = models.UUIDField()
    staff_id = models.UUIDField()
    approved_at = models.DateTimeField()

    class Meta:
        """Append-only."""

        db_table = "campaign_approval"


class Stay(models.Model):
    """A court's stay, or a general extension: the clock of every line stands still and nothing is acted on."""

    stay_id = models.UUIDField(primary_key=True)
    days = DateRangeField(db_comment="First to last day, both inclusive; no upper bound while it is open.")
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)

    class Meta:
        """Few rows."""

        db_table = "campaign_stay"


class Complaint(models.Model):
    """Somebody says that a batch was wrong about a line."""

    pk = models.CompositePrimaryKey("line_id", "complaint_id")
    line_id = models.UUIDField()
    complaint_id = models.UUIDField()
    batch_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        """Sharded by line."""

        db_table = "campaign_complaint"


class SweepDay(models.Model):
    """A day on which the sweep ran, with the picture that it left: lines in each stage."""

    pk = models.CompositePrimaryKey("campaign_id", "day")
    campaign_id = models.UUIDField()
    day = models.DateField()
    ran_at = models.DateTimeField()
    stage_counts = models.JSONField()

    class Meta:
        """One row a day: pages read this instead of counting lines."""

        db_table = "campaign_sweepday"


class Import(models.Model):
    """One file taken in, so that an import that broke off resumes where it was."""

    import_id = models.UUIDField(primary_key=True)
    file_hash = models.TextField(db_comment="SHA-256 of the file and its map.")
    rows_done = models.BigIntegerField(default=0)
    lines_made = models.BigIntegerField(default=0)
    rows_refused = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """Few rows."""

        db_table = "campaign_import"
