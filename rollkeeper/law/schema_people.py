# SPDX-License-Identifier: EUPL-1.2
"""The chapters of a pack about people: who is concerned, what they are asked, how many lines they may have."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rollkeeper.law.schema_common import (
    CitedModel,
    Duration,
    IdentityCheck,
    Name,
    NoDocumentWay,
    PackModel,
    Payment,
    RegisteringAct,
    Requirement,
    Service,
    Text,
)


class Condition(PackModel):
    """Which lines or people are meant, as data: every entry given must hold."""

    activated_before: dt.date | None = None
    activated_from: dt.date | None = None
    registered: Annotated[
        bool | None,
        Field(
            description="False: lines without a registered subscriber, who register. True: lines with one, who verify the"
            " registration again. registered_before, assurance, last_day_over and lines_over say which lines: those that meet all that are given."
        ),
    ] = None
    registered_before: Annotated[
        dt.date | None,
        Field(
            description="Registrations that were recorded here before this day. An imported one was recorded on the day of its import."
        ),
    ] = None
    assurance: Annotated[
        tuple[Literal["declared", "sighted", "checked", "machine_read"], ...],
        Field(description="Registrations with one of these assurances. Left out: with any."),
    ] = ()
    last_day_over: Annotated[
        Literal[True] | None, Field(description="Registrations whose last day (last_day of a kind) is over.")
    ] = None
    lines_over: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Field(
            description="Registrations of subscribers who have more living lines than this, of the services, regions, payment, party_kinds"
            " and activated_from given here. The lines that they verify first stay, up to this number; only the others lose anything."
        ),
    ] = None
    party_kinds: Annotated[
        tuple[Name, ...],
        Field(
            description="Registrations of these kinds of subscriber: individual, minor or company. A line does not store a kind that a pack"
            " adds, so such a kind cannot be given."
        ),
    ] = ()
    services: tuple[Service, ...] = ()
    regions: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(
            description="Lines of one of these regions, as the operator's file of lines names them. A line without a region is not meant."
        ),
    ] = ()
    payment: Annotated[
        Payment | None,
        Field(description="Lines that are paid in this way. A line whose payment is not known is not meant."),
    ] = None


class ServiceScope(CitedModel):
    """Services that have to be registered."""

    services: Annotated[tuple[Service, ...], Field(min_length=1)]
    payment: Annotated[
        Payment | None,
        Field(
            description="Only lines that are paid in this way, and lines whose payment is not known. Left out: all lines."
        ),
    ] = None


class ActScope(CitedModel):
    """Acts at which identity has to be recorded."""

    acts: Annotated[tuple[RegisteringAct, ...], Field(min_length=1)]


class Scope(PackModel):
    """What the law applies to."""

    services: tuple[ServiceScope, ...] = ()
    registering_acts: tuple[ActScope, ...] = ()


class AttributeRule(CitedModel):
    """One thing that is asked about a party, and why."""

    name: Name
    required: Requirement
    purpose: Text


class LineAttributeRule(AttributeRule):
    """One thing that is asked about a line when its subscriber is registered, and why. Asked only once it is confirmed."""

    services: tuple[Service, ...] = ()
    """Asked only of lines of these services; left out: of every line that is registered."""
    party_kinds: tuple[Name, ...] = ()
    """Asked only of lines of these kinds of subscriber: individual, minor or company, with the kinds that a pack bases on them; left out: of all."""
    payment: Annotated[
        Payment | None,
        Field(
            description="Only for lines that are paid in this way, and lines whose payment is not known. Left out: for all."
        ),
    ] = None


class DocumentRule(CitedModel):
    """A document that proves identity; of several rules any one will do."""

    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60)]
    """As the country file names it."""
    expired_ok: bool | None = None
    shown_with: Text = Field(default_factory=dict)
    """Everything that has to be shown with it: it is looked at, and not recorded."""


class LastDay(CitedModel):
    """The last day on which a registration of this kind is good: read from a document, or counted from the registration or from majority."""

    read_from: Literal["document"] | None = None
    at_majority: Annotated[
        Literal[True] | None,
        Field(
            description="The subscriber reaches age.majority, counted from birth_date; the time 'after', if given, is added. The last day is the"
            " end of that month, so that no birthday is stored."
        ),
    ] = None
    after: Annotated[
        Duration | None,
        Field(
            description="How long the registration is good: from its day, or from majority if at_majority is true."
        ),
    ] = None

    @model_validator(mode="after")
    def _check_one(self) -> "LastDay":
        if (self.read_from is None) == (self.after is None and self.at_majority is None):
            raise ValueError("a last day is read_from a document, comes after a time, or is at_majority")
        return self


class NoDocumentRoute(CitedModel):
    """How a person without a document is registered, and for how long that is accepted: without a time, permanently."""

    by: Annotated[tuple[NoDocumentWay, ...], Field(min_length=1)]
    valid_for: Duration | None = None


class Verification(CitedModel):
    """A check by which an identity is verified; of several any one will do. Only the name of the check is kept, nothing that it saw."""

    method: IdentityCheck
    services: Annotated[
        tuple[Service, ...], Field(description="Only for lines of these services. Left out: for all.")
    ] = ()
    payment: Annotated[
        Payment | None,
        Field(
            description="Only for lines that are paid in this way, and lines whose payment is not known. Left out: for all."
        ),
    ] = None
    keep: Literal["result_only"] | None = None


class Representative(CitedModel):
    """A person who acts for a party."""

    required: bool
    proof: Annotated[
        Text,
        Field(
            description="What shows that the person acts for the company. The clerk looks at it; it is not recorded."
        ),
    ] = Field(default_factory=dict)


class Age(CitedModel):
    """Limits of age."""

    min: Annotated[int, Field(ge=0, le=130)] | None = None
    majority: Annotated[int, Field(ge=0, le=130)] | None = None


class UserOfLine(CitedModel):
    """Whether a company names the person who uses the line."""

    required: bool


class PartyKind(PackModel):
    """A kind of party, or a role that a person has for one.

    A kind that the pack adds names the kind on which it is based, and takes from it every chapter that it does not have itself.
    """

    id: Name
    kind_of: Name | None = None
    label: Text = Field(default_factory=dict)
    attributes: tuple[AttributeRule, ...] = ()
    documents: tuple[DocumentRule, ...] = ()
    no_document_route: tuple[NoDocumentRoute, ...] = ()
    verification: tuple[Verification, ...] = ()
    name_model: Literal["full_as_on_document"] = "full_as_on_document"
    representative: Representative | None = None
    age: Age | None = None
    user_of_line: UserOfLine | None = None
    last_day: LastDay | None = None


class Limit(CitedModel):
    """How many lines a subscriber may have (stock) or register in a period (flow)."""

    what: Literal["lines"]
    group: Name
    """person or company; or a kind that the pack adds: then the limits of the kind on which it is based do not apply to it."""
    service: Service | None = None
    payment: Annotated[
        Payment | None,
        Field(
            description="The limit applies to lines that are paid in this way, and only they count. A line whose payment is not known does not count."
        ),
    ] = None
    channel: Annotated[
        Literal["remote"] | None,
        Field(
            description="The limit stops only a person who registers a line remotely, by themselves; a counter may register it. All lines count, however registered."
        ),
    ] = None
    activated_from: Annotated[
        dt.date | None,
        Field(
            description="The limit does not apply to lines activated before this day, and they do not count: the law leaves them to their subscribers. A line that is taken over from someone else is new."
        ),
    ] = None
    regions: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(
            description="The limit applies to lines of these regions together, and only they count. A line without a region does not count."
        ),
    ] = ()
    scope: Annotated[
        Literal["operator", "national"],
        Field(
            description="National: lines with other operators count too, as the subscriber states them. The statement is not recorded."
        ),
    ]
    kind: Literal["stock", "flow"]
    n: Annotated[int, Field(ge=1)]
    window: Duration | None = None
    over: Literal["refuse", "review", "choose_keep"]
    exempt: tuple[Name, ...] = ()
    existing_lines: Annotated[
        Literal["keep", "must_reduce"] | None,
        Field(
            description="Left out or keep: the limit stops the next line and takes none away. must_reduce: a subscriber who has more lines chooses"
            " which to keep, by verifying them; a campaign whose lines_over is this n asks them."
        ),
    ] = None
