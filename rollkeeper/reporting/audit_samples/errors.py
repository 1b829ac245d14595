# SPDX-License-Identifier: EUPL-1.2
"""Refusals of reporting.audit_samples."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class SeedTextTooShort(RollkeeperError):
    """The text that an auditor brings could be guessed."""

    code = "seed_text_too_short"
    kind = Kind.MALFORMED
    sentence = "The text by which the lines are drawn has fewer than {fewest} letters."
    remedy = "Throw dice or take any long text, and keep it: with it anybody draws the same lines again."


class SampleAlreadyDrawn(RollkeeperError):
    """One sample of a kind for each auditor and quarter."""

    code = "sample_already_drawn"
    kind = Kind.CONFLICT
    sentence = "You drew such a sample of this quarter on {on}."
    remedy = "It stays drawn: open it on the page of the reports."


class AuditSampleNotFound(RollkeeperError):
    """There is no such sample, or somebody else drew it."""

    code = "audit_sample_not_found"
    kind = Kind.NOT_FOUND
    sentence = "You drew no such sample."
    remedy = "Draw one on the page of the reports, under the report of a quarter."


class InvalidQuarter(RollkeeperError):
    """A sample is of one quarter."""

    code = "invalid_quarter"
    kind = Kind.MALFORMED
    sentence = "A sample is drawn out of one quarter of which there is a report."
    remedy = "Choose a quarter."
