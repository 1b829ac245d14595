# SPDX-License-Identifier: EUPL-1.2
"""Reads an opened offline registration: the fields of a form of the counter as they were filled in.

They become a registration as the fields of the counter's own form do (`submission_of`). Values leave only inside that registration.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rollkeeper.documents.rules import with_state
from rollkeeper.kernel.ids import StaffId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import NOT_DECLARED, PauseReason
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_MALFORMED
from rollkeeper.registration.party_kinds import KindOfParty, kind_named
from rollkeeper.registration.submissions import RegistrationKind, Submission, submission_of
from rollkeeper.subscribers.choices import PartyRole

FORMAT = 1
OTHER_ACTION_KINDS = frozenset({"pause", "dispute", "terminate", "replace-sim", "link-document"})
CLOCKS = frozenset({"monotonic", "device"})


@dataclass(frozen=True, slots=True, repr=False)
class Payload:
    """What was recorded offline, and when by the page's own clock."""

    action_kind: str
    kind: KindOfParty
    fields: Mapping[str, str]
    elapsed_ms: int
    clock: str
    machine_read: frozenset[PartyRole] = frozenset()
    """Parts whose document was read by machine: known only for data that the counter's own app sealed."""
    copies: Mapping[PartyRole, tuple[bytes, ...]] = field(default_factory=dict)
    """Redacted copies of documents, known for the same data only."""

    def submission(self, submission_key: str, *, approved_by: StaffId | None = None) -> Submission:
        """Return a registration as it was recorded offline."""
        return submission_of(
            self.fields, submission_key=submission_key, kind=self.kind, machine_read=self.machine_read, copies=self.copies,
            approved_by=approved_by,
        )  # fmt: skip

    def document(self) -> tuple[str, str] | None:
        """Return the document that the subscriber showed, where one was asked for."""
        number = self.fields.get("document_number", "").strip()
        kind = with_state(self.fields.get("document_type", ""), self.fields.get("document_state"))
        return (kind, number) if number else None

    def further(self) -> tuple[str, str]:
        """Return the further document that the subscriber showed."""
        given = self.fields
        kind = with_state(given.get("further__document_type", ""), given.get("further__document_state"))
        return kind, given.get("further__document_number", "").strip()

    def reason(self) -> PauseReason:
        """Return the reason of a pause. Refuses: OFFLINE_REGISTRATION_MALFORMED."""
        if self.fields.get("reason") not in set(PauseReason) - NOT_DECLARED:
            raise OFFLINE_REGISTRATION_MALFORMED(why="reason")
        return PauseReason(self.fields["reason"])

    def day(self, name: str) -> dt.date | None:
        """Return a day, None where none was given. Refuses: OFFLINE_REGISTRATION_MALFORMED."""
        try:
            return dt.date.fromisoformat(self.fields[name]) if self.fields.get(name) else None
        except ValueError:
            raise OFFLINE_REGISTRATION_MALFORMED(why=name) from None


def read_payload(clear: bytes, *, by_counter: bool = False) -> Payload:
    """Read data that a browser sealed, or that the counter's own app sealed (`by_counter`). Refuses: OFFLINE_REGISTRATION_MALFORMED."""
    try:
        found: Any = json.loads(clear)
        if found["v"] != FORMAT:
            raise OFFLINE_REGISTRATION_MALFORMED(why="another format")
        action_kind, fields = str(found["action_kind"]), found["fields"]
        if action_kind not in OTHER_ACTION_KINDS | set(RegistrationKind) or found["clock"] not in CLOCKS:
            raise OFFLINE_REGISTRATION_MALFORMED(why="an unknown act")
        if not all(isinstance(value, str) for value in fields.values()):
            raise OFFLINE_REGISTRATION_MALFORMED(why="a field that is not text")
        kind = kind_named(str(found["kind"]), load_pack(instance().pack))
        if kind is None:
            raise OFFLINE_REGISTRATION_MALFORMED(why="a kind of subscriber that the law does not have")
        payload = Payload(action_kind, kind, fields, int(found["elapsed_ms"]), found["clock"])
        return _with_images(payload, found) if by_counter else payload
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise OFFLINE_REGISTRATION_MALFORMED(why="it is not of the form that the counter seals") from None


def _with_images(payload: Payload, found: Mapping[str, Any]) -> Payload:
    """Add the results of reading pictures, which are never accepted from a browser."""
    copies = {
        PartyRole(part): tuple(base64.b64decode(one, validate=True) for one in texts)
        for part, texts in found.get("copies", {}).items()
    }
    return replace(
        payload, machine_read=frozenset(map(PartyRole, found.get("machine_read", ()))), copies=copies
    )
