# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package registration. They name parts and attributes, never their values."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

NO_REGISTRATION_DUTY = Refusal(
    "no_registration_duty",
    Kind.REFUSED,
    "Rule pack '{pack}' requires no registration for this: nothing may be asked and nothing is recorded.",
    "Serve the person without it. Another pack is chosen by the setting 'instance.pack'.",
)
PARTY_NOT_COVERED = Refusal(
    "party_not_covered",
    Kind.REFUSED,
    "Rule pack '{pack}' does not say what to ask of a {party} for the service '{service}'.",
    "Choose the kind of party and the service that the pack names.",
)
UNKNOWN_ATTRIBUTE = Refusal(
    "unknown_attribute",
    Kind.MALFORMED,
    "The law does not ask for '{attribute}' of the {part}: it is not recorded.",
    "Leave it out. Asked are: {asked}.",
)
MISSING_ATTRIBUTE = Refusal(
    "missing_attribute",
    Kind.MALFORMED,
    "'{attribute}' of the {part} is missing ({article}).",
    "Ask for it: {why}",
)
PART_MISSING = Refusal(
    "part_missing",
    Kind.MALFORMED,
    "A registration of kind '{kind}' needs the {part} as well.",
    "Add the data of the {part}.",
)
PART_NOT_ASKED = Refusal(
    "part_not_asked",
    Kind.MALFORMED,
    "A registration of kind '{kind}' has no {part}: the law does not ask for one.",
    "Leave out the {part}.",
)
INVALID_VALUE = Refusal(
    "invalid_value",
    Kind.MALFORMED,
    "'{attribute}' of the {part} cannot be recorded: {value_class}.",
    "Write it as on the document.",
)

DOCUMENT_NOT_ACCEPTED = Refusal(
    "document_not_accepted",
    Kind.REFUSED,
    "The law registers this kind of subscriber by other documents ({article}).",
    "Accepted are: {accepted}. A person who has none of them may be of another kind, or registered without a document.",
)
DOCUMENT_NOT_LOOKED_OVER = Refusal(
    "document_not_looked_over",
    Kind.REFUSED,
    "The document of the {part} was not looked over as the law has it ({article}).",
    "Look at what the form names, and tick that you did.",
)
CHECK_NOT_ACCEPTED = Refusal(
    "check_not_accepted",
    Kind.REFUSED,
    "The law has the identity of the {part} verified by another check ({article}).",
    "Accepted are: {accepted}. Register the subscriber at a counter, after one of them said yes.",
)
AUTHORITY_NOT_SHOWN = Refusal(
    "authority_not_shown",
    Kind.REFUSED,
    "The law has the person who acts for the company prove it ({article}), and nothing says that this was shown.",
    "Ask for what the form names, and tick that it was shown; in a file, 'authority_shown' is 'yes'.",
)
TOO_YOUNG = Refusal(
    "too_young",
    Kind.REFUSED,
    "This kind of subscriber is at least {age} years old ({article}).",
    "Compare the date of birth with the document, or choose the kind of subscriber for this age.",
)
OF_AGE = Refusal(
    "of_age",
    Kind.REFUSED,
    "This kind of subscriber is under {age} years old ({article}).",
    "Compare the date of birth with the document, or choose the kind of subscriber for this age.",
)


class InvalidDocumentNumber(RollkeeperError):
    """No document of this type has such a number."""

    code = "invalid_document_number"
    kind = Kind.REFUSED
    sentence = "No document of this type has the number given for the {part} ({reasons})."
    remedy = "Compare it with the document; perhaps the type is another one."


# The clerk may go on after a second look.
DOCUMENT_DOUBTFUL = Refusal(
    "document_doubtful",
    Kind.REFUSED,
    "The document number of the {part} needs a second check ({reasons}).",
    "Compare it with the document once more. If it matches, confirm that you checked twice, and submit it again.",
)


class DocumentNeedsSupervisor(RollkeeperError):
    """A number's check digit does not match although it was compared twice: a supervisor must look too, and can let it pass."""

    code = "document_needs_supervisor"
    kind = Kind.REFUSED
    sentence = "The check digit in the document number of the {part} does not match: a supervisor must check it as well."
    remedy = "Submit it at a counter: it waits there, sealed, until a supervisor has confirmed it, and counts as of then. Genuine documents with faulty numbers exist; do not turn the person away."


