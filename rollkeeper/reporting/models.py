# SPDX-License-Identifier: EUPL-1.2
"""Counted quarters and finished reports: both stay as they are. Nothing in them is about one person."""

from django.db import models

from rollkeeper.reporting.audit_samples.models import AuditSample, AuditSampleLine


class Quarter(models.Model):
    """A quarter that was counted: over how many entries of the ledger, and with which figures. Never counted again."""

    quarter = models.TextField(primary_key=True, db_comment="As 2012-Q1.")
    size = models.BigIntegerField(db_comment="Entries of the published ledger over which it was counted.")
    counts = models.JSONField(db_comment="Figures by table and row, small ones too: no app may read them.")
    stocks = models.JSONField(db_comment="Lines by service on the last day, registered and all, rounded.")
    counted_at = models.DateTimeField()

    class Meta:
        """Append-only: the difference between two counts of one quarter would reveal the entries in between."""

        db_table = "reporting_quarter"


class Report(models.Model):
    """A finished report: the content of its files."""

    period = models.TextField(primary_key=True, db_comment="As 2012-Q1 or 2012.")
    report = models.TextField(db_comment="The canonical JSON that was signed: protected figures.")
    made_at = models.DateTimeField()
    published_on = models.DateField(
        null=True, db_comment="Null: a draft, which two people have not published yet."
    )

    class Meta:
        """Append-only, but for the day on which it was published."""

        db_table = "reporting_report"


__all__ = ["AuditSample", "AuditSampleLine", "Quarter", "Report"]
