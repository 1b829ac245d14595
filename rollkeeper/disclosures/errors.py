# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package disclosures."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

DISCLOSURE_UNKNOWN = Refusal(
    "disclosure_unknown",
    Kind.NOT_FOUND,
    "There is no disclosure request with this reference.",
    "The page of disclosure requests lists them, as does 'rollkeeper disclosures list'.",
)


class DisclosureRefused(RollkeeperError):
    """The law does not let this be disclosed. The disclosure request is on record as refused, and counted."""

    code = "disclosure_refused"
    kind = Kind.REFUSED
    sentence = "Nothing is disclosed ({article}): {reason}."
    remedy = "{remedy} It is counted as refused: {disclosure}."


DISCLOSURE_NOT_PENDING = Refusal(
    "disclosure_not_pending",
    Kind.CONFLICT,
    "The disclosure request is not in the right state for this step.",
    "Its page shows how far it has come, as does 'rollkeeper disclosures list'.",
)
NUMBER_MISMATCH = Refusal(
    "number_mismatch",
    Kind.CONFLICT,
    "The number or the day from the instrument does not match what was entered.",
    "Read the instrument again. If it was entered wrongly, refuse the request as 'unclear' and have it entered again.",
)
WRONG_APPROVERS = Refusal(
    "wrong_approvers",
    Kind.FORBIDDEN,
    "A supervisor and a data protection officer must open it: both approved it, and neither entered it.",
    "Have the two who decided open it together.",
)
SEVERAL_SUBSCRIBERS = Refusal(
    "several_subscribers",
    Kind.REFUSED,
    "The line changed hands on that day, so that the disclosure request is about more than one person. Nothing was opened.",
    "Refuse it as 'unclear'; the authority may name the time.",
)
PROTECTED_NEEDS_WARRANT = Refusal(
    "protected_needs_warrant",
    Kind.REFUSED,
    "This record is protected: only the data protection officer opens it, and only on a court's warrant.",
    "Refuse the disclosure request as 'danger', or let the authority bring a warrant and the officer open.",
)
DEFERRAL_REFUSED = Refusal(
    "deferral_refused",
    Kind.REFUSED,
    "The notification cannot be deferred ({article}): {reason}.",
    "{remedy}",
)
AUTHORITY_UNKNOWN = Refusal(
    "authority_unknown",
    Kind.NOT_FOUND,
    "No authority on the list has this reference.",
    "The page of authorities lists them.",
)
AUTHORITY_NOT_PENDING = Refusal(
    "authority_not_pending",
    Kind.CONFLICT,
    "This authority is approved or ended already.",
    "For another key, propose the authority again.",
)
FINGERPRINT_MISMATCH = Refusal(
    "fingerprint_mismatch",
    Kind.CONFLICT,
    "This is not the fingerprint of the key that was proposed.",
    "Ask the authority for it by another channel than the key. If it still differs, the proposed key belongs to someone else.",
)
INVALID_RECIPIENT_KEY = Refusal(
    "invalid_recipient_key",
    Kind.MALFORMED,
    "This is not a public key of age ('age1' and 58 further characters).",
    "The authority makes one with 'age-keygen' and sends the line that begins with age1, never the secret one.",
)
ANSWER_FILE_EXISTS = Refusal(
    "answer_file_exists",
    Kind.CONFLICT,
    "The file for the answer already exists or cannot be created. Nothing was opened.",
    "Name a new file, in a directory that only you can read.",
)
YEAR_NOT_OVER = Refusal(
    "year_not_over",
    Kind.REFUSED,
    "The year {year} is not over: figures that still change could be subtracted from each other.",
    "Publish it in the next year.",
)
