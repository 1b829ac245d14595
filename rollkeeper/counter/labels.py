# SPDX-License-Identifier: EUPL-1.2
"""How the counter says the register's words, in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollkeeper.agents.choices import AgentState
from rollkeeper.ledger import labels as ledger_labels
from rollkeeper.lines.choices import LineState, PauseReason, Service, SuspensionReason
from rollkeeper.registration.submissions import Presence, RegistrationKind
from rollkeeper.subscribers.choices import Part, PartyKind

type Labels = dict[str, Any]
"""Words of the register and how they are said: texts that are translated when they are shown."""

SERVICES: Labels = {
    Service.MOBILE: _("Mobile telephone"),
    Service.DATA_CARD: _("Data card"),
    Service.FIXED_LINE: _("Fixed line"),
    Service.INTERNET_ACCESS: _("Internet access"),
    Service.DOMAIN: _("Domain"),
    Service.ADDRESS_BLOCK: _("Address block"),
    Service.HOSTED_SITE: _("Hosted site"),
}
KINDS: Labels = {
    PartyKind.INDIVIDUAL: _("One person"),
    PartyKind.COMPANY: _("A company"),
    PartyKind.MINOR: _("A minor with a guardian"),
}
PARTS: Labels = {
    Part.SUBSCRIBER: _("The subscriber"),
    Part.USER: _("Who uses the line"),
    Part.BEARER: _("Who brings the papers"),
    Part.GUARDIAN: _("The guardian"),
}
ATTRIBUTES: Labels = {
    "name": _("Full name"),
    "address": _("Address"),
    "document_type": _("Kind of document"),
    "document_number": _("Number of the document"),
}
HINTS: Labels = {
    "name": _("Exactly as it stands on the document, in its own script, in one piece."),
    "document_number": _("All of it, as it stands there; spaces and the width of letters do not matter."),
}
UNCONFIRMED = _(
    "May be left out: the press reported that this is to be asked, and nobody has confirmed it in the official text."
)
PRESENCES: Labels = {
    Presence.SELF: _("The subscriber"),
    Presence.PROXY: _("A proxy"),
}
DOCUMENTS: Labels = {
    "cn-resident-card": _("Resident identity card"),
    "cn-residence-permit": _("Residence permit"),
    "passport": _("Passport"),
    "identity-card": _("Identity card of another state"),
    "cn-business-licence": _("Business licence"),
    "other": _("Another document"),
}
NO_DOCUMENT: Labels = {
    "referee": _("Nothing, and somebody known vouches for them"),
    "guardian": _("Nothing, and their guardian vouches for them"),
    "institution": _("Nothing, and an institution vouches for them"),
    "agency": _("Nothing, and an agency that looks after them vouches for them"),
    "application_receipt": _("The receipt of an application for a document"),
    "police_report": _("A report that the document was stolen or lost"),
}
REGISTRATION_KINDS: Labels = {
    RegistrationKind.REGISTER: _("Register"),
    RegistrationKind.TRANSFER: _("Transfer"),
    RegistrationKind.INSTALL: _("Install"),
    RegistrationKind.RELOCATE: _("Relocate"),
    RegistrationKind.CHANGE: _("Change the record"),
}
ACTIONS: Labels = REGISTRATION_KINDS | {
    "replace-sim": _("Replace a SIM"),
    "terminate": _("End a contract"),
    "further-document": _("A further document of one person"),
}
REGISTRATION_KIND_NOTES: Labels = {
    RegistrationKind.REGISTER: _(
        "Record who holds a line. A suspended line is restored the same day; a new number gets a line."
    ),
    RegistrationKind.TRANSFER: _(
        "Another person takes the line and is registered by the same act. An old deadline does not follow."
    ),
    RegistrationKind.INSTALL: _("A new line at a place, registered from its first day."),
    RegistrationKind.RELOCATE: _(
        "A fixed line moves to another place. The subscriber shows the document again."
    ),
    RegistrationKind.CHANGE: _(
        "Correct or renew what is recorded about the present subscriber. It starts no deadline."
    ),
}
STATES: Labels = {
    LineState.ACTIVE: _("In service"),
    LineState.SUSPENDED: _("Suspended"),
    LineState.TERMINATED: _("Ended"),
    LineState.RELEASED: _("Given back"),
}
REASONS: Labels = {
    SuspensionReason.REGISTRATION: _("nobody is registered"),
    SuspensionReason.UNPAID: _("unpaid"),
    SuspensionReason.LOST_OR_STOLEN: _("lost or stolen"),
    SuspensionReason.ORDER: _("an order"),
    SuspensionReason.SUBSCRIBER_REQUEST: _("the subscriber asked for it"),
}
PAUSES: Labels = {
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
DONE = ledger_labels.ACTION_LABELS

AGENT_STATES: Labels = {
    AgentState.CANDIDATE: _("Candidate"),
    AgentState.APPROVED: _("Approved"),
    AgentState.SUSPENDED: _("Agent suspended"),
    AgentState.TERMINATED: _("Agent terminated"),
}
