# SPDX-License-Identifier: EUPL-1.2
"""Reads an opened capture: the fields of a form of the counter as they were filled in.

What is read here is what the counter's own forms would have made of the same fields; a test holds the two together. No value
leaves but inside what is submitted.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rollkeeper.captures.errors import CaptureNotRead
from rollkeeper.documents.rules import of_state
from rollkeeper.enrolment.submissions import Deed, Submission, giver_in, presence_in
from rollkeeper.kernel.ids import StaffId
from rollkeeper.kernel.settings import settings
from rollkeeper.lines.states import NOT_DECLARED, PauseReason, Service
from rollkeeper.subscribers.kinds import PARTS, Part, PartyKind

FORMAT = 1
OTHER_DEEDS = frozenset({"pause", "dispute", "end", "replace-sim", "further-document"})
CLOCKS = frozenset({"monotonic", "device"})


@dataclass(frozen=True, slots=True, repr=False)
class Captured:
    """What was taken down, and when by the page's own reckoning."""

    deed: str
    kind: PartyKind
    fields: Mapping[str, str]
    elapsed_ms: int
    clock: str
    was_read: frozenset[Part] = frozenset()
    """Parts whose document was read by machine: known of what the counter's own face sealed alone."""
    copies: Mapping[Part, tuple[bytes, ...]] = field(default_factory=dict)
    """Redacted copies of documents, likewise."""

    def submission(self, submission_key: str, *, seconded_by: StaffId | None = None) -> Submission:
        """Return a registration as it was taken down."""
        given = self.fields
        former = (
            of_state(given.get("former__document_type", ""), given.get("former__document_state")),
            given.get("former__document_number", "").strip(),
        )
        return Submission(
            submission_key=submission_key,
            number=given.get("number", "").strip(),
            kind=self.kind,
            parts={part: self._values(part) for part in PARTS[self.kind]},
            service=Service(given["service"]) if given.get("service") in set(Service) else None,
            language=given["language"] if given.get("language") in settings().languages else None,
            looked_twice=bool(given.get("looked_twice")),
            passes_limit=bool(given.get("passes_limit")),
            former_document=former if former[1] else None,
            former_was_wrong=bool(given.get("former__was_wrong")),
            route=given.get("route") or None,
            giver=giver_in(given),
            taker_presence=presence_in(given, "taker"),
            was_read=self.was_read,
            copies=self.copies,
            seconded_by=seconded_by,
        )

    def document(self) -> tuple[str, str] | None:
        """Return the document that the holder showed, where one was asked for."""
        number = self.fields.get("document_number", "").strip()
        kind = of_state(self.fields.get("document_type", ""), self.fields.get("document_state"))
        return (kind, number) if number else None

    def further(self) -> tuple[str, str]:
        """Return the further document that the holder showed."""
        given = self.fields
        kind = of_state(given.get("further__document_type", ""), given.get("further__document_state"))
        return kind, given.get("further__document_number", "").strip()

    def reason(self) -> PauseReason:
        """Return why a clock is to stand still. Refuses: CaptureNotRead."""
        if self.fields.get("reason") not in set(PauseReason) - NOT_DECLARED:
            raise CaptureNotRead(why="reason")
        return PauseReason(self.fields["reason"])

    def day(self, name: str) -> dt.date | None:
        """Return a day, None where none was given. Refuses: CaptureNotRead."""
        try:
            return dt.date.fromisoformat(self.fields[name]) if self.fields.get(name) else None
        except ValueError:
            raise CaptureNotRead(why=name) from None

    def _values(self, part: Part) -> dict[str, str]:
        head = f"{part.key}__"
        values = {
            name.removeprefix(head): value.strip()
            for name, value in self.fields.items()
            if name.startswith(head)
        }
        state = values.pop("document_state", "")
        values["document_type"] = of_state(values.get("document_type", ""), state)
        return {name: value for name, value in values.items() if value}


def read_capture(clear: bytes, *, by_counter: bool = False) -> Captured:
    """Read what a browser sealed, or the counter's own face (`by_counter`). Refuses: CaptureNotRead."""
    try:
        found: Any = json.loads(clear)
        if found["v"] != FORMAT:
            raise CaptureNotRead(why="another format")
        deed, fields = str(found["deed"]), found["fields"]
        if deed not in OTHER_DEEDS | set(Deed) or found["clock"] not in CLOCKS:
            raise CaptureNotRead(why="an unknown act")
        if not all(isinstance(value, str) for value in fields.values()):
            raise CaptureNotRead(why="a field that is no text")
        captured = Captured(deed, PartyKind(found["kind"]), fields, int(found["elapsed_ms"]), found["clock"])
        return _with_pictures(captured, found) if by_counter else captured
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CaptureNotRead(why="it is not of the form that the counter seals") from None


def _with_pictures(captured: Captured, found: Mapping[str, Any]) -> Captured:
    """Add what came of pictures: no browser's word is taken for it."""
    copies = {
        Part(part): tuple(base64.b64decode(one, validate=True) for one in texts)
        for part, texts in found.get("copies", {}).items()
    }
    return replace(captured, was_read=frozenset(map(Part, found.get("was_read", ()))), copies=copies)
