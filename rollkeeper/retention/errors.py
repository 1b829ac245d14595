# SPDX-License-Identifier: EUPL-1.2
"""The refusals of erasure and of legal holds."""

from rollkeeper.kernel.errors import Kind, Refusal

# An instance is never idle for so long: the machine's date may be wrong.
ERASURES_MISSING = Refusal(
    "erasures_missing",
    Kind.REFUSED,
    "The last erasure was on {last}, and the machine's date is {day}: {days} days later.",
    (
        "If the date is wrong, correct it: erased records cannot be restored. If it is right, confirm it once: 'rollkeeper retention erase --after-gap'."
    ),
)
ERASURE_STOPPED = Refusal(
    "erasure_stopped",
    Kind.REFUSED,
    "{due} records would be erased in one day, and this register of {lines} lines erases at most {most} without approval. None of them was erased.",
    "Find out why so many are due. If it is right, two people approve it: 'rollkeeper retention approve --as USER'.",
)
COPIES_STOPPED = Refusal(
    "copies_stopped",
    Kind.REFUSED,
    "The document copies of {due} records would be erased in one day, and this register of {lines} lines erases those of at most {most} without approval. None of them was erased.",
    "Find out why so many are due. If it is right, two people approve it: 'rollkeeper retention approve --copies --as USER'.",
)
NO_ERASURE_STOPPED = Refusal(
    "no_erasure_stopped",
    Kind.NOT_FOUND,
    "No erasure waits for approval.",
    "See 'rollkeeper retention erase --dry-run'.",
)
# A number cannot be the name of a person.
INVALID_CASE_NUMBER = Refusal(
    "invalid_case_number",
    Kind.MALFORMED,
    "The case is named by its number: up to 40 digits, letters, dots, hyphens, slashes and brackets, a digit among them, with no space.",
    "Write the number that the court or the authority gave it; never a name.",
)
INVALID_LEGAL_HOLD_DAYS = Refusal(
    "invalid_legal_hold_days",
    Kind.MALFORMED,
    "A legal hold cannot last from {first} to {last} with its review on {review_on}.",
    "The review is no later than the last day, and the last day is within {most_days} days; add the hold again if the case still needs it.",
)
RECORD_ERASED = Refusal(
    "record_erased",
    Kind.CONFLICT,
    "The record of this line was erased, or is being erased: there is nothing left to keep.",
    "Tell the requester. The certificate is in the ledger under the line's reference.",
)
LEGAL_HOLD_NOT_FOUND = Refusal(
    "legal_hold_not_found",
    Kind.NOT_FOUND,
    "No legal hold of this case on this line lasts beyond today.",
    "The page of legal holds lists them, as does 'rollkeeper holds list'.",
)
