# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package registration. They name parts and attributes, never what was written in them."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NoRegistrationDuty(RollkeeperError):
    """The law in force has nobody register: every form refuses to collect."""

    code = "no_registration_duty"
    kind = Kind.REFUSED
    sentence = "Under rule pack '{pack}' nobody has to register for this: nothing may be asked and nothing is recorded."
    remedy = "Serve the person without it. Another pack is chosen by the setting 'instance.pack'."


class PartyNotCovered(RollkeeperError):
    """The pack does not say what to ask of this kind of party for this service."""

    code = "party_not_covered"
    kind = Kind.REFUSED
    sentence = "Rule pack '{pack}' does not say what to ask of a {party} for the service '{service}'."
    remedy = "Choose the kind of party and the service that the pack names."


class UnknownAttribute(RollkeeperError):
    """Something was given for which the law does not ask."""

    code = "unknown_attribute"
    kind = Kind.MALFORMED
    sentence = "The law does not ask for '{attribute}' of the {part}: it is not recorded."
    remedy = "Leave it out. Asked are: {asked}."


class MissingAttribute(RollkeeperError):
    """Something for which the law asks is missing."""

    code = "missing_attribute"
    kind = Kind.MALFORMED
    sentence = "'{attribute}' of the {part} is missing ({article})."
    remedy = "Ask for it: {why}"


class PartMissing(RollkeeperError):
    """Somebody whose data belong to this registration is missing."""

    code = "part_missing"
    kind = Kind.MALFORMED
    sentence = "A registration of kind '{kind}' needs the {part} as well."
    remedy = "Add the data of the {part}."


class PartNotAsked(RollkeeperError):
    """Somebody was named for whom the law does not ask."""

    code = "part_not_asked"
    kind = Kind.MALFORMED
    sentence = "A registration of kind '{kind}' has no {part}: the law does not ask for one."
    remedy = "Leave out the {part}."


class InvalidValue(RollkeeperError):
    """A value cannot be recorded as it is."""

    code = "invalid_value"
    kind = Kind.MALFORMED
    sentence = "'{attribute}' of the {part} cannot be recorded: {value_class}."
    remedy = "Write it as it stands on the document."


class InvalidDocumentNumber(RollkeeperError):
    """No document of this type has such a number."""

    code = "invalid_document_number"
    kind = Kind.REFUSED
    sentence = "No document of this type has the number given for the {part} ({reasons})."
    remedy = "Compare it with the document; perhaps the type is another one."


class DocumentDoubtful(RollkeeperError):
    """A document's number asks for a second look. Not a wall."""

    code = "document_doubtful"
    kind = Kind.REFUSED
    sentence = "The document number of the {part} asks for a second look ({reasons})."
    remedy = "Compare it with the document once more. If it stands there so, say that you looked twice, and it is recorded."


class DocumentNeedsSupervisor(RollkeeperError):
    """A number's check digit does not fit though it was compared twice: a supervisor looks at it as well. Not a wall."""

    code = "document_needs_supervisor"
    kind = Kind.REFUSED
    sentence = (
        "The check digit in the document number of the {part} does not fit: a supervisor looks at it as well."
    )
    remedy = (
        "Submit it at a counter: it waits there, sealed, until a supervisor has confirmed it, and counts as of then."
        " Genuine documents with faulty numbers exist; nobody is turned away for one."
    )


class RouteNotOffered(RollkeeperError):
    """The pack gives no such way to somebody without a document."""

    code = "route_not_offered"
    kind = Kind.REFUSED
    sentence = "The law in force gives no way '{route}' to somebody without a document."
    remedy = (
        "It gives: {offered}. A document that was applied for is a reason for which the clock stands still."
    )


class RouteNotForThis(RollkeeperError):
    """An act that belongs to the subscriber is asked for by somebody who shows no document."""

    code = "route_not_for_this"
    kind = Kind.REFUSED
    sentence = "The act '{action_kind}' belongs to the subscriber, whom only a document shows to be the subscriber ({article})."
    remedy = "The line stays as it is. Once the subscriber has a document, register it; then change what is to be changed."


class RouteWithDocument(RollkeeperError):
    """A document was given and a way for somebody without one."""

    code = "route_with_document"
    kind = Kind.CONFLICT
    sentence = "A document was given, and the way '{route}' is for somebody without one ({article})."
    remedy = "Where there is a document, leave out the way; where there is none, leave out its number."


class RouteAlreadyUsed(RollkeeperError):
    """A line was accepted without a document for a time already."""

    code = "route_already_used"
    kind = Kind.REFUSED
    sentence = (
        "Line {line} was accepted without a document through {until}, which the law does once ({article})."
    )
    remedy = "Register the document once it is there. Until then 'a document is applied for' is a reason for which the clock stands still."


