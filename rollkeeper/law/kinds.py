# SPDX-License-Identifier: EUPL-1.2
"""What a law says of one kind of party alone: what is asked, which documents are accepted, which proofs, and through which day a
registration is good.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.attributes import KNOWN_TO_OPERATOR_ALONE
from rollkeeper.law.calendars import Term, add_months, end_of_month


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that the law has the operator ask, and why."""

    name: str
    required: bool
    article: str
    why: str
    confirmed: bool = True
    payment: str | None = None
    """Asked only of lines paid in this way or in an unknown way; None: of all."""
    services: tuple[str, ...] = ()
    """Asked only of lines of these services, while the service is still open; empty: of all."""
    party_kinds: tuple[str, ...] = ()
    """Asked only of lines of these kinds of subscriber, while the kind is still open; empty: of all."""
    is_of_line: bool = False
    is_recorded: bool = False
    """Recorded before: left empty if it has not changed."""
    whys: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False, compare=False)

    @property
    def as_recorded(self) -> Self:
        """Return it as it is asked again after it was recorded: no longer required, since no one has to give it a second time."""
        return replace(self, required=False, is_recorded=True)

    def is_asked(self, *, payment: str, is_remote: bool) -> bool:
        """Tell whether it is asked, given how the line is paid and whether the subscriber registers it remotely."""
        return is_for(self.payment, payment) and not (is_remote and self.name in KNOWN_TO_OPERATOR_ALONE)

    def why_in(self, language: str) -> tuple[str, str]:
        """Return the reason in a language, else in the fallback languages; and the language found."""
        return text_in(language, {**self.whys, "en": self.why})


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
    """From the registration, or from the age of majority where there is one."""
    article: str
    majority: int | None = None

    @property
    def is_read(self) -> bool:
        """Tell whether it is the day that a paper states."""
        return self.term is None and self.majority is None

    def last_day(self, on: dt.date, *, born: dt.date | None = None) -> dt.date | None:
        """Return the last day if it follows from the day of registration or of birth, which itself is not counted; else None.

        For a person who comes of age it is the last day of a month, so that it tells no birthday. A person born on 29 February comes of age
        on 1 March: that gives more time.
        """
        if self.majority is None:
            return self.term.last_day(on) if self.term else None
        if born is None:
            return None
        of_age = add_months(born, 12 * self.majority, overflows_to_next_month=True)
        return end_of_month(self.term.last_day(of_age) if self.term else of_age)


@dataclass(frozen=True, slots=True)
class IdentityChecks:
    """By which checks the identity of a kind of party is verified; any one of them will do."""

    methods: tuple[str, ...]
    article: str


@dataclass(frozen=True, slots=True)
class AuthorityProof:
    """What the bearer of a company must show."""

    proof: Mapping[str, str] = field(hash=False)
    """What it is, by language."""
    article: str


@dataclass(frozen=True, slots=True)
class AgeRule:
    """From which age a person is registered as this kind, and from which age no longer."""

    least: int | None
    majority: int | None
    article: str


def is_for(said: str | None, payment: str) -> bool:
    """Tell whether a rule for lines paid in one way (None: in any way) applies to a line that is paid in this way or in an unknown way."""
    return said is None or payment in {said, Payment.UNKNOWN}
