# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package selfcare. None of them reveals whether a number is a line of the operator."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError


class TooManyCodeRequests(RollkeeperError):
    """One source asked for too many codes."""

    code = "too_many_code_requests"
    kind = Kind.REFUSED
    sentence = "Too many codes were requested from your network address."
    remedy = "Wait an hour, or call the care number."


TOO_MANY_RESERVED_CODES = Refusal(
    "too_many_reserved_codes",
    Kind.REFUSED,
    "{codes} codes were reserved for this line within a day.",
    "Have the subscriber come to a counter with the document: everything can be done there.",
)


class WrongCode(RollkeeperError):
    """The code is wrong, used, too old, or there never was one."""

    code = "wrong_code"
    kind = Kind.REFUSED
    sentence = "That code is not valid: it is mistyped, used, or too old."
    remedy = "Type the newest code; after five tries ask for another."


class SessionExpired(RollkeeperError):
    """The session is over, or the line changed hands."""

    code = "session_expired"
    kind = Kind.FORBIDDEN
    sentence = "Your session is over."
    remedy = "Ask for a new code."


VERIFICATION_NEEDED = Refusal(
    "verification_needed",
    Kind.FORBIDDEN,
    "You must first show who you are, with the number of your document and your name.",
    "Give both as registered; if no one is registered for the line, come to a counter.",
)
NO_SUBSCRIBER_TO_SUSPECT = Refusal(
    "no_subscriber_to_suspect",
    Kind.CONFLICT,
    "No one is registered for this line: no document was recorded for it.",
    "Refuse the registration at the counter; nothing of the document is kept.",
)
LIMITED_SESSION = Refusal(
    "limited_session",
    Kind.FORBIDDEN,
    "A code from the care number, a counter or a letter does not let you read data or end a line.",
    "Use a passkey, ask for a code that comes to the line once it works again, or come to a counter with your document.",
)
LINE_IN_SERVICE = Refusal(
    "line_in_service",
    Kind.REFUSED,
    "This line is in service: a code goes to the line itself, and none is handed over.",
    "Let the subscriber ask for it at the portal.",
)
NO_PAGE_WAITING = Refusal(
    "no_page_waiting",
    Kind.NOT_FOUND,
    "No page of the portal with these four figures waits for this number.",
    "Have the subscriber type the number at the portal, and read out the figures on the page that follows.",
)
TOO_MANY_HANDED_CODES = Refusal(
    "too_many_handed_codes",
    Kind.REFUSED,
    "This line can have no further code now: it had its codes of the hour or the day, or its SIM was replaced.",
    "Do at the counter what the subscriber wants: everything can be done there.",
)
PASSKEYS_UNAVAILABLE = Refusal(
    "passkeys_unavailable",
    Kind.REFUSED,
    "This operator does not offer passkeys here.",
    "Show who you are by the number of your document and your name.",
)
INVALID_PASSKEY = Refusal(
    "invalid_passkey",
    Kind.REFUSED,
    "The passkey was not accepted: it was made for another session, another address, or without checking that it is you.",
    "Try again on this page; or use the number of your document and your name.",
)
TOO_MANY_PASSKEYS = Refusal(
    "too_many_passkeys",
    Kind.REFUSED,
    "You have {passkeys} passkeys, the maximum.",
    "Remove one that you no longer use, then add the new one.",
)
NOT_YOUR_LINE = Refusal(
    "not_your_line",
    Kind.FORBIDDEN,
    "That line is not available in this session.",
    "Give your second proof, or ask for a code for that line.",
)
NOTHING_TO_WITHDRAW = Refusal(
    "nothing_to_withdraw",
    Kind.CONFLICT,
    "There is nothing to withdraw: it was decided, or withdrawn before.",
    "The page of your lines shows its state.",
)
OWN_LINE_IN_DISPUTE = Refusal(
    "own_line_in_dispute",
    Kind.REFUSED,
    "This line is in dispute: its contract is not ended meanwhile.",
    "Withdraw the dispute, or wait until it is decided.",
)
CASE_ALREADY_OPEN = Refusal(
    "case_already_open",
    Kind.CONFLICT,
    "A case of this kind is open for this line; it must be decided by {due_on}.",
    "Nothing needs to be done: it is being examined.",
)
# Also if the days to answer are over, or if another person answers.
NO_CONSENT_REQUESTED = Refusal(
    "no_consent_requested",
    Kind.NOT_FOUND,
    "No auditor is asking to see this record now.",
    "There is nothing that you need to do.",
)
NOTHING_TO_APPEAL = Refusal(
    "nothing_to_appeal",
    Kind.REFUSED,
    "There is no decision about this line that can still be appealed.",
    "If the record is wrong or missing, open a dispute; it also pauses the clock.",
)
DECIDED_BY_SAME_PERSON = Refusal(
    "decided_by_same_person",
    Kind.FORBIDDEN,
    "An appeal must be decided by a named person who did not make the first decision.",
    "Let another person decide it.",
)
NOT_CORRECTED = Refusal(
    "not_corrected",
    Kind.CONFLICT,
    "Nothing was corrected in this record since the case was opened on {opened_on}.",
    "Change the record at a counter first; the case then closes automatically.",
)
WRONG_REASON = Refusal(
    "wrong_reason",
    Kind.MALFORMED,
    "This reason does not belong to this decision.",
    "Choose a reason from the list of the decision.",
)
NO_CLAIM = Refusal(
    "no_claim",
    Kind.NOT_FOUND,
    "No one has reported that the subscriber of this line has died.",
    "Nothing needs to be done.",
)
NO_ONE_NAMED = Refusal(
    "no_one_named",
    Kind.NOT_FOUND,
    "No one is named for this.",
    "Nothing needs to be done.",
)
LINE_HAS_SUBSCRIBER = Refusal(
    "line_has_subscriber",
    Kind.CONFLICT,
    "This line already has a subscriber: it cannot be registered here.",
    "If the record is wrong, open a dispute; a change of subscriber is done at a counter.",
)
OPENED_TOO_OFTEN = Refusal(
    "opened_too_often",
    Kind.REFUSED,
    "What is held about you was opened very often within a day.",
    "Come to a counter with the document, or try again tomorrow.",
)
TOO_MANY_APPLICATIONS = Refusal(
    "too_many_applications",
    Kind.REFUSED,
    "There were too many attempts in this session or for this line today.",
    "Come to a counter with the document, or try again tomorrow.",
)
APPLICATION_PENDING = Refusal(
    "application_pending",
    Kind.CONFLICT,
    "An application for this line waits through {until} for the document to be seen.",
    "Come to any counter with the document by that day.",
)
NO_APPLICATION = Refusal(
    "no_application",
    Kind.NOT_FOUND,
    "No application with that document and name is waiting for this line.",
    "Compare number, document and name, or register the line as usual.",
)
APPLICATION_REFUSED = Refusal(
    "application_refused",
    Kind.REFUSED,
    "The remote application cannot be recorded: {why}",
    "Register the line here as usual.",
)
DOCUMENT_NEVER_CHECKED = Refusal(
    "document_never_checked",
    Kind.FORBIDDEN,
    "The document of this line has not been seen yet.",
    "Show it at any counter once; until then only this line is shown here.",
)
COMPANY_UNPROVED = Refusal(
    "company_unproved",
    Kind.FORBIDDEN,
    "This line is a company's, whose name and licence number anyone can know.",
    "Who acts for the company shows its papers at any counter; here only this line is shown.",
)
LINE_CONTESTED = Refusal(
    "line_contested",
    Kind.FORBIDDEN,
    "The person in whose name this line is registered says that it is not theirs.",
    "Show your document at any counter; until it is decided only this line is shown here.",
)
LINE_TOO_NEW = Refusal(
    "line_too_new",
    Kind.FORBIDDEN,
    "This line was registered a short while ago: until {day} it opens nothing but itself.",
    "Use another line of yours, or come back on that day.",
)
CASE_NOT_FOUND = Refusal(
    "case_not_found",
    Kind.NOT_FOUND,
    "There is no open case {case}.",
    "The page of cases lists the open ones, as does 'rollkeeper cases list'.",
)
INVALID_REQUEST = Refusal(
    "invalid_request",
    Kind.MALFORMED,
    "The request cannot be read.",
    "Go back to the page and fill it in again.",
)
REGISTER_UNAVAILABLE = Refusal(
    "register_unavailable",
    Kind.INTERNAL,
    "The register does not answer now; nothing was done.",
    "Try again in a few minutes, or call the care number.",
)
