# SPDX-License-Identifier: EUPL-1.2
"""A submission at a counter or in a file, and its receipt.

A submission is personal from end to end: its text shows nothing. A receipt holds references only and may be printed.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents.rules import with_state
from rollkeeper.kernel.choices import SAID_PAYMENTS, IdentityCheck, Payment, Service
from rollkeeper.kernel.ids import EntryId, LineId, StaffId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.attributes import OF_THE_SIM
from rollkeeper.ledger.verbs import Verb
from rollkeeper.registration.party_kinds import KindOfParty
from rollkeeper.subscribers.choices import PARTY_ROLES, PartyKind, PartyRole


class RegistrationKind(TextChoices):
    """An act that records true identity. The values are the words by which a pack names the acts at which it asks."""

    REGISTER = "register", _("Register")
    TRANSFER = "transfer", _("Transfer")
    INSTALL = "install", _("Install")
    PORT_IN = "port_in", _("Port in a number")
    RELOCATE = "relocate", _("Relocate")
    CHANGE = "change", _("Change the record")

    @property
    def verb(self) -> Verb:
        """Return the ledger's verb for this act."""
        return _VERBS[self]


ROW_KEY = "row:"
"""The prefix of a row's key that is made from its content: a keyed hash follows."""

FILE_KEY = "key:"
"""The prefix of a row's key that is made from its key in the file: a keyed hash follows."""

IMAGE_FIELDS = ("read", "copy", "copy_mark")
"""Fields of a form that a picture of a document fills in. They are not attributes, and values from a browser are not trusted."""

LINES_ELSEWHERE = "lines_elsewhere"
"""The field, and the column, in which a subscriber says how many lines they have with other operators."""
MOST_LINES_ELSEWHERE: Final = 999
_FEW: Final = re.compile(r"[0-9]{1,3}", re.ASCII)

NEW_CONTRACT_KINDS = frozenset(
    {RegistrationKind.REGISTER, RegistrationKind.INSTALL, RegistrationKind.PORT_IN}
)
"""Actions that make a contract, and touch no existing record."""

NEW_TENURE_KINDS = NEW_CONTRACT_KINDS | {RegistrationKind.TRANSFER}
"""Actions by which a person takes a line; the others are for its current subscriber."""
_VERBS = {
    RegistrationKind.REGISTER: Verb.TENURE_REGISTERED,
    RegistrationKind.TRANSFER: Verb.TENURE_TRANSFERRED,
    RegistrationKind.INSTALL: Verb.TENURE_REGISTERED,
    RegistrationKind.PORT_IN: Verb.TENURE_REGISTERED,
    RegistrationKind.RELOCATE: Verb.LINE_RELOCATED,
    RegistrationKind.CHANGE: Verb.TENURE_CORRECTED,
}


class Presence(TextChoices):
    """Who is present at the counter for one side of a transfer. The values are in the ledger."""

    SELF = "self", _("The subscriber")
    PROXY = "proxy", _("A proxy")
    """A proxy with the document of the person they represent, their own document and a signed authority; not recorded."""


@dataclass(frozen=True, slots=True, repr=False)
class Transferor:
    """The person who gives up a line: the type and number of the subscriber's document, and who brought it."""

    document: tuple[str, str]
    presence: Presence = Presence.SELF


def transferor_in(fields: Mapping[str, str]) -> Transferor | None:
    """Return the transferor from a form's fields; None if no document of the transferor was shown."""
    number = (fields.get("transferor__document_number") or "").strip()
    kind = with_state(
        fields.get("transferor__document_type") or "other", fields.get("transferor__document_state")
    )
    return Transferor((kind, number), presence_in(fields, "transferor")) if number else None


