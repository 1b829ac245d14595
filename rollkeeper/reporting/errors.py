# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package reporting."""

from rollkeeper.kernel.errors import Kind, Refusal

# The difference between overlapping periods would reveal hidden figures.
INVALID_REPORT_PERIOD = Refusal(
    "invalid_report_period",
    Kind.REFUSED,
    "From {first} to {last} is neither a quarter nor a calendar year.",
    "Choose a whole quarter (2012-01-01 to 2012-03-31) or a whole year (2012-01-01 to 2012-12-31).",
)
PERIOD_NOT_OVER = Refusal(
    "period_not_over",
    Kind.REFUSED,
    "The period ends on {last}, and today is {today}.",
    "Make the report on a later day.",
)
LEDGER_NOT_PUBLISHED = Refusal(
    "ledger_not_published",
    Kind.CONFLICT,
    "{entries} entries of the period are not in the published ledger yet.",
    "Wait until the ledger has been published again, or have an administrator publish it.",
)
REPORT_FOLDER_NOT_EMPTY = Refusal(
    "report_folder_not_empty",
    Kind.MALFORMED,
    "{folder} is not empty and contains no report of this period.",
    "Name an empty or new directory.",
)
REPORT_NOT_GENUINE = Refusal(
    "report_not_genuine",
    Kind.REFUSED,
    "The report is not valid: {why}.",
    "Ask the operator about it, and keep the report that you received.",
)
EVIDENCE_NOT_GENUINE = Refusal(
    "evidence_not_genuine",
    Kind.REFUSED,
    "The evidence is not valid: {why}.",
    "Bring your copy of the ledger up to date, and ask the operator for the evidence again. Keep what you received.",
)
EVIDENCE_FILE_EXISTS = Refusal(
    "evidence_file_exists",
    Kind.CONFLICT,
    "{file} already exists or cannot be created. Nothing was disclosed.",
    "Name a new file, in a directory that only you can read.",
)
REPORT_NOT_FOUND = Refusal(
    "report_not_found",
    Kind.NOT_FOUND,
    "There is no report of that period.",
    "Draft it on the page of reports.",
)
REPORT_ALREADY_PUBLISHED = Refusal(
    "report_already_published",
    Kind.CONFLICT,
    "The report was published on {on}.",
    "Nothing needs to be done.",
)

REPORT_FONTS_MISSING = Refusal(
    "report_fonts_missing",
    Kind.INTERNAL,
    "The report cannot be drawn: this machine lacks {fonts}.",
    "Install them (Debian: fonts-noto-core, fonts-noto-cjk, fonts-dejavu-core) or choose --language en.",
)