PAYMENT_NOT_REGISTERED = Refusal(
    "payment_not_registered",
    Kind.REFUSED,
    "The law in force ({pack}) has lines registered that are paid in one way, and this one is paid in another ('{payment}').",
    "Nothing may be recorded. If the line is paid otherwise, say so.",
)
ROUTE_NOT_OFFERED = Refusal(
    "route_not_offered",
    Kind.REFUSED,
    "The law in force has no way '{route}' for a person without a document.",
    "It has: {offered}. An applied-for document is a reason to pause the clock.",
)
ROUTE_NOT_FOR_THIS = Refusal(
    "route_not_for_this",
    Kind.REFUSED,
    "Only the subscriber may do '{action_kind}', and only a document proves who that is ({article}).",
    "The line stays as it is. Once the subscriber has a document, register it; then make the change.",
)
ROUTE_WITH_DOCUMENT = Refusal(
    "route_with_document",
    Kind.CONFLICT,
    "A document was given, but the way '{route}' is for a person without one ({article}).",
    "With a document, leave out the way; without one, leave out the number.",
)
ROUTE_ALREADY_USED = Refusal(
    "route_already_used",
    Kind.REFUSED,
    "Line {line} was accepted without a document through {until}, which the law allows once ({article}).",
    "Register the document once the subscriber has it. Until then 'a document is applied for' is a reason to pause the clock.",
)
PAUSE_TOO_FAR = Refusal(
    "pause_too_far",
    Kind.MALFORMED,
    "{day} is more than {years} years away.",
    "Check the year. Leave out a last day that is farther away.",
)
INVALID_SUBMISSION_KEY = Refusal(
    "invalid_submission_key",
    Kind.MALFORMED,
    "A submission key has 8 to 100 letters, digits, '-', '_', ':' or '.'.",
    "Use a random one for each submission, such as a UUID.",
)
SUBMISSION_KEY_USED = Refusal(
    "submission_key_used",
    Kind.CONFLICT,
    "This was sent before, on {day}, for something else.",
    "Check what it is about, then send it again; in a file, give a new key for each act.",
)
ALREADY_REGISTERED = Refusal(
    "already_registered",
    Kind.CONFLICT,
    "Line {line} is registered already.",
    "For another subscriber transfer the line; for other data of the same subscriber change the record.",
)
NOT_REGISTERED = Refusal(
    "not_registered",
    Kind.CONFLICT,
    "Line {line} has no registered subscriber.",
    "Register the subscriber first.",
)
NOT_THE_SUBSCRIBER = Refusal(
    "not_the_subscriber",
    Kind.REFUSED,
    "The document is not the one recorded for line {line} ({article}).",
    "If the document was renewed, change the record and give the former one there as well; if the line goes to another person, transfer it.",
)
APPROVAL_NEEDED = Refusal(
    "approval_needed",
    Kind.REFUSED,
    "By law a second member of staff must approve '{action_kind}' before it is carried out ({article}).",
    "Submit it at a counter: it waits there, sealed, until a supervisor or the data protection officer has confirmed it.",
)
DOCUMENT_REPLACED = Refusal(
    "document_replaced",
    Kind.REFUSED,
    "A newer document replaced the one given for the {part} on {day}.",
    (
        "Ask for the newer one: another person may have the old document. To record yet another one, change the record and give this one as the former."
    ),
)
DOCUMENT_ALREADY_LINKED = Refusal(
    "document_already_linked",
    Kind.CONFLICT,
    "Both documents are recorded for one person already.",
    "Nothing needs to be done.",
)
DOCUMENTS_INCOMPATIBLE = Refusal(
    "documents_incompatible",
    Kind.REFUSED,
    "One document belongs to a company and the other to a person: they cannot be joined.",
    "Compare both documents once more.",
)
DOCUMENT_NOT_LINKED = Refusal(
    "document_not_linked",
    Kind.CONFLICT,
    "That document is not one of several that are recorded for the subscriber of line {line}.",
    "A subscriber's last document cannot be removed. If it is wrong, change the record and enter it as the former document.",
)
TRANSFEROR_DOCUMENT_MISSING = Refusal(
    "transferor_document_missing",
    Kind.REFUSED,
    "Line {line} has a registered subscriber: a transfer needs that subscriber's document ({article}).",
    (
        "Its subscriber must come, or a proxy with the subscriber's document and a signed authority. If the registration is a mistake or the subscriber has died, open a dispute instead."
    ),
)
TRANSFEROR_NOT_SUBSCRIBER = Refusal(
    "transferor_not_subscriber",
    Kind.REFUSED,
    "The document of the person who gives up line {line} is not the one recorded for it ({article}).",
    "If that document was renewed, change the record first; otherwise this person may not transfer the line.",
)
SAME_SUBSCRIBER = Refusal(
    "same_subscriber",
    Kind.CONFLICT,
    "The document shown is the one of the present subscriber of line {line}.",
    "Nothing needs to be transferred; to correct what is recorded, change the record.",
)
LINE_IN_DISPUTE = Refusal(
    "line_in_dispute",
    Kind.REFUSED,
    "Line {line} is in dispute: until that is decided, it is neither transferred nor terminated.",
    "Settle the dispute first; service and deadlines are not touched by it.",
)
OTHER_SUSPENSIONS_OPEN = Refusal(
    "other_suspensions_open",
    Kind.REFUSED,
    "Line {line} is also suspended for: {reasons}. It cannot be transferred meanwhile.",
    "Settle that with the present subscriber first.",
)
SERVICE_MISMATCH = Refusal(
    "service_mismatch",
    Kind.CONFLICT,
    "Line {line} has the service '{service}'.",
    "Leave the service out, or check the number.",
)
NUMBER_IN_USE = Refusal(
    "number_in_use",
    Kind.CONFLICT,
    "Line {line} has this number.",
    "Register the subscriber of that line, or choose another number.",
)
NOT_RELOCATABLE = Refusal(
    "not_relocatable",
    Kind.CONFLICT,
    "A line with the service '{service}' has no location and cannot be relocated.",
    "Change the record, if the subscriber's address is another one.",
)
LIMIT_REACHED = Refusal(
    "limit_reached",
    Kind.REFUSED,
    "The law allows {allowed} lines to one subscriber, and this would be one more ({article}).",
    "End or transfer another line first. Subscribers can contest lines that are not theirs in the portal; these no longer count from that moment.",
)
LIMIT_REACHED_WITH_OTHERS = Refusal(
    "limit_reached_with_others",
    Kind.REFUSED,
    "The law allows {allowed} lines to one subscriber with all operators together, and this would be one more ({article}).",
    "End or transfer another line first, here or with another operator. Subscribers can contest lines that are not theirs in the portal; these no longer count from that moment.",
)
LINES_ELSEWHERE_MISSING = Refusal(
    "lines_elsewhere_missing",
    Kind.REFUSED,
    "The law limits the lines of a subscriber with all operators together ({article}), and how many they have with others was not said.",
    "Ask the subscriber, and give a number from 0 to 999. It is compared with the limit, and not recorded.",
)
LIMIT_REACHED_IN_PERIOD = Refusal(
    "limit_reached_in_period",
    Kind.REFUSED,
    "The law allows one subscriber {allowed} new lines within {days} days, and this would be one more ({article}).",
    "Come again once the earliest of them is {days} days old. Subscribers can contest lines that are not theirs in the portal; these no longer count from that moment.",
)
LIMIT_REACHED_IN_MONTH = Refusal(
    "limit_reached_in_month",
    Kind.REFUSED,
    "The law allows one subscriber {allowed} new lines within a month, and this would be one more ({article}).",
    "Come again once the earliest of them is a month old. Subscribers can contest lines that are not theirs in the portal; these no longer count from that moment.",
)
LIMIT_REACHED_IN_MONTHS = Refusal(
    "limit_reached_in_months",
    Kind.REFUSED,
    "The law allows one subscriber {allowed} new lines within {months} months, and this would be one more ({article}).",
    "Come again once the earliest of them is {months} months old. Subscribers can contest lines that are not theirs in the portal; these no longer count from that moment.",
)
LIMIT_REACHED_REMOTELY = Refusal(
    "limit_reached_remotely",
    Kind.REFUSED,
    "The law lets a subscriber register {allowed} lines by themselves, and this would be one more ({article}).",
    "Come to a counter with the document: there the line is registered.",
)
LINE_SELECTION_NEEDED = Refusal(
    "line_selection_needed",
    Kind.REFUSED,
    "The law allows {allowed} lines to one subscriber, who chooses which to keep ({article}).",
    "All lines stay as they are. For a new one the subscriber ends another, here or in the portal, or transfers it here. Subscribers can contest lines that are not theirs in the portal.",
)
LINES_KEPT_ALREADY = Refusal(
    "lines_kept_already",
    Kind.REFUSED,
    "The law lets one subscriber keep {allowed} lines, and so many are verified already ({article}).",
    "To keep this line, the subscriber gives one of those back first, here or in the portal, or transfers it here; then verify this one. Subscribers can contest lines that are not theirs in the portal.",
)
LIMIT_NEEDS_SUPERVISOR = Refusal(
    "limit_needs_supervisor",
    Kind.REFUSED,
    "More than {allowed} lines of one subscriber need a second check ({article}).",
    "A supervisor must check it and submit it under their own name, marked as checked. Subscribers can contest lines that are not theirs in the portal.",
)
FILE_NOT_USABLE = Refusal(
    "file_not_usable",
    Kind.MALFORMED,
    "{file}: {why}.",
    "Give a table with a column 'number', or a file in UTF-8 with one JSON object a line; 'rollkeeper register --help' shows one.",
)
INVALID_ROW = Refusal(
    "invalid_row",
    Kind.MALFORMED,
    "Column '{column}' cannot be read: {value_class}.",
    "Correct the row and run the file again: recorded rows are not recorded twice.",
)


class ConcurrentUpdate(RollkeeperError):
    """Other processes changed the same lines at the same instant in every try."""

    code = "concurrent_update"
    kind = Kind.CONFLICT
    sentence = "The same lines were being changed elsewhere; nothing was recorded."
    remedy = "Submit it again with the same key."


RECEIPT_LINE_MISMATCH = Refusal(
    "receipt_line_mismatch",
    Kind.CONFLICT,
    "That receipt is about another line than {line}.",
    "Check the number. An earlier line with this number is a different line.",
)
NOT_A_REGISTRATION_RECEIPT = Refusal(
    "not_a_registration_receipt",
    Kind.CONFLICT,
    "That receipt is valid, but does not prove a registration.",
    "Use the receipt of the registration. A dispute can also be opened on the subscriber's statement.",
)
RECORD_ALREADY_CORRECT = Refusal(
    "record_already_correct",
    Kind.CONFLICT,
    "Line {line} is registered: the record agrees with the receipt, and the line is not suspended.",
    "If the record itself is wrong, correct it, or open a dispute without the receipt.",
)
