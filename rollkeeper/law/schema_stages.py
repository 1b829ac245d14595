# SPDX-License-Identifier: EUPL-1.2
"""The chapters of a pack about time and consequences: how days are counted, and what a campaign does when the time is over."""

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator

from rollkeeper.kernel.choices import BAR_LEVELS, Bars
from rollkeeper.kernel.phrasing import looks_like_link
from rollkeeper.law.schema_common import CitedModel, Duration, Name, PackModel, Text, Unit
from rollkeeper.law.schema_people import Condition

LONGEST_NAME: Final = 60

type Access = Literal["allow", "deny"]


class HolidayCalendar(PackModel):
    """A list of holidays that can be named, with further days on which counters are closed."""

    library: Literal["holidays"]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: str | None = None
    closed_besides: tuple[dt.date, ...] = ()


class Hours(PackModel):
    """A stretch of the day, local time, HH:MM."""

    begins: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    ends: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Calendar(CitedModel):
    """How days are counted. If the text leaves something open, the value is 'unknown' and the later date applies."""

    time_zone: str
    count_first_day: bool | Literal["unknown"]
    day_kind: Literal["calendar", "working"]
    roll_last_day: Literal["none", "next_working"]
    holidays: HolidayCalendar
    month_overflow: Literal["last_day_of_month", "first_of_next"]
    quiet_hours: tuple[Hours, ...] = ()
    no_action_on: tuple[Literal["weekend", "holiday"], ...] = ()


class Cohort(CitedModel):
    """The target group of a campaign."""

    when: Condition


class Deadline(CitedModel):
    """When the time to register is over."""

    base: dt.date
    not_before_notice: bool = False
    after: Duration
    floor: Duration | None = None
    """The least time that a subscriber who is told late has from the proof of notice; left out: as much as all others."""


class Phase(CitedModel):
    """A part of a campaign's cohort with other days. It runs as a separate campaign, with the notices, stages and extensions of the whole."""

    id: Annotated[Name, Field(description="The name of this campaign; no other of the pack has it.")]
    title: Text = Field(default_factory=dict)
    cohort: Annotated[
        Condition,
        Field(
            description="What narrows or changes the campaign's cohort. What is left out stays as the campaign has it."
        ),
    ]
    deadline: Deadline | None = None
    """Its own deadline; left out: the deadline of the campaign."""


class NoticeDuty(CitedModel):
    """What people must be notified of, when and how."""

    before_deadline: Duration | None = None
    channels: tuple[Literal["sms", "voice", "email", "post", "popup", "ussd", "visit"], ...] = ()
    must_be_delivered: bool
    told_before: dt.date | None = None
    """The operator's own duty: to tell the people whom the campaign concerns before this day. It starts no one's clock."""
    min_attempts: Annotated[int, Field(ge=1)] | None = None
    attempts_apart: Duration | None = None


class StageDelay(Duration):
    """How long after another stage a stage begins."""

    full: Annotated[
        bool,
        Field(
            description="True if the law says 'a full 30 days': the day on which the stage before began is not counted."
        ),
    ] = False


class Enter(PackModel):
    """When a stage begins: how long after another stage or the deadline, and on which conditions."""

    after: Annotated[Name, Field(description="'deadline', or the id of an earlier stage.")]
    plus: Annotated[
        StageDelay,
        Field(
            description="How long after it, in days or months. Between two stages it is counted from the day on which the earlier one really began. A delay in months is counted from the stage directly before."
        ),
    ]
    requires: tuple[
        Literal["notice_delivered", "no_open_dispute", "no_pause", "human_batch_approval"], ...
    ] = ()


class Services(PackModel):
    """What still works in a stage. Left out, nothing works but the floor. Calls and messages of one direction go together."""

    voice_out: Annotated[Access, Field(description="Calls from the line.")] = "deny"
    voice_in: Annotated[Access, Field(description="Calls to the line.")] = "deny"
    sms_out: Annotated[Access, Field(description="Messages from the line.")] = "deny"
    sms_in: Annotated[Access, Field(description="Messages to the line.")] = "deny"
    data: Annotated[Access, Field(description="Data, also of an internet access or a data card.")] = "deny"

    @property
    def bars(self) -> Bars:
        """Return what is barred."""
        named = {Bars.OUTGOING: self.voice_out, Bars.INCOMING: self.voice_in, Bars.DATA: self.data}
        return Bars(sum(bar for bar, access in named.items() if access != "allow"))

    @property
    def is_level(self) -> bool:
        """Tell whether a network can bar exactly this."""
        together = (self.voice_out, self.voice_in) == (self.sms_out, self.sms_in)
        return together and self.bars in BAR_LEVELS


class Money(CitedModel):
    """What happens to fees and to the balance."""

    charges: Literal["accrue", "frozen"] | None = None
    late_fee: bool | None = None
    balance: Literal["keep", "refund"] | None = None


