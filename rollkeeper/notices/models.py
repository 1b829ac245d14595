# SPDX-License-Identifier: EUPL-1.2
"""Notices owed and sent. Texts are not stored: kind, language, day promised and pack make them again."""

from django.db import models


class Notice(models.Model):
    """One thing that one holder must be told."""

    pk = models.CompositePrimaryKey("line_id", "notice_id")
    line_id = models.UUIDField()
    notice_id = models.UUIDField()
    kind = models.TextField(db_comment="notices.kinds.NoticeKind.")
    campaign_id = models.UUIDField(null=True)
    language = models.TextField()
    state = models.TextField(db_comment="owed, sent, delivered, bounced or withdrawn.")
    channel = models.TextField(null=True, db_comment="sms, email, voice or post: the last one tried.")
    owed_on = models.DateField()
    promised_on = models.DateField(
        null=True, db_comment="The day that the text promises; never shortened afterwards."
    )
    pack_hash = models.TextField(db_comment="The rule pack that the text rests on.")
    code = models.TextField(db_comment="What the holder can dial to check that the notice is genuine.")
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    delivered_on = models.DateField(null=True)

    class Meta:
        """Sharded by line."""

        db_table = "notices_notice"
        indexes = [
            models.Index(
                fields=["next_try_at"], name="notices_notice_to_send", condition=models.Q(state="owed")
            ),
            models.Index(
                fields=["delivered_on"],
                name="notices_notice_delivered",
                condition=models.Q(state="delivered"),
            ),
        ]


class Attempt(models.Model):
    """One try to deliver, and what came of it; append-only but for the outcome."""

    pk = models.CompositePrimaryKey("line_id", "attempt_id")
    line_id = models.UUIDField()
    attempt_id = models.UUIDField()
    notice_id = models.UUIDField()
    channel = models.TextField()
    sent_at = models.DateTimeField()
    outcome = models.TextField(db_comment="waiting, delivered, bounced or failed.")
    outcome_at = models.DateTimeField(null=True)
    gateway_reference = models.TextField(null=True, db_comment="The gateway's own id for this message.")

    class Meta:
        """Sharded by line."""

        db_table = "notices_attempt"
