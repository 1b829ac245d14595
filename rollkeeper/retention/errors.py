# SPDX-License-Identifier: EUPL-1.2
"""What erasing refuses."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class ErasuresMissing(RollkeeperError):
    """Between the last erasure and this one lies more time than an instance is idle: perhaps the machine's date is wrong."""

    code = "erasures_missing"
    kind = Kind.REFUSED
    sentence = (
        "What was due was last erased on {last}, and the machine says that it is {day}: {days} days later."
    )
    remedy = (
        "If its date is wrong, set it right: what is erased is gone for ever. If it is right, say so once:"
        " 'rollkeeper retention erase --after-gap'."
    )


class InvalidCaseNumber(RollkeeperError):
    """A legal hold names its case by a number, and by nobody's name."""

    code = "invalid_case_number"
    kind = Kind.MALFORMED
    sentence = "The case is named by its number: up to 40 digits, letters, dots, hyphens, slashes and brackets, a digit among them, with no space."
    remedy = "Write the number that the court or the authority gave it; never a name."


class InvalidLegalHoldDays(RollkeeperError):
    """A legal hold has no such days."""

    code = "invalid_legal_hold_days"
    kind = Kind.MALFORMED
    sentence = "No legal hold lasts from {first} to {last} with its review on {review_on}."
    remedy = "It is reviewed no later than on its last day, which lies within {most_days} days; add it again for the same case where the case still needs it."


class RecordErased(RollkeeperError):
    """What should be kept is gone, or about to go: its keys are destroyed."""

    code = "record_erased"
    kind = Kind.CONFLICT
    sentence = "The record of this line was erased, or is being erased: there is nothing left to hold."
    remedy = "Say so to whoever asked. The certificate stands in the ledger under the line's reference."


class LegalHoldNotFound(RollkeeperError):
    """No legal hold of this case lasts beyond today."""

    code = "legal_hold_not_found"
    kind = Kind.NOT_FOUND
    sentence = "No legal hold of this case on this line lasts beyond today."
    remedy = "See 'rollkeeper holds list'."
