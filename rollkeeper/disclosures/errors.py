# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package disclosures."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class DisclosureUnknown(RollkeeperError):
    """No disclosure request has that reference."""

    code = "disclosure_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no disclosure request with this reference."
    remedy = "See 'rollkeeper disclosures list'."


class DisclosureRefused(RollkeeperError):
    """The law does not let this be disclosed. The disclosure request is on record as refused, and counted."""

    code = "disclosure_refused"
    kind = Kind.REFUSED
    sentence = "Nothing is disclosed ({article}): {reason}."
    remedy = "{remedy} It is counted as refused: {disclosure}."


class DisclosureNotPending(RollkeeperError):
    """A disclosure request is not where this step begins."""

    code = "disclosure_not_pending"
    kind = Kind.CONFLICT
    sentence = "The disclosure request is not in the state that this step needs."
    remedy = "See its state: 'rollkeeper disclosures list'."


class NumberMismatch(RollkeeperError):
    """The number as the decider reads it is not the one that was entered."""

    code = "number_mismatch"
    kind = Kind.CONFLICT
    sentence = "The number or the day that you read in the instrument is not what was entered."
    remedy = "Read the instrument again. If it was entered wrongly, refuse the request as 'unclear' and have it entered again."


class WrongApprovers(RollkeeperError):
    """The two who open are not the two who may."""

    code = "wrong_approvers"
    kind = Kind.FORBIDDEN
    sentence = "A supervisor and a data protection officer open, both of whom approved and neither of whom entered it."
    remedy = "Name the two who decided: --as and --second."


class SeveralSubscribers(RollkeeperError):
    """A line had two subscribers on the day, and the disclosure request names no time: a second person would be in the answer."""

    code = "several_subscribers"
    kind = Kind.REFUSED
    sentence = "The line changed hands on that day, so that the disclosure request is about more than one person. Nothing was opened."
    remedy = "Refuse it as 'unclear'; the authority may name the time."


class NeedsWarrant(RollkeeperError):
    """The record is sealed against ordinary staff, and the instrument is not a court's."""

    code = "protected_needs_warrant"
    kind = Kind.REFUSED
    sentence = (
        "This record is protected: it is opened on a court's warrant alone, by the data protection officer."
    )
    remedy = "Refuse the disclosure request as 'danger', or let the authority bring a warrant and the officer open (--as)."


class DeferralRefused(RollkeeperError):
    """Notifying the person cannot wait, or not so long."""

    code = "deferral_refused"
    kind = Kind.REFUSED
    sentence = "Notification is not put off ({article}): {reason}."
    remedy = "{remedy}"


class AuthorityUnknown(RollkeeperError):
    """No authority of the list has that reference."""

    code = "authority_unknown"
    kind = Kind.NOT_FOUND
    sentence = "No authority on the list has this reference."
    remedy = "See 'rollkeeper disclosures authorities'."


class AuthorityNotPending(RollkeeperError):
    """An authority is approved or ended already."""

    code = "authority_not_pending"
    kind = Kind.CONFLICT
    sentence = "This authority is approved or ended already."
    remedy = "For another key propose it anew."


class FingerprintMismatch(RollkeeperError):
    """The fingerprint that was read out is not the key's."""

    code = "fingerprint_mismatch"
    kind = Kind.CONFLICT
    sentence = "This is not the fingerprint of the key that was proposed."
    remedy = "Ask the authority for it on another way than the key came. If it still differs, somebody else's key was proposed."


class InvalidRecipientKey(RollkeeperError):
    """A public key cannot be read."""

    code = "invalid_recipient_key"
    kind = Kind.MALFORMED
    sentence = "This is no public key of age ('age1' and 58 further characters)."
    remedy = "The authority makes one with 'age-keygen' and sends the line that begins with age1, never the secret one."


class AnswerFileExists(RollkeeperError):
    """The file for the answer is there already."""

    code = "answer_file_exists"
    kind = Kind.CONFLICT
    sentence = "The file for the answer is there already, or cannot be made. Nothing was opened."
    remedy = "Name one that is not there, in a folder that only you read."


class YearNotOver(RollkeeperError):
    """Figures of a year are published once it is over, and then stay."""

    code = "year_not_over"
    kind = Kind.REFUSED
    sentence = "The year {year} is not over: figures that still change could be subtracted from each other."
    remedy = "Publish it in the next year."
