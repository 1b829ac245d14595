# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package reporting."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class InvalidReportPeriod(RollkeeperError):
    """A report is about a quarter or a year: overlapping periods would give away by their difference what is hidden."""

    code = "invalid_report_period"
    kind = Kind.REFUSED
    sentence = "From {first} to {last} is neither a quarter nor a calendar year."
    remedy = "Choose a whole quarter (2012-01-01 to 2012-03-31) or a whole year (2012-01-01 to 2012-12-31)."


class PeriodNotOver(RollkeeperError):
    """A period is counted once, when it is over."""

    code = "period_not_over"
    kind = Kind.REFUSED
    sentence = "The period ends on {last}, and today is {today}."
    remedy = "Make the report on a later day."


class LedgerNotPublished(RollkeeperError):
    """Entries of the period are not in the published ledger yet."""

    code = "ledger_not_published"
    kind = Kind.CONFLICT
    sentence = "{entries} entries of the period are not in the published ledger yet."
    remedy = "Run 'rollkeeper ledger publish' first."


class ReportFolderNotEmpty(RollkeeperError):
    """The folder for a report is taken by something else."""

    code = "report_folder_not_empty"
    kind = Kind.MALFORMED
    sentence = "{folder} is not empty, and holds no report of this period."
    remedy = "Name a folder that is empty or not there yet."


class ReportNotGenuine(RollkeeperError):
    """A report is not what the ledger says."""

    code = "report_not_genuine"
    kind = Kind.REFUSED
    sentence = "The report does not hold: {why}."
    remedy = "Ask the operator for it, and keep what you were given."


class ReportNotFound(RollkeeperError):
    """No report of that period was made."""

    code = "report_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no report of that period."
    remedy = "Make it with 'rollkeeper reports make'."
