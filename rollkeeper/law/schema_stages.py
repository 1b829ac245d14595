# SPDX-License-Identifier: EUPL-1.2
"""The chapters of a pack about time and consequences: how days count, and what a campaign does when they are over."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from rollkeeper.law.schema_common import CitedModel, Duration, Name, PackModel, Text
from rollkeeper.law.schema_people import Condition

type Access = Literal["allow", "deny", "allow_listed"]


class HolidayCalendar(PackModel):
    """A dated list of days off that can be named."""

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
    bound: Literal["inclusive", "exclusive"] = "inclusive"


class Phase(CitedModel):
    """A part of the cohort that begins on its own day."""

    cohort: Condition
    start: dt.date


class Cohort(CitedModel):
    """The target group of a campaign."""

    when: Condition


class Deadline(CitedModel):
    """When the time to register is over."""

    base: dt.date | Literal["notice", "flag", "activation"]
    not_before_notice: bool = False
    after: Duration
    floor: Duration | None = None
    """How long at least a subscriber who is told late has from the proof of notice; without it, as long as all others."""


class NoticeDuty(CitedModel):
    """What people must be notified of, when and how."""

    before_deadline: Duration | None = None
    after_deadline: Duration | None = None
    channels: tuple[Literal["sms", "voice", "email", "post", "popup", "ussd", "visit"], ...] = ()
    must_be_delivered: bool
    languages: tuple[str, ...] = ()
    told_before: dt.date | None = None
    """The operator's own duty: whom the campaign concerns is to be told before this day. It starts no one's clock."""
    min_attempts: Annotated[int, Field(ge=1)] | None = None
    attempts_apart: Duration | None = None


class Enter(PackModel):
    """When a stage begins: so long after another one or after the deadline, if what."""

    after: Name
    plus: Duration
    requires: tuple[
        Literal["notice_delivered", "no_open_dispute", "no_pause", "human_batch_approval"], ...
    ] = ()


class Services(PackModel):
    """What still works in a stage."""

    voice_out: Access = "deny"
    voice_in: Access = "deny"
    sms_out: Access = "deny"
    sms_in: Access = "deny"
    data: Access = "deny"
    roaming: Access = "deny"
    ussd_register: Access = "allow"


class DutyCycle(PackModel):
    """Service off for a while in every so long, by turns."""

    on: Duration
    per: Duration
    batch_key: Name


class Money(CitedModel):
    """What happens to fees and to the balance."""

    charges: Literal["accrue", "frozen"] | None = None
    late_fee: bool | None = None
    balance: Literal["keep", "refund"] | None = None


class Stage(CitedModel):
    """One consequence. Emergency calls are a floor that no pack can take away."""

    id: Name
    rank: Annotated[int, Field(ge=1)]
    enter: Enter
    services: Services = Services()
    always_allow: tuple[str, ...]
    duty_cycle: DutyCycle | None = None
    money: tuple[Money, ...] = ()
    number: Literal["held", "quarantine", "released"] = "held"
    reversible: bool
    reversible_for: Duration | None = None
    on_registered: Literal["active", "review"] | None = None

    @model_validator(mode="after")
    def _emergency_stays(self) -> "Stage":
        if "emergency" not in self.always_allow:
            raise ValueError("no stage can bar emergency calls: always_allow must name 'emergency'")
        return self


class Extension(CitedModel):
    """More time, for a reason."""

    reason: Literal[
        "abroad",
        "hospital",
        "disability",
        "detained",
        "disaster",
        "document_pending",
        "dispute",
        "appeal",
        "regulator",
    ]
    adds: Duration | None = None
    until: dt.date | None = None
    clock_stands_still: bool = False
    proof: Name | None = None
    max_times: Annotated[int, Field(ge=1)] | None = None
    recheck_after: bool = False


class TemporaryReconnection(CitedModel):
    """Service back for so long, once per line, on request and without a reason; it ends by itself."""

    lasts: Duration


class Campaign(PackModel):
    """One law run on one population."""

    id: Name
    title: Text = Field(default_factory=dict)
    cohort: Cohort
    phases: tuple[Phase, ...] = ()
    deadline: Deadline
    notices: tuple[NoticeDuty, ...] = ()
    stages: tuple[Stage, ...]
    extensions: tuple[Extension, ...] = ()
    temporary_reconnection: TemporaryReconnection | None = None
