# SPDX-License-Identifier: EUPL-1.2
"""Everything that a rule pack can hold: a statute, or several layers of them, as dated data and no code.

`declined` names what a law asks and Rollkeeper does not do; values that no engine supports are refused by name (`supported_fields.py`).
Values that can hurt a person carry the article they rest on.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rollkeeper.law.schema_common import (
    ArticleName,
    CitedModel,
    CounterAct,
    Duration,
    IncidentDuty,
    Name,
    PackId,
    PackModel,
    Payment,
    Service,
    Text,
)
from rollkeeper.law.schema_people import Limit, LineAttributeRule, PartyKind, Scope
from rollkeeper.law.schema_stages import Calendar, Campaign


class Prepares(CitedModel):
    """The day from which the law's own words tell the operator to prepare, before it begins: to tell people, and to record those who come."""

    first: dt.date


class Valid(PackModel):
    """From when to when the law holds (both inclusive; no `ends`: still in force)."""

    begins: dt.date
    ends: dt.date | None = None
    prepares: Prepares | None = None


class Source(PackModel):
    """A text that the pack was written from, its rank, and who read it when."""

    id: Name
    instrument: str
    rank: Literal["constitution", "statute", "regulation", "order", "guidance", "court", "press", "operator"]
    url: str | None = None
    text_hash: str | None = None
    read_by: str | None = None
    read_on: dt.date | None = None


type Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Confirmation(PackModel):
    """A named person read these articles of a source, and found that the values that rest on them are right.

    `rollkeeper law confirm` writes it.
    """

    reader: Annotated[str, Field(min_length=2, max_length=120)]
    read_on: dt.date
    read_in: Annotated[str, Field(min_length=3)]
    """What was in front of the reader: an address, or the copy in words."""
    source: Name
    articles: Annotated[tuple[ArticleName, ...], Field(min_length=1)]
    text_hash: Sha256
    values_hash: Sha256


class Article(PackModel):
    """An article's own words, next to what the product does about it."""

    article: ArticleName
    source: Name
    text: Annotated[Text, Field(min_length=1)]
    serves: str


class Retention(CitedModel):
    """How long something is kept, after which event, and what happens then."""

    data_class: Literal["identity", "copy"]
    services: Annotated[
        tuple[Service, ...],
        Field(
            description="The row is for the identity in records of lines of these services. The chapter also has a row without services, which is"
            " for all others."
        ),
    ] = ()
    anchor: Literal["registration", "termination"]
    keep: Duration
    kind: Literal["min", "max", "exact"]
    then: Literal["erase"]
    hold: Literal["legal_hold"] | None = None


class DocumentCopy(CitedModel):
    """Whether a copy of the document shown is kept, and how much of its number may be seen on it.

    A copy shows only the attributes that are asked of the party.
    """

    keep: Literal["required", "allowed"]
    services: Annotated[
        tuple[Service, ...],
        Field(description="A copy is kept only with lines of these services. Left out: with all."),
    ] = ()
    number: Literal["whole", "ends"] = "whole"


class DualControl(CitedModel):
    """Acts at a counter that a second member of staff confirms before they are done."""

    acts: Annotated[tuple[CounterAct, ...], Field(min_length=1)]


class Agents(CitedModel):
    """What agents of the operator must and must not do."""

    registered: bool | None = None
    subagents: bool | None = None
    daily_limit: Annotated[int, Field(ge=1)] | None = None


class Rights(CitedModel):
    """The rights of people under the law."""

    see_lines_in_my_name: bool | None = None
    deny_line: bool | None = None
    correct: Duration | None = None
    complain_to: Annotated[
        Text,
        Field(
            description="The authority that decides a complaint about the operator, with its address, as people read it."
        ),
    ] = Field(default_factory=dict)
    reply: Duration | None = None
    export: bool | None = None
    appeal_suspends: bool | None = None


class Breach(CitedModel):
    """Who must be notified of an incident, and by when."""

    severity: Literal["any", "serious"]
    to: IncidentDuty
    within: Duration | Literal["at_once"]
    second_report: Duration | None = None
    exempt_if: Literal["encrypted"] | None = None


class Deferral(CitedModel):
    """A permission to notify the person later: how long each deferral may last, and how often it may be renewed."""

    most: Duration
    renewals: Annotated[int, Field(ge=0, le=100)] = 0


class AtOnce(CitedModel):
    """How long after the operator learned of an event an act still counts as done at once; without this chapter, no time at all."""

    counts: Duration


class Disclosure(CitedModel):
    """A disclosure request about one person that the law allows, and its conditions."""

    to: Name
    legal_basis: str
    needs: Literal["warrant", "written_order", "subpoena", "legitimate_request"]
    attributes: Annotated[tuple[Name, ...], Field(min_length=1)]
    people_per_instrument: Annotated[int, Field(ge=1)] = 1
    two_people: bool = True
    reply: Duration | None = None
    notify_person: Literal["at_once", "when_allowed", "never"] = "when_allowed"
    deferral: Deferral | None = None
    keep: Duration

    @model_validator(mode="after")
    def _check_deferral(self) -> "Disclosure":
        if self.deferral is not None and self.notify_person != "when_allowed":
            raise ValueError("deferral goes with notify_person: when_allowed alone")
        return self


