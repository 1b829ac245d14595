# SPDX-License-Identifier: EUPL-1.2
"""Samples that were drawn, and the lines in them: references and days, nothing about who holds them."""

from django.db import models

from rollkeeper.reporting.audit_samples.choices import SampledAction


class AuditSample(models.Model):
    """One draw: by whom, over what, with which seed."""

    sample_id = models.UUIDField(primary_key=True)
    auditor_id = models.UUIDField(db_comment="The account that drew it.")
    quarter = models.TextField(db_comment="As 2012-Q1: one of which there is a report.")
    kind = models.TextField(db_comment="reporting.audit_samples.choices.SampledAction.")
    seed = models.BinaryField(db_comment="SHA-256 of the text that the auditor brought.")
    size = models.BigIntegerField(db_comment="Entries of the published ledger over which it was drawn.")
    drawn_on = models.DateField()

    class Meta:
        """Append-only: what was drawn stays drawn."""

        db_table = "reporting_auditsample"
        constraints = [
            models.UniqueConstraint(
                fields=["auditor_id", "quarter", "kind"], name="reporting_auditsample_drawn_twice"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=SampledAction.values),
                name="reporting_auditsample_of_unknown_kind",
            ),
        ]


class AuditSampleLine(models.Model):
    """One line of a sample, and the ledger entry that was drawn."""

    pk = models.CompositePrimaryKey("sample_id", "nth")
    sample_id = models.UUIDField()
    nth = models.SmallIntegerField()
    line_id = models.UUIDField()
    leaf_index = models.BigIntegerField(db_comment="The entry's place in the published ledger.")
    day = models.DateField()

    class Meta:
        """Append-only; a row is deleted when the record that its entry is about is erased (`sql/forget_lines.sql`)."""

        db_table = "reporting_auditsampleline"
