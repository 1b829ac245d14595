# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package selfcare. None tells whether a number is a line of ours."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class TooManyCodeRequests(RollkeeperError):
    """One source asked for too many codes."""

    code = "too_many_code_requests"
    kind = Kind.REFUSED
    sentence = "Too many codes were asked for from where you are."
    remedy = "Wait an hour, or call the care number."


class TooManyReservedCodes(RollkeeperError):
    """Staff kept as many codes for the line as they may in a day."""

    code = "too_many_reserved_codes"
    kind = Kind.REFUSED
    sentence = "{codes} codes were kept for this line within a day."
    remedy = "Have the subscriber come to a counter with the document: everything can be done there."


class WrongCode(RollkeeperError):
    """The code is wrong, used, too old, or there never was one."""

    code = "wrong_code"
    kind = Kind.REFUSED
    sentence = "That code does not open: it is mistyped, used, or too old."
    remedy = "Type the newest code; after five tries ask for another."


class SessionExpired(RollkeeperError):
    """The session is over, or the line changed hands."""

    code = "session_expired"
    kind = Kind.FORBIDDEN
    sentence = "Your session is over."
    remedy = "Ask for a new code."


class VerificationNeeded(RollkeeperError):
    """A second proof is needed for this."""

    code = "verification_needed"
    kind = Kind.FORBIDDEN
    sentence = "For this you must first show who you are: by the number of your document and your name."
    remedy = "Give both as they were registered; where nobody is registered for the line, come to a counter."


class PasskeysUnavailable(RollkeeperError):
    """The instance has no domain to which passkeys could belong."""

    code = "passkeys_unavailable"
    kind = Kind.REFUSED
    sentence = "This operator does not offer passkeys here."
    remedy = "Show who you are by the number of your document and your name."


class InvalidPasskey(RollkeeperError):
    """What the browser made is no passkey for this session."""

    code = "invalid_passkey"
    kind = Kind.REFUSED
    sentence = "The passkey was not taken: it was made for another session, another address, or without checking that it is you."
    remedy = "Try again on this page; without a passkey, number of the document and name do the same."


class TooManyPasskeys(RollkeeperError):
    """Somebody has as many passkeys as they may."""

    code = "too_many_passkeys"
    kind = Kind.REFUSED
    sentence = "You have {passkeys} passkeys, and no more are taken."
    remedy = "Remove one that you no longer use, then add the new one."


class NotYourLine(RollkeeperError):
    """The line is not among those that this session may speak of."""

    code = "not_your_line"
    kind = Kind.FORBIDDEN
    sentence = "That line is not among those that you may speak of in this session."
    remedy = "Give your second proof, or ask for a code for that line."


class CaseAlreadyOpen(RollkeeperError):
    """There is an open case of this kind for the line."""

    code = "case_already_open"
    kind = Kind.CONFLICT
    sentence = "A case of this kind is open for this line; it must be decided by {due_on}."
    remedy = "Nothing needs to be done: it is being looked into."


class NoConsentRequested(RollkeeperError):
    """Nobody asks, or the days are over, or whoever answers is not whom they asked."""

    code = "no_consent_requested"
    kind = Kind.NOT_FOUND
    sentence = "No auditor asks to see this record now."
    remedy = "There is nothing that you need to do."


class NothingToAppeal(RollkeeperError):
    """Nothing was decided about the line that is not appealed against already."""

    code = "nothing_to_appeal"
    kind = Kind.REFUSED
    sentence = "Nothing was decided about this line against which an appeal is left."
    remedy = "Where the record is wrong or missing, say so: that is a dispute, and stops the clock as well."


class DecidedBySamePerson(RollkeeperError):
    """Whoever decided first would decide the appeal, or nobody with a name."""

    code = "decided_by_same_person"
    kind = Kind.FORBIDDEN
    sentence = "An appeal is decided by a named person who did not decide before."
    remedy = "Let somebody else decide it: 'rollkeeper cases settle CASE --as USERNAME'."


class NotCorrected(RollkeeperError):
    """A correction is to be settled as done, and nothing was changed."""

    code = "not_corrected"
    kind = Kind.CONFLICT
    sentence = "Nothing was put right in this record since the case was opened on {opened_on}."
    remedy = "Change the record at a counter first; the case then closes by itself."


class NoClaim(RollkeeperError):
    """There is no claim on the line that its subscriber could answer."""

    code = "no_claim"
    kind = Kind.NOT_FOUND
    sentence = "Nobody says that the subscriber of this line has died."
    remedy = "Nothing needs to be done."


class LineHasSubscriber(RollkeeperError):
    """The line in the hand has a subscriber already."""

    code = "line_has_subscriber"
    kind = Kind.CONFLICT
    sentence = "Somebody holds this line already: it cannot be registered here."
    remedy = "Where the record is wrong, dispute it; a change of subscriber is done at a counter."


class TooManyApplications(RollkeeperError):
    """A session or a line has used up its tries to register, or to have a picture read."""

    code = "too_many_applications"
    kind = Kind.REFUSED
    sentence = "The tries of this session or of this line for today are used up."
    remedy = "Come to a counter with the document, or try again tomorrow."


class ApplicationPending(RollkeeperError):
    """There is an application for the line that waits to be seen."""

    code = "application_pending"
    kind = Kind.CONFLICT
    sentence = "An application for this line waits through {until} for the document to be seen."
    remedy = "Come to any counter with the document by that day."


class NoApplication(RollkeeperError):
    """No application waits for the line, or another document or name stands in it."""

    code = "no_application"
    kind = Kind.NOT_FOUND
    sentence = "No application of that document and name waits for this line."
    remedy = "Compare number, document and name; or register the line as any other."


class ApplicationRefused(RollkeeperError):
    """The document was seen, and what was given cannot be recorded all the same."""

    code = "application_refused"
    kind = Kind.REFUSED
    sentence = "What was given remotely cannot be recorded: {why}"
    remedy = "Register the line here as any other."


class DocumentNeverChecked(RollkeeperError):
    """The subscriber registered remotely: what they gave then proves nothing about them."""

    code = "document_never_checked"
    kind = Kind.FORBIDDEN
    sentence = "This line was registered remotely, and nobody has seen the document yet."
    remedy = "Show it at any counter once; until then this line is shown here and no other."


class CaseNotFound(RollkeeperError):
    """No open case has this reference."""

    code = "case_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no open case {case}."
    remedy = "'rollkeeper cases list' shows the open cases."


class InvalidRequest(RollkeeperError):
    """What was asked for is out of order."""

    code = "invalid_request"
    kind = Kind.MALFORMED
    sentence = "What was asked for cannot be read."
    remedy = "Go back to the page and fill it in again."


class RegisterUnavailable(RollkeeperError):
    """Nobody answers behind the portal."""

    code = "register_unavailable"
    kind = Kind.INTERNAL
    sentence = "The register does not answer just now; nothing was done."
    remedy = "Try again in a few minutes, or call the care number."
