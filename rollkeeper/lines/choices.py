# SPDX-License-Identifier: EUPL-1.2
"""The life of a line as one table: each event with the states before and after it, its condition and its article.

`docs/lifecycle.md` is written from this file. The table is separate from the acts so that a reader, a test and the
database's constraint can be compared with the same page. Articles are those of the reference law; a rule without
an article follows from the contract between operator and subscriber.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LineState(TextChoices):
    """The states of a line."""

    ACTIVE = "active", _("In service")
    SUSPENDED = "suspended", _("Suspended")
    """At least one reason for suspension is open."""
    TERMINATED = "terminated", _("Terminated")
    """The contract is over; the number is in quarantine or free."""
    RELEASED = "released", _("Number released")
    """The number went to a new contract, or the record was erased."""


class SuspensionReason(TextChoices):
    """Why a line is suspended. Several reasons can be open at once; a restore closes one and leaves the others."""

    REGISTRATION = "registration", _("no subscriber is registered")
    """No subscriber registered in time. Only an approved batch sets it; a campaign counts only its clock."""
    UNPAID = "unpaid", _("unpaid")
    LOST_OR_STOLEN = "lost_or_stolen", _("lost or stolen")
    ORDER = "order", _("an order")
    SUBSCRIBER_REQUEST = "subscriber_request", _("the subscriber asked for it")
    OPERATOR = "operator", _("barred by the operator before it came into the register")


def reason_label(reason: SuspensionReason, *, must_reverify: bool) -> str:
    """Return the words for a reason. A registered subscriber who must verify again is not told that no one is registered."""
    if must_reverify and reason is SuspensionReason.REGISTRATION:
        return str(_("the registration was not verified again"))
    return str(reason.label)


class TerminatedBy(StrEnum):
    """Who terminated a line."""

    CAMPAIGN = "campaign"
    """An approved batch."""
    SUBSCRIBER = "subscriber"
    IMPORT_UNDONE = "import_undone"
    """The import that made the line was a mistake: there was no such line."""


class AccessOutcome(StrEnum):
    """The result of a lookup that led to no other entry. The values are in the ledger: never rename one."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    REFUSED_PROTECTED = "refused_protected"
    REFUSED_LIMIT = "refused_limit"


class AccessKind(StrEnum):
    """The kinds of access, each with a separate limit."""

    LOOKUP = "lookup"
    """A search for a line by its number."""
    DOCUMENT = "document"
    """A comparison of a document with the recorded one."""


class ReachedLimit(StrEnum):
    """The limit of lookups or comparisons that refused an access, as `lines_count_access` names it: an app may enter this word."""

    LOOKUPS = "lookups"
    LOOKUPS_TOTAL = "lookups_total"
    DOCUMENTS = "documents"
    DOCUMENTS_TOTAL = "documents_total"


class PauseReason(TextChoices):
    """Why the clock of a line is paused: a simple declaration is enough, proof may come later."""

    ABROAD = "abroad", _("Abroad")
    HOSPITAL = "hospital", _("In hospital")
    DISABILITY = "disability", _("Disability")
    DETENTION = "detention", _("In detention")
    DISASTER = "disaster", _("Disaster in the area")
    DOCUMENT_APPLIED_FOR = "document_applied_for", _("A document is applied for")
    DISPUTE = "dispute", _("A dispute is open")
    APPEAL = "appeal", _("An appeal is open")
    DESK_CLOSED = "desk_closed", _("The counter was closed")
    TEMPORARY_RECONNECTION = "temporary_reconnection", _("Temporary reconnection")
    """Service was back for some hours: those days do not count as days of suspension. The reconnection itself records it."""
    NO_DOCUMENT = "no_document", _("Accepted without a document")
    """The subscriber is accepted without a document for the time that the law gives. The registration itself records it."""
    APPLICATION = "application", _("A remote application is waiting")
    """A subscriber registered remotely and the document has not been seen yet. The application itself records it, once for each
    line.
    """
    NOT_BARRED = "not_barred", _("The network did not bar the line")
    """The line kept working after its suspension, until the network proved the bar. Recorded with that proof."""
    OTHER = "other", _("Another reason")