class InvalidSubmissionKey(RollkeeperError):
    """A submission key cannot be used."""

    code = "invalid_submission_key"
    kind = Kind.MALFORMED
    sentence = "A submission key has 8 to 100 letters, digits, '-', '_', ':' or '.'."
    remedy = "Use a random one for each submission, such as a UUID."


class SubmissionKeyUsed(RollkeeperError):
    """A submission key was used for another act."""

    code = "submission_key_used"
    kind = Kind.CONFLICT
    sentence = "This submission key was used for '{verb}' on {day}."
    remedy = "Use a new key for a new act."


class AlreadyRegistered(RollkeeperError):
    """Somebody is registered for the present tenure."""

    code = "already_registered"
    kind = Kind.CONFLICT
    sentence = "Line {line} is registered already."
    remedy = (
        "For another subscriber transfer the line; for other data of the same subscriber change the record."
    )


class NotRegistered(RollkeeperError):
    """Nobody is registered for the line."""

    code = "not_registered"
    kind = Kind.CONFLICT
    sentence = "Nobody is registered for line {line}."
    remedy = "Register the subscriber first."


class NotTheSubscriber(RollkeeperError):
    """The document shown is not the one of the present subscriber."""

    code = "not_the_subscriber"
    kind = Kind.REFUSED
    sentence = "The document is not the one recorded for line {line} ({article})."
    remedy = "If the document was renewed, give the former one as well; if the line goes to somebody else, transfer it."


class ApprovalNeeded(RollkeeperError):
    """The pack has somebody else confirm this act before it is done."""

    code = "approval_needed"
    kind = Kind.REFUSED
    sentence = (
        "By law a second member of staff must approve '{action_kind}' before it is carried out ({article})."
    )
    remedy = "Submit it at a counter: it waits there, sealed, until a supervisor or the data protection officer has confirmed it."


class DocumentReplaced(RollkeeperError):
    """The document shown was theirs until a newer one took its place."""

    code = "document_replaced"
    kind = Kind.REFUSED
    sentence = "A newer document took the place of the one given for the {part} on {day}."
    remedy = (
        "Ask for the newer one: an old document may be in another hand. To record yet another one, change the record and"
        " give this one as the former."
    )


class DocumentAlreadyLinked(RollkeeperError):
    """Both documents lead to one person already."""

    code = "document_already_linked"
    kind = Kind.CONFLICT
    sentence = "Both documents are recorded for one person already."
    remedy = "Nothing needs to be done."


class DocumentsIncompatible(RollkeeperError):
    """A person's document and a company's can never be one's."""

    code = "documents_incompatible"
    kind = Kind.REFUSED
    sentence = "One of the documents is a company's and the other a person's: they are not one."
    remedy = "Compare both documents once more."


class DocumentNotLinked(RollkeeperError):
    """The document is not one of several that lead to the subscriber."""

    code = "document_not_linked"
    kind = Kind.CONFLICT
    sentence = "That document is not one of several that are recorded for the subscriber of line {line}."
    remedy = "The last document of a subscriber is not parted from them; where it is wrong, change the record and give it as the former."


class TransferorDocumentMissing(RollkeeperError):
    """A line that somebody is registered for is to be transferred without them."""

    code = "transferor_document_missing"
    kind = Kind.REFUSED
    sentence = "Line {line} is registered for somebody: nobody takes it without the document of who gives it up ({article})."
    remedy = (
        "Have its subscriber come, or a proxy with the subscriber's document and a signed authority. Where"
        " somebody is registered by mistake or has died, dispute it instead."
    )


class TransferorNotSubscriber(RollkeeperError):
    """The document of who gives a line up is not the one of its present subscriber."""

    code = "transferor_not_subscriber"
    kind = Kind.REFUSED
    sentence = "The document of who gives line {line} up is not the one recorded for it ({article})."
    remedy = (
        "If that document was renewed, change the record first; otherwise the line is not theirs to give."
    )


class SameSubscriber(RollkeeperError):
    """A line is to be transferred to the person who holds it."""

    code = "same_subscriber"
    kind = Kind.CONFLICT
    sentence = "The document shown is the one of the present subscriber of line {line}."
    remedy = "Nothing needs to be transferred; to correct what is recorded, change the record."


class LineInDispute(RollkeeperError):
    """A dispute about the line is open."""

    code = "line_in_dispute"
    kind = Kind.REFUSED
    sentence = "Line {line} is in dispute: it is not transferred while that is open."
    remedy = "Settle the dispute first; service and deadlines are not touched by it."


