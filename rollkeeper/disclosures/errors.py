# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room disclosures."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class DemandUnknown(RollkeeperError):
    """No demand has that reference."""

    code = "demand_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no demand with this reference."
    remedy = "See 'rollkeeper disclosure list'."


class DemandRefused(RollkeeperError):
    """The law does not let this be disclosed. The demand is on record as refused, and counted."""

    code = "demand_refused"
    kind = Kind.REFUSED
    sentence = "Nothing is disclosed ({article}): {reason}."
    remedy = "{remedy} It is counted as refused: {demand}."


class DemandNotWaiting(RollkeeperError):
    """A demand is not where this step begins."""

    code = "demand_not_waiting"
    kind = Kind.CONFLICT
    sentence = "The demand is not at the step where this begins."
    remedy = "See how it stands: 'rollkeeper disclosure list'."


class OwnDemand(RollkeeperError):
    """Whoever entered a demand would decide it."""

    code = "own_demand"
    kind = Kind.FORBIDDEN
    sentence = "Whoever entered a demand has no part in deciding it."
    remedy = "A supervisor and a data protection officer decide, neither of whom entered it."


class DecidedAlready(RollkeeperError):
    """Somebody has said yes to this demand before."""

    code = "demand_decided_already"
    kind = Kind.CONFLICT
    sentence = "You have said yes to this demand already; it needs another person."
    remedy = "Wait for the other one, or refuse it."


class NumberDiffers(RollkeeperError):
    """The number as the decider reads it is not the one that was entered."""

    code = "demand_number_differs"
    kind = Kind.CONFLICT
    sentence = "The number or the day that you read in the instrument is not what was entered."
    remedy = "Read the instrument again. If it was entered wrongly, refuse the demand as 'unclear' and have it entered anew."


class NotEnoughDeciders(RollkeeperError):
    """The two who open are not the two who may."""

    code = "not_enough_deciders"
    kind = Kind.FORBIDDEN
    sentence = "A supervisor and a data protection officer open, both of whom said yes and neither of whom entered it."
    remedy = "Name the two who decided: --as and --second."


class ChangedHands(RollkeeperError):
    """A line had two holders on the day, and the demand names no time: a second person would be in the answer."""

    code = "line_changed_hands"
    kind = Kind.REFUSED
    sentence = "The line changed hands on that day, so that the demand is about more than one person. Nothing was opened."
    remedy = "Refuse it as 'unclear'; the authority may name the time."


class NeedsWarrant(RollkeeperError):
    """The record is sealed against ordinary staff, and the instrument is not a court's."""

    code = "protected_needs_warrant"
    kind = Kind.REFUSED
    sentence = (
        "This record is protected: it is opened on a court's warrant alone, by the data protection officer."
    )
    remedy = (
        "Refuse the demand as 'danger', or let the authority bring a warrant and the officer open (--as)."
    )


class PutOffRefused(RollkeeperError):
    """Telling the person cannot wait, or not so long."""

    code = "put_off_refused"
    kind = Kind.REFUSED
    sentence = "Telling is not put off ({article}): {reason}."
    remedy = "{remedy}"


class AuthorityUnknown(RollkeeperError):
    """No authority of the list has that reference."""

    code = "authority_unknown"
    kind = Kind.NOT_FOUND
    sentence = "No authority on the list has this reference."
    remedy = "See 'rollkeeper disclosure authorities'."


class AuthorityNotProposed(RollkeeperError):
    """An authority is admitted or ended already."""

    code = "authority_not_proposed"
    kind = Kind.CONFLICT
    sentence = "This authority is admitted or ended already."
    remedy = "For another key propose it anew."


class FingerprintDiffers(RollkeeperError):
    """The fingerprint that was read out is not the key's."""

    code = "fingerprint_differs"
    kind = Kind.CONFLICT
    sentence = "This is not the fingerprint of the key that was proposed."
    remedy = "Ask the authority for it on another way than the key came. If it still differs, somebody else's key was proposed."


class SameProposer(RollkeeperError):
    """Whoever proposed an authority would admit it."""

    code = "same_proposer"
    kind = Kind.FORBIDDEN
    sentence = "An authority is admitted by another person than the one who proposed it."
    remedy = "Let a second one compare the fingerprint and admit it."


class KeyNotRead(RollkeeperError):
    """A public key cannot be read."""

    code = "recipient_key_not_read"
    kind = Kind.MALFORMED
    sentence = "This is no public key of age ('age1' and 58 further characters)."
    remedy = "The authority makes one with 'age-keygen' and sends the line that begins with age1, never the secret one."


class AnswerExists(RollkeeperError):
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