NOT_DECLARED: Final = frozenset(
    {
        PauseReason.TEMPORARY_RECONNECTION,
        PauseReason.NO_DOCUMENT,
        PauseReason.APPLICATION,
        PauseReason.NOT_BARRED,
    }
)
"""Reasons that follow from an act and are not declared."""
DECLARED_AT_COUNTER: Final = tuple(
    reason for reason in PauseReason if reason not in NOT_DECLARED | {PauseReason.DISPUTE}
)
"""Reasons among which a clerk chooses; a dispute is a separate act."""
DECLARED_AT_PORTAL: Final = tuple(
    reason for reason in DECLARED_AT_COUNTER if reason not in {PauseReason.APPEAL, PauseReason.DESK_CLOSED}
)
"""Reasons among which a subscriber chooses; the operator itself knows the others."""
EVIDENCE_LATER: Final = frozenset(
    {
        PauseReason.ABROAD,
        PauseReason.HOSPITAL,
        PauseReason.DISABILITY,
        PauseReason.DETENTION,
        PauseReason.DOCUMENT_APPLIED_FOR,
    }
)
"""Reasons for which a proof is expected later. A disaster is public knowledge, and the operator knows the others itself."""


class Event(StrEnum):
    """The events in the life of a line."""

    ACTIVATE = "activate"
    REGISTER = "register"
    TRANSFER = "transfer"
    SUSPEND = "suspend"
    RESTORE = "restore"
    TERMINATE = "terminate"
    UNDO = "undo"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. `from_state` is None if there was no line before."""

    event: Event
    from_state: LineState | None
    to_state: LineState
    guard: str
    article: str


_ACTIVE, _SUSPENDED, _TERMINATED, _RELEASED = LineState

TRANSITIONS: Final = (
    Transition(
        Event.ACTIVATE,
        None,
        _ACTIVE,
        "the number is free, or its quarantine is over and the network has shown the former line to be gone",
        "art. 2",
    ),
    Transition(
        Event.ACTIVATE,
        None,
        _SUSPENDED,
        "imported: the operator had barred the line before, for another reason",
        "-",
    ),
    Transition(
        Event.REGISTER,
        _ACTIVE,
        _ACTIVE,
        "the present tenure has no registration, or one that a campaign asks to verify again",
        "art. 2, 3",
    ),
    Transition(
        Event.REGISTER,
        _SUSPENDED,
        _ACTIVE,
        "a missing registration or verification was the only open reason; the same day",
        "art. 3",
    ),
    Transition(Event.REGISTER, _SUSPENDED, _SUSPENDED, "another reason stays open", "art. 3"),
    Transition(
        Event.TRANSFER, _ACTIVE, _ACTIVE, "no dispute; the new subscriber is another person", "art. 2"
    ),
    Transition(
        Event.TRANSFER,
        _SUSPENDED,
        _ACTIVE,
        "no dispute; no reason but a missing registration or verification was open",
        "art. 2, 3",
    ),
    Transition(
        Event.SUSPEND,
        _ACTIVE,
        _SUSPENDED,
        "a missing registration or verification: by an approved batch alone",
        "art. 3",
    ),
    Transition(
        Event.SUSPEND,
        _SUSPENDED,
        _SUSPENDED,
        "a missing registration or verification joins another reason: by an approved batch alone",
        "art. 3",
    ),
    Transition(Event.RESTORE, _SUSPENDED, _ACTIVE, "it was the last open reason", "-"),
    Transition(Event.RESTORE, _SUSPENDED, _SUSPENDED, "another reason stays open", "-"),
    Transition(Event.TERMINATE, _ACTIVE, _TERMINATED, "the subscriber asks", "-"),
    Transition(
        Event.TERMINATE,
        _SUSPENDED,
        _TERMINATED,
        "the subscriber asks; or an approved batch, without a registration or verification in time",
        "art. 3",
    ),
    Transition(Event.UNDO, _SUSPENDED, _ACTIVE, "the batch that suspended it is undone", "art. 1"),
    Transition(
        Event.UNDO,
        _TERMINATED,
        _SUSPENDED,
        "the batch that ended it is undone, the number still its own",
        "art. 1",
    ),
    Transition(
        Event.RELEASE,
        _TERMINATED,
        _RELEASED,
        "the number went to a new contract, or retention is over",
        "art. 5",
    ),
)


def lifecycle_markdown() -> str:
    """Return the table as Markdown, a drawing first."""
    drawn = "\n".join(
        f"    {t.from_state or '[*]'} --> {t.to_state}: {t.event}"
        for t in TRANSITIONS
        if t.from_state != t.to_state
    )
    rows = "\n".join(
        f"- **{t.event}** ({t.from_state or 'none'}→{t.to_state}): {t.guard}{'' if t.article == '-' else f' ({t.article})'}"
        for t in TRANSITIONS
    )
    return (
        f"```mermaid\nstateDiagram-v2\n{drawn}\n```\n\n"
        f"Each event with its condition and article:\n\n{rows}\n\n"
        "A line is suspended while any reason is open: "
        f"{', '.join(SuspensionReason)}. Closing one leaves the others; emergency calls, the care number and "
        "registration stay reachable under each. All but registration come from an import, for lines that the operator had barred.\n"
    )