class Stage(CitedModel):
    """One consequence. Emergency calls are a floor that no pack can take away."""

    id: Annotated[
        Name,
        Field(description="Its name in tests and figures. 'terminated' is the end of the contract."),
    ]
    title: Annotated[
        Text,
        Field(
            description="The law's own name of the stage, if it has one, in the pack's languages. Texts about a bar give it."
        ),
    ] = Field(default_factory=dict)
    rank: Annotated[int, Field(ge=1)]
    enter: Enter
    services: Services = Services()
    last: Annotated[
        bool,
        Field(
            description="True at a last stage that does not end the contract: nothing follows, and the line stays as it is."
        ),
    ] = False
    always_allow: tuple[str, ...]
    money: tuple[Money, ...] = ()
    number: Literal["held", "quarantine"] = "held"
    reversible: bool
    on_registered: Literal["active", "review"] | None = None

    @field_validator("title")
    @classmethod
    def _name_for_notices(cls, title: dict[str, str]) -> dict[str, str]:
        if any(looks_like_link(name) or len(name) > LONGEST_NAME for name in title.values()):
            raise ValueError(
                f"a stage's name goes into notices: nothing like a link, and at most {LONGEST_NAME} characters"
            )
        return title

    @model_validator(mode="after")
    def _emergency_stays(self) -> "Stage":
        if "emergency" not in self.always_allow:
            raise ValueError("no stage can bar emergency calls: always_allow must name 'emergency'")
        return self


class Extension(CitedModel):
    """More time, for a reason: its days do not count."""

    reason: Literal[
        "abroad",
        "hospital",
        "disability",
        "detained",
        "disaster",
        "document_pending",
        "dispute",
        "appeal",
    ]
    clock_stands_still: Literal[True]


class TemporaryReconnection(CitedModel):
    """Service back for some time, once for each line, on request and without a reason; it ends by itself."""

    lasts: Duration


class Campaign(PackModel):
    """One run of the law on one population. A pack may have several campaigns; of two that concern a line, the one with the later last day
    takes it.
    """

    id: Name
    title: Text = Field(default_factory=dict)
    cohort: Cohort
    phases: tuple[Phase, ...] = ()
    deadline: Deadline
    notices: tuple[NoticeDuty, ...] = ()
    stages: Annotated[
        tuple[Stage, ...],
        Field(
            description="What happens after the deadline, in this order. No stage gives back what the one before took. The end of the contract,"
            " if the law has one, is the last."
        ),
    ]
    extensions: tuple[Extension, ...] = ()
    temporary_reconnection: TemporaryReconnection | None = None

    @property
    def parts(self) -> tuple["Campaign", ...]:
        """Return the campaigns that are run: itself, or one for each of its phases."""
        if not self.phases:
            return (self,)
        return tuple(
            self.model_copy(
                update={
                    "id": phase.id,
                    "title": phase.title,
                    "cohort": Cohort(
                        when=self.cohort.when.model_copy(
                            update={
                                name: getattr(phase.cohort, name) for name in phase.cohort.model_fields_set
                            }
                        ),
                        because=phase.because,
                    ),
                    "deadline": phase.deadline or self.deadline,
                    "phases": (),
                }
            )
            for phase in self.phases
        )

    @property
    def times_between(self) -> list[tuple[int, Unit]] | None:
        """Return for each stage the time from the stage before it, as a number and a unit; None if a time cannot be given so.

        A stage is counted from an earlier one. A stage in days may be counted from any earlier stage: the time from the stage directly
        before it is what is left of these days. Months have no fixed number of days, so nothing can be left of them: a stage in months is
        counted from the stage directly before it, or from one that begins at the same time as that stage (the first bar begins with the
        deadline).

        Months are counted by the calendar from the day on which the stage before really began; that day is not counted. Three months after
        31 January end on 30 April or, if the pack's calendar says so, on 1 May. This gives a number of days, which count as other days do:
        each paused day among them moves the end by one day, and a last day that is closed moves on. So stages never follow each other
        faster than the law says, however late the first one was.
        """
        begins = {"deadline": ("deadline", 0)}
        """For each stage: the point from which it is counted, and how many days after this point it begins. A stage in months is itself a point."""
        before, found = "deadline", list[tuple[int, Unit]]()
        for stage in self.stages:
            after, plus = stage.enter.after, stage.enter.plus
            if after not in begins:
                return None
            point, days = begins[after]
            if plus.unit == "day":
                begins[stage.id] = point, days + plus.n
                is_said = point == begins[before][0]
                found.append((days + plus.n - begins[before][1], "day"))
            else:
                begins[stage.id] = stage.id, 0
                is_said = begins[after] == begins[before]
                found.append((plus.n, plus.unit))
            if not is_said:
                return None
            before = stage.id
        return found
