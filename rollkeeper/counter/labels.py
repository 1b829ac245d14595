# SPDX-License-Identifier: EUPL-1.2
"""The counter's labels for the words of the register, in the reader's language."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rollkeeper.counter.line_actions import ADDRESSES
from rollkeeper.kernel.choices import Payment, Service, label_of
from rollkeeper.kernel.phrasing import cite
from rollkeeper.law.pack import Pack
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.selfcare.choices import CaseKind

type Labels = dict[str, Any]
"""Codes of the register and their labels: texts that are translated when they are shown."""

HINTS: Labels = {
    "name": _("Exactly as on the document, in its own script, in one piece."),
    "document_number": _("All of it, as on the document; spaces and the width of letters do not matter."),
}
MISSING: Labels = {
    "number": _("Enter the whole number of the line."),
    "name": _("Enter the full name as it is on the document."),
    "address": _("Enter the address."),
    "document_number": _("Enter the number of the document."),
    "document_valid_until": _("Enter the last day on which the document is valid."),
    "last_day": _("Enter the last day on the permit or document."),
    "identity_check": _("Choose by which check the identity was verified."),
    "lines_elsewhere": _(
        "Ask how many lines they have with other operators, and give a number from 0 to 999."
    ),
    "authority_shown": _("Ask for what the law names, and tick that it was shown."),
    "birth_date": _("Enter the date of birth."),
    "language": _("Ask in which language they read notices, and choose it."),
    "code": _("Enter the code."),
    "reason": _("Choose a reason."),
    "first": _("Enter the first day."),
    "figures": _("Enter the four figures that the subscriber reads out."),
    "confirmed": _("Check it with the subscriber, and confirm that you did."),
}
"""What to enter where a field was left empty."""
ACTIONS: Labels = dict(RegistrationKind.choices) | {
    "document-check": _("A person applied remotely"),
    "replace-sim": _("Replace a SIM"),
    "terminate": _("End a contract"),
    "link-document": _("A further document of one person"),
    "pause": _("Pause the clock of a line"),
    "reconnect": _("Reconnect a suspended line for a day"),
    "portal-code": _("A code for the portal"),
    "reserve-code": _("One more code for the portal"),
    "essential": _("Protect a line"),
    "dispute": _("Open a dispute"),
    "suspect-forgery": CaseKind.FORGERY.label,
}
FIRST: Labels = {"register": _("Register the subscriber"), "change": _("Change what is recorded")}
"""The text of the main button for a line that was found, if it differs from the name of the action."""
VERIFY: Labels = {"change": _("Verify the registration again")}
"""The text of that button for a line whose registered subscriber must verify again."""
STATE_COLOURS = {LineState.ACTIVE: "green", LineState.SUSPENDED: "orange"}
REGISTRATION_KIND_NOTES: Labels = {
    RegistrationKind.REGISTER: _(
        "Record the subscriber of a line. A suspended line works again the same day; a number that is new here becomes a line."
    ),
    RegistrationKind.TRANSFER: _(
        "Another person takes the line and is registered by the same act. An old deadline does not follow."
    ),
    RegistrationKind.INSTALL: _("A new line at a place, registered from its first day."),
    RegistrationKind.PORT_IN: _(
        "A person brings a number from another operator and is registered. A number whose contract ended here stays in quarantine for everyone but its former subscriber."
    ),
    RegistrationKind.RELOCATE: _(
        "A fixed line moves to another place. The subscriber shows the document again."
    ),
    RegistrationKind.CHANGE: _(
        "Correct or renew what is recorded about the present subscriber, or verify it again where the law asks for that. It starts no deadline."
    ),
}


class Link(NamedTuple):
    """An action as a page offers it."""

    what: str
    address: str
    label: Any
    note: Any


def link(what: str, said: Labels | None = None) -> Link:
    """Return the address and the name of an action."""
    name, kind = ADDRESSES[what]
    address = reverse(f"counter:{name}", args=[kind] if kind else [])
    return Link(what, address, (said or {}).get(what, ACTIONS[what]), REGISTRATION_KIND_NOTES.get(what, ""))


def links(whats: Iterable[str]) -> list[Link]:
    """Return several of these links, in order."""
    return [link(what) for what in whats]


def service_of(line: LineView) -> str:
    """Return the service of a line, and how it is paid where that is known."""
    paid = "" if line.payment is Payment.UNKNOWN else f" · {Payment(line.payment).label}"
    return f"{line.service.label}{paid}"


def kept_records(pack: Pack) -> list[Labels]:
    """Return what is kept of a record and for how long: one row for all lines, or several rows, each with its services."""
    alike: dict[object, tuple[list[str], Pack]] = {}
    for service in pack.services:
        law = pack.for_service(service)
        alike.setdefault((law.retention, law.document_copy), ([], law))[0].append(label_of(service, Service))
    return [
        {
            "services": services if len(alike) > 1 else [],
            "retention": law.retention,
            "copy_article": cite(law.document_copy.article) if law.document_copy else "",
            "copy_retention": law.copy_retention,
            "copy_kept_article": cite(law.copy_retention.article) if law.copy_retention else "",
        }
        for services, law in alike.values()
    ]  # fmt: skip