def presence_in(fields: Mapping[str, str], side: str) -> Presence:
    """Return who is present for one side of a transfer from a form's fields."""
    said = fields.get(f"{side}__presence")
    return Presence(said) if said in set(Presence) else Presence.SELF


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One registration as submitted: the attributes of each part, by the pack's names."""

    submission_key: str
    number: str
    kind: PartyKind
    parts: Mapping[PartyRole, Mapping[str, str]]
    added_kind: str | None = None
    """A more special kind that the pack adds; it decides what is asked, and is not stored."""
    last_day: str | None = None
    """The last day of the subscriber's document, as it was given."""
    looked_over: bool = False
    """Staff looked at everything that the law requires to be shown with the document; not stored."""
    identity_check: IdentityCheck | None = None
    """The check that confirmed the subscriber's identity."""
    authority_shown: bool = False
    """The person who acts for the company showed the proof that the law requires."""
    service: Service | None = None
    """None: the service of the line with this number, or mobile if there is none."""
    payment: Payment | None = None
    """How the line is paid; None: as recorded."""
    lines_elsewhere: int | None = None
    """How many lines the subscriber declares with other operators, if a limit counts them; in a remote registration, with all operators.
    Compared, and never stored.
    """
    elsewhere_unasked: bool = False
    """The form did not ask for this number, since no such limit was in force yet. The submission is not refused for that."""
    language: str | None = None
    contact_email: str | None = None
    """The address for notices and portal codes of a line that is no telephone. Not an attribute: no law asks it."""
    double_checked: bool = False
    """A doubtful document number was compared with the document once more."""
    overrides_limit: bool = False
    """A supervisor allowed a line beyond a limit that needs such a check."""
    former_document: tuple[str, str] | None = None
    """Type and number of the document recorded so far, if it was renewed or recorded wrongly."""
    former_was_wrong: bool = False
    """That document was wrong: it was mistyped, and is removed."""
    transferor: Transferor | None = None
    """The person who gives up the transferred line."""
    transferee_presence: Presence = Presence.SELF
    """Who is present for the person who takes the line."""
    approved_by: StaffId | None = None
    """The second person who confirmed it, if the pack requires one."""
    route: str | None = None
    """The pack's way by which a subscriber without a document is registered, such as `referee`."""
    document_seen: bool = True
    """The document was shown at the counter; in a file it is only declared."""
    self_declared: bool = False
    """Declared remotely by its subscriber; the document was not seen."""
    is_remote: bool = False
    """Filled in remotely by its subscriber, who was not asked facts that only the operator knows; staff may have seen the document since."""
    is_late: bool = False
    """Recorded without a network, from a subscriber who has left: attributes of the line are recorded as given, and none is required."""
    machine_read: frozenset[PartyRole] = frozenset()
    """Parts whose document was read by machine and whose number was confirmed unchanged."""
    copies: Mapping[PartyRole, tuple[bytes, ...]] = field(default_factory=dict)
    """Redacted copies of the documents, if the law requires them to be kept; never the original pictures."""

    @property
    def asked_as(self) -> str:
        """Return the kind under which the pack says what to ask."""
        return self.added_kind or self.kind.value

    def with_parts(self, parts: Mapping[PartyRole, Mapping[str, str]]) -> Self:
        """Return this submission with other parts."""
        return replace(self, parts=parts)


def submission_of(
    given: Mapping[str, Any], *, submission_key: str, kind: KindOfParty, machine_read: frozenset[PartyRole] = frozenset(),
    copies: Mapping[PartyRole, tuple[bytes, ...]] | None = None, approved_by: StaffId | None = None,
) -> Submission:  # fmt: skip
    """Return the submission from the fields of a registration form: checked by the form, or sealed as they were filled in."""
    former = (
        with_state(given.get("former__document_type") or "", given.get("former__document_state")),
        (given.get("former__document_number") or "").strip(),
    )
    parts = {part: attributes_in(given, f"{part.key}__") for part in PARTY_ROLES[kind.built_in]}
    subscriber = parts[PartyRole.SUBSCRIBER]
    check = subscriber.pop("identity_check", None)
    return Submission(
        submission_key=submission_key,
        number=(given.get("number") or "").strip(),
        kind=kind.built_in,
        added_kind=kind.added,
        last_day=subscriber.pop("last_day", None),
        looked_over=bool(subscriber.pop("looked_over", "")),
        identity_check=IdentityCheck(check) if check in set(IdentityCheck) else None,
        authority_shown=bool(subscriber.pop("authority_shown", "")),
        parts=parts,
        service=Service(given["service"]) if given.get("service") in set(Service) else None,
        payment=Payment(given["payment"]) if given.get("payment") in SAID_PAYMENTS else None,
        lines_elsewhere=lines_elsewhere_in(given.get(LINES_ELSEWHERE)),
        elsewhere_unasked=LINES_ELSEWHERE not in given,
        language=given["language"] if given.get("language") in instance().languages else None,
        contact_email=(given.get("contact_email") or "").strip() or None,
        double_checked=bool(given.get("double_checked")),
        overrides_limit=bool(given.get("overrides_limit")),
        former_document=former if former[1] else None,
        former_was_wrong=bool(given.get("former__was_wrong")),
        route=given.get("route") or None,
        transferor=transferor_in(given),
        transferee_presence=presence_in(given, "transferee"),
        machine_read=machine_read,
        copies=copies or {},
        approved_by=approved_by,
    )


def lines_elsewhere_in(said: object) -> int | None:
    """Return the number of lines that was given, None if it is not such a number."""
    text = str("" if said is None else said).strip()
    return int(text) if _FEW.fullmatch(text) else None


def sim_in(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the values given for a line's new SIM, from a form's fields."""
    return {name: str(fields[name] or "").strip() for name in OF_THE_SIM if name in fields}


def attributes_in(given: Mapping[str, Any], head: str) -> dict[str, str]:
    """Return the attributes of one part, by the pack's names, from a form's fields whose names begin with its head."""
    values = {
        name.removeprefix(head): str(value or "").strip()
        for name, value in given.items()
        if name.startswith(head)
    }
    state = values.pop("document_state", "")
    values["document_type"] = with_state(values.get("document_type", ""), state)
    return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something was done: references, a day and the place in the ledger, nothing personal."""

    submission_key: str
    verb: str
    line_id: LineId
    day: dt.date
    entry_id: EntryId
    is_repeat: bool = field(default=False, compare=False)
    """This is the first receipt again; nothing was done a second time."""

    def as_json(self) -> dict[str, str | int]:
        """Return the parts of the receipt that are stored with the key."""
        return {
            "verb": self.verb,
            "line": str(self.line_id),
            "day": self.day.isoformat(),
            "entry": self.entry_id,
        }

    def again(self) -> Self:
        """Return this receipt as the answer to a repeated submission."""
        return replace(self, is_repeat=True)
