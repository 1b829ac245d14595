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
    """An act that records true identity. The values are a pack's words for the acts at which it asks."""

    REGISTER = "register", _("Register")
    TRANSFER = "transfer", _("Transfer")
    INSTALL = "install", _("Install")
    PORT_IN = "port_in", _("Port in a number")
    RELOCATE = "relocate", _("Relocate")
    CHANGE = "change", _("Change the record")

    @property
    def verb(self) -> Verb:
        """Return what the ledger says."""
        return _VERBS[self]


ROW_KEY = "row:"
"""The prefix of a row's key that is made from its content: a keyed hash follows."""

FILE_KEY = "key:"
"""The prefix of a row's key that is made from its key in the file: a keyed hash follows."""

IMAGE_FIELDS = ("read", "copy", "copy_mark")
"""Fields of a form that a picture of a document fills in. They are no attributes, and no browser's word is taken for them."""

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
    """Who gives up a line: the document of its subscriber, type and number, and who brought it."""

    document: tuple[str, str]
    presence: Presence = Presence.SELF


def transferor_in(fields: Mapping[str, str]) -> Transferor | None:
    """Return who gives up a line from a form's fields; None if no document of theirs was shown."""
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
    """The kind of this kind that the pack adds, which decides what is asked; not stored."""
    last_day: str | None = None
    """Through which day a paper of the subscriber is good, as it was given."""
    looked_over: bool = False
    """Staff looked at all that the law has shown with the document; not stored."""
    identity_check: IdentityCheck | None = None
    """The check that said yes to who the subscriber is."""
    authority_shown: bool = False
    """The person who acts for the company showed what the law has shown for it."""
    service: Service | None = None
    """None: the service of the line with this number, or mobile if there is none."""
    payment: Payment | None = None
    """How the line is paid; None: as recorded."""
    lines_elsewhere: int | None = None
    """How many lines the subscriber says they have with other operators, where a limit counts them; of who registers remotely, with
    all. Compared, and never stored.
    """
    elsewhere_unasked: bool = False
    """What was filled in did not ask it: no such limit was in force yet. It is not refused for that."""
    language: str | None = None
    contact_email: str | None = None
    """Where notices and codes for the portal go, of a line that is no telephone. Not an attribute: no law asks it."""
    double_checked: bool = False
    """A doubtful document number was compared with the document once more."""
    overrides_limit: bool = False
    """A supervisor looked at a line more than the law lets pass without that."""
    former_document: tuple[str, str] | None = None
    """Type and number of the document recorded so far, where it was renewed or recorded wrongly."""
    former_was_wrong: bool = False
    """That document was wrong: it was mistyped, and is removed."""
    transferor: Transferor | None = None
    """Who gives up the transferred line."""
    transferee_presence: Presence = Presence.SELF
    """Who is present for the person who takes the line."""
    approved_by: StaffId | None = None
    """The second person who confirmed it, if the pack requires one."""
    route: str | None = None
    """By which way of the pack the subscriber is registered who can show no document, such as `referee`."""
    document_seen: bool = True
    """The document was shown at the counter; in a file it is only declared."""
    self_declared: bool = False
    """Declared remotely by its subscriber; the document was not seen."""
    is_remote: bool = False
    """Filled in remotely by its subscriber, who was not asked what the operator alone knows; the document may have been seen since."""
    is_late: bool = False
    """Taken down without a network, from a subscriber who has left: of the line is recorded what was said of it, and nothing demanded."""
    machine_read: frozenset[PartyRole] = frozenset()
    """Parts whose document was read by machine and whose number was confirmed unchanged."""
    copies: Mapping[PartyRole, tuple[bytes, ...]] = field(default_factory=dict)
    """Redacted copies of the documents, where the law has them kept; never what arrived."""

    @property
    def asked_as(self) -> str:
        """Return the kind under which the pack says what to ask."""
        return self.added_kind or self.kind.value

    def with_parts(self, parts: Mapping[PartyRole, Mapping[str, str]]) -> Self:
        """Return it with other parts."""
        return replace(self, parts=parts)


def submission_of(
    given: Mapping[str, Any], *, submission_key: str, kind: KindOfParty, machine_read: frozenset[PartyRole] = frozenset(),
    copies: Mapping[PartyRole, tuple[bytes, ...]] | None = None, approved_by: StaffId | None = None,
) -> Submission:  # fmt: skip
    """Return what was submitted, out of the fields of a registration's form, checked by it or sealed as they were filled in."""
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
    """Return how many lines were said, None for what is no such number."""
    text = str("" if said is None else said).strip()
    return int(text) if _FEW.fullmatch(text) else None


def sim_in(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what was given of a line's new SIM, out of a form's fields."""
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
        """Return what is stored of it with the key."""
        return {
            "verb": self.verb,
            "line": str(self.line_id),
            "day": self.day.isoformat(),
            "entry": self.entry_id,
        }

    def again(self) -> Self:
        """Return it as an answer to a repeated submission."""
        return replace(self, is_repeat=True)