class NumberReuse(CitedModel):
    """How long a number stays in quarantine before another subscriber gets it."""

    quarantine: Duration
    services: tuple[Service, ...] = ()
    """The services whose numbers rest when a subscriber gives one back; left out: all. A number of a line that a campaign ended always
    rests, since the end can be undone.
    """


class Penalty(CitedModel):
    """The penalty for a breach of the law. Shown, never computed."""

    on: Literal["user", "agent", "operator", "official"]
    act: str
    amount: str
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    unit: Literal["once", "per_day", "per_line"] = "once"


class DutyOfPeople(CitedModel):
    """Duties of the operator's staff that software cannot do: the product shows them with their article."""

    what: Text


class CountedLines(PackModel):
    """How many lines a subscriber has, from a day on."""

    since: dt.date
    n: Annotated[int, Field(ge=1)]


class Given(PackModel):
    """A history as a case tells it; both ends of a stretch are inclusive."""

    activated: dt.date | None = None
    notices_delivered: tuple[dt.date, ...] = ()
    notices_bounced: tuple[dt.date, ...] = ()
    registered: dt.date | None = None
    assurance: Annotated[
        Literal["declared", "sighted", "checked", "machine_read"] | None,
        Field(description="The assurance of the registration."),
    ] = None
    last_day: Annotated[
        dt.date | None, Field(description="The last day on which the registration is good.")
    ] = None
    lines: Annotated[
        tuple[CountedLines, ...],
        Field(description="How many lines the subscriber has that count. Left out: not known."),
    ] = ()
    verified: Annotated[
        dt.date | None, Field(description="When a registered subscriber verified the registration again.")
    ] = None
    ended: dt.date | None = None
    party_kind: Annotated[
        Literal["individual", "minor", "company"] | None,
        Field(description="The kind of the registered subscriber. Left out: not known."),
    ] = None
    service: Annotated[
        Service | None, Field(description="The service of the line. Left out: one to which the law applies.")
    ] = None
    region: Annotated[
        str | None,
        Field(description="The region of the line, as the operator's file names it. Left out: not known."),
    ] = None
    payment: Annotated[Payment | None, Field(description="How the line is paid. Left out: not known.")] = None
    pauses: tuple[tuple[dt.date, dt.date], ...] = ()
    holds: tuple[tuple[dt.date, dt.date], ...] = ()
    stays: tuple[tuple[dt.date, dt.date], ...] = ()
    outages: tuple[tuple[dt.date, dt.date], ...] = ()


class Case(PackModel):
    """One of the pack's own tests: the status of a line with this history on that day."""

    name: str
    given: Given
    on: dt.date
    expect: Annotated[
        Name,
        Field(
            description="out_of_scope, not_notified, running, the id of a stage, registered, terminated or erased."
        ),
    ]


class OpenQuestion(PackModel):
    """An open question in the text, the choice made, and the reason."""

    leaf: str
    choices: Annotated[tuple[str, ...], Field(min_length=2)]
    chosen: str
    why: str


class Declined(PackModel):
    """What the law asks and Rollkeeper does not do, by name: shown to staff, to the public and to the authority."""

    article: ArticleName
    source: Name
    leaf: str
    """What is not done: a few words, or the name of the field where it would be. No other chapter has it."""
    what: Annotated[Text, Field(min_length=1)]
    why: Annotated[Text, Field(min_length=1)]
    instead: Text = Field(default_factory=dict)
    """What the operator does, or the person gets, instead."""
    answers: Annotated[str, Field(min_length=3)]
    """Who answers for it."""

    @model_validator(mode="after")
    def _in_english(self) -> "Declined":
        if "en" not in self.what or "en" not in self.why:
            raise ValueError("say in English too what is declined and why")
        return self


class PackFile(PackModel):
    """A whole pack."""

    id: PackId
    version: Annotated[int, Field(ge=1)]
    jurisdiction: str
    title: Annotated[Text, Field(min_length=1)]
    valid: Valid
    recorded_at: dt.datetime | None = None
    layers: tuple[PackId, ...] = ()
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    status: Literal["draft", "confirmed", "struck_down", "suspended_by_court"]
    articles: tuple[Article, ...] = ()
    duty: bool
    calendar: Calendar
    scope: Scope = Scope()
    party_kinds: tuple[PartyKind, ...] = ()
    line_attributes: tuple[LineAttributeRule, ...] = ()
    limits: tuple[Limit, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    retention: Annotated[tuple[Retention, ...], Field(min_length=1)]
    document_copies: Annotated[tuple[DocumentCopy, ...], Field(max_length=1)] = ()
    dual_control: tuple[DualControl, ...] = ()
    agents: Agents | None = None
    rights: Rights | None = None
    breach: tuple[Breach, ...] = ()
    at_once: AtOnce | None = None
    disclosure: tuple[Disclosure, ...] = ()
    number_reuse: NumberReuse
    penalties: tuple[Penalty, ...] = ()
    duties_of_people: tuple[DutyOfPeople, ...] = ()
    declined: tuple[Declined, ...] = ()
    tests: tuple[Case, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()

    @model_validator(mode="after")
    def _no_duty_no_questions(self) -> "PackFile":
        asks = self.party_kinds or self.line_attributes or self.campaigns or self.limits or self.dual_control
        if not self.duty and asks:
            raise ValueError(
                "a pack without a duty asks nothing of anybody: no party_kinds, line_attributes, campaigns, limits or dual_control"
            )
        return self
