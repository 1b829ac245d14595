# SPDX-License-Identifier: EUPL-1.2
"""What a law says of one kind of party alone: which documents are accepted, which proofs, and through which day a registration is good."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from rollkeeper.law.calendars import Term


@dataclass(frozen=True, slots=True)
class AcceptedDocument:
    """One document by which a kind of party is registered; any one of those accepted will do."""

    type: str
    expired_ok: bool
    article: str
    shown_with: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What is shown with it, by language; empty where nothing is."""

    @property
    def is_looked_over(self) -> bool:
        """Tell whether staff look at more than the document itself."""
        return not self.expired_ok or bool(self.shown_with)

    def covers(self, document_type: str) -> bool:
        """Tell whether it is a document of this type, whatever state issued it."""
        return document_type == self.type or document_type.startswith(f"{self.type}-")


@dataclass(frozen=True, slots=True)
class RouteRule:
    """A way to register a subscriber without a document, and for how long it is accepted."""

    way: str
    term: Term | None
    """None: without a time limit."""
    article: str

    def last_day(self, on: dt.date) -> dt.date | None:
        """Return the last day on which it is accepted; the first day is not counted. None: without a time limit."""
        return self.term.last_day(on) if self.term else None


@dataclass(frozen=True, slots=True)
class LastDayRule:
    """Through which day a registration is good."""

    term: Term | None
    """None: through the day that a paper states."""
    article: str

    def last_day(self, on: dt.date) -> dt.date | None:
        """Return the last day where it follows from the day of the registration, which is not counted."""
        return self.term.last_day(on) if self.term else None


@dataclass(frozen=True, slots=True)
class IdentityChecks:
    """By which checks the identity of a kind of party is verified; any one of them will do."""

    methods: tuple[str, ...]
    article: str


@dataclass(frozen=True, slots=True)
class AuthorityProof:
    """What a person shows who acts for a company."""

    proof: Mapping[str, str] = field(hash=False)
    """What it is, by language."""
    article: str


@dataclass(frozen=True, slots=True)
class AgeRule:
    """From which age a person is registered as this kind, and from which age no longer."""

    least: int | None
    majority: int | None
    article: str
