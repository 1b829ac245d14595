# SPDX-License-Identifier: EUPL-1.2
"""How the counter says the register's words, in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollkeeper.agents.kinds import AgentState
from rollkeeper.enrolment.submissions import Deed, Presence
from rollkeeper.ledger import words as ledger_words
from rollkeeper.lines.states import LineState, PauseReason, Service, SuspensionReason
from rollkeeper.subscribers.kinds import Part, PartyKind

type Words = dict[str, Any]
"""Words of the register and how they are said: texts that are translated when they are shown."""

SERVICES: Words = {
    Service.MOBILE: _("Mobile telephone"),
    Service.DATA_CARD: _("Data card"),
    Service.FIXED_LINE: _("Fixed line"),
    Service.INTERNET_ACCESS: _("Internet access"),
    Service.DOMAIN: _("Domain"),
    Service.ADDRESS_BLOCK: _("Address block"),
    Service.HOSTED_SITE: _("Hosted site"),
}
KINDS: Words = {
    PartyKind.INDIVIDUAL: _("One person"),
    PartyKind.COMPANY: _("A company"),
    PartyKind.MINOR: _("A minor with a guardian"),
}
PARTS: Words = {
    Part.HOLDER: _("The holder"),
    Part.USER: _("Who uses the line"),
    Part.BEARER: _("Who brings the papers"),
    Part.GUARDIAN: _("The guardian"),
}
ATTRIBUTES: Words = {
    "name": _("Full name"),
    "address": _("Address"),
    "document_type": _("Kind of document"),
    "document_number": _("Number of the document"),
}
HINTS: Words = {
    "name": _("Exactly as it stands on the document, in its own script, in one piece."),
    "document_number": _("All of it, as it stands there; spaces and the width of letters do not matter."),
}
UNCONFIRMED = _(
    "May be left out: the press reported that this is to be asked, and nobody has confirmed it in the official text."
)
PRESENCES: Words = {
    Presence.SELF: _("The holder"),
    Presence.PROXY: _("A proxy"),
}
DOCUMENTS: Words = {
    "cn-resident-card": _("Resident identity card"),
    "cn-residence-permit": _("Residence permit"),
    "passport": _("Passport"),
    "identity-card": _("Identity card of another state"),
    "cn-business-licence": _("Business licence"),
    "other": _("Another document"),
}
NO_DOCUMENT: Words = {
    "referee": _("Nothing, and somebody known vouches for them"),
    "guardian": _("Nothing, and their guardian vouches for them"),
    "institution": _("Nothing, and an institution vouches for them"),
    "agency": _("Nothing, and an agency that looks after them vouches for them"),
    "application_receipt": _("The receipt of an application for a document"),
    "police_report": _("A report that the document was stolen or lost"),
}
DEEDS: Words = {
    Deed.REGISTER: _("Register"),
    Deed.TRANSFER: _("Transfer"),
    Deed.INSTALL: _("Install"),
    Deed.RELOCATE: _("Relocate"),
    Deed.CHANGE: _("Change the record"),
}
ACTS: Words = DEEDS | {
    "replace-sim": _("Replace a SIM"),
    "end": _("End a contract"),
    "further-document": _("A further document of one person"),
}
DEED_NOTES: Words = {
    Deed.REGISTER: _(
        "Record who holds a line. A suspended line is restored the same day; a new number gets a line."
    ),
    Deed.TRANSFER: _(
        "Another person takes the line and is registered by the same act. An old deadline does not follow."
    ),
    Deed.INSTALL: _("A new line at a place, registered from its first day."),
    Deed.RELOCATE: _("A fixed line moves to another place. The holder shows the document again."),
    Deed.CHANGE: _("Correct or renew what is recorded about the present holder. It starts no deadline."),
}
STATES: Words = {
    LineState.ACTIVE: _("In service"),
    LineState.SUSPENDED: _("Suspended"),
    LineState.ENDED: _("Ended"),
    LineState.RELEASED: _("Given back"),
}
REASONS: Words = {
    SuspensionReason.REGISTRATION: _("nobody is registered"),
    SuspensionReason.UNPAID: _("unpaid"),
    SuspensionReason.LOST_OR_STOLEN: _("lost or stolen"),
    SuspensionReason.ORDER: _("an order"),
    SuspensionReason.SUBSCRIBER_REQUEST: _("the holder asked for it"),
}
PAUSES: Words = {
    PauseReason.ABROAD: _("Abroad"),
    PauseReason.HOSPITAL: _("In hospital"),
    PauseReason.DISABILITY: _("Disability"),
    PauseReason.DETENTION: _("In detention"),
    PauseReason.DISASTER: _("Disaster where they live"),
    PauseReason.DOCUMENT_APPLIED_FOR: _("A document is applied for"),
    PauseReason.APPEAL: _("An appeal is open"),
    PauseReason.DESK_CLOSED: _("The desk was closed"),
    PauseReason.OTHER: _("Another reason"),
}
DONE = ledger_words.DONE

AGENT_STATES: Words = {
    AgentState.CANDIDATE: _("Candidate"),
    AgentState.ADMITTED: _("Admitted"),
    AgentState.SUSPENDED: _("Agent suspended"),
    AgentState.ENDED: _("Agent ended"),
}