class OtherSuspensionsOpen(RollkeeperError):
    """The line is suspended for more than want of registration."""

    code = "other_suspensions_open"
    kind = Kind.REFUSED
    sentence = "Line {line} is also suspended for: {reasons}. It is not transferred while that is open."
    remedy = "Settle that with the present subscriber first."


class ServiceMismatch(RollkeeperError):
    """The line has another service than the one stated."""

    code = "service_mismatch"
    kind = Kind.CONFLICT
    sentence = "Line {line} is of the service '{service}'."
    remedy = "Leave the service out, or look at the number again."


class NumberInUse(RollkeeperError):
    """A line is to be installed under a number that a living line has."""

    code = "number_in_use"
    kind = Kind.CONFLICT
    sentence = "Line {line} has this number."
    remedy = "Register the subscriber of that line, or choose another number."


class NotRelocatable(RollkeeperError):
    """A service without a place cannot be relocated."""

    code = "not_relocatable"
    kind = Kind.CONFLICT
    sentence = "A line of the service '{service}' has no place to be relocated from."
    remedy = "Change the record, if the subscriber's address is another one."


class LimitReached(RollkeeperError):
    """The law allows one subscriber no further line."""

    code = "limit_reached"
    kind = Kind.REFUSED
    sentence = "The law allows {allowed} lines to one subscriber, and this would be one more ({article})."
    remedy = "End or transfer another line first. Lines that are not theirs can be denied in the portal and count no longer from that moment."


class LimitReachedInPeriod(RollkeeperError):
    """The law allows one subscriber no further line within some days."""

    code = "limit_reached_in_period"
    kind = Kind.REFUSED
    sentence = "The law allows one subscriber {allowed} new lines within {days} days, and this would be one more ({article})."
    remedy = "Come again once the earliest of them is {days} days old. Lines that are not theirs can be denied in the portal and count no longer from that moment."


class LineSelectionNeeded(RollkeeperError):
    """The law has the subscriber choose which lines to keep before a further one is taken."""

    code = "line_selection_needed"
    kind = Kind.REFUSED
    sentence = "The law allows {allowed} lines to one subscriber, who chooses which to keep ({article})."
    remedy = "All lines stay as they are. For a new one the subscriber ends another, here or in the portal, or transfers it here. Lines that are not theirs can be denied in the portal."


class LimitNeedsSupervisor(RollkeeperError):
    """The law has somebody look twice before one subscriber gets a further line."""

    code = "limit_needs_supervisor"
    kind = Kind.REFUSED
    sentence = "More than {allowed} lines of one subscriber ask for a second look ({article})."
    remedy = "A supervisor looks at it and submits it under their own name, with the mark that it was looked at. Lines that are not theirs can be denied in the portal."


class FileNotUsable(RollkeeperError):
    """A file of registrations cannot be used at all."""

    code = "file_not_usable"
    kind = Kind.MALFORMED
    sentence = "{file}: {why}."
    remedy = "Give a file in UTF-8 with one JSON object a line; 'rollkeeper register --help' shows one."


class InvalidRow(RollkeeperError):
    """A line of a file is no registration."""

    code = "invalid_row"
    kind = Kind.MALFORMED
    sentence = "Column '{column}' cannot be read: {value_class}."
    remedy = "Mend the row and give the file again: rows that were recorded are not recorded twice."


class ConcurrentUpdate(RollkeeperError):
    """Others changed the same lines again and again at the same instant."""

    code = "concurrent_update"
    kind = Kind.CONFLICT
    sentence = "The same lines were being changed elsewhere; nothing was recorded."
    remedy = "Submit it again with the same key."


class ReceiptLineMismatch(RollkeeperError):
    """The receipt shown is about another line than the one whose number was given."""

    code = "receipt_line_mismatch"
    kind = Kind.CONFLICT
    sentence = "That receipt is about line {receipt}, and this number belongs to line {line}."
    remedy = "Look at the number again. A line that had this number before is not this one."


class NotARegistrationReceipt(RollkeeperError):
    """The receipt shown does not say that somebody was registered."""

    code = "not_a_registration_receipt"
    kind = Kind.CONFLICT
    sentence = "That receipt is good, but does not say that somebody was registered."
    remedy = "Take the receipt of the registration. A dispute can be taken up on the subscriber's word, too."


class RecordAlreadyCorrect(RollkeeperError):
    """The register says what the receipt says."""

    code = "record_already_correct"
    kind = Kind.CONFLICT
    sentence = (
        "Line {line} is registered: the record says what the receipt says, and nobody cuts the line off."
    )
    remedy = "If it is the record itself that is wrong, correct it, or take up a dispute without the receipt."
