# SPDX-License-Identifier: EUPL-1.2
"""Whether an agent may be approved, may register a person now, and what is unusual about it. Pure."""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rollkeeper.agents.choices import AgentState, Pattern
from rollkeeper.law.rules import Allowed, Decision, Refused

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "00:00", "24:00"
OPERATORS_RULE = "operator's rule"
SAME_IMAGE_SHARE = 0.65
"""The share of common marks from which two copies count as the same document image.

Measured on ten specimens (cards and passports), photographed, each copied again under another day's mark: at least 0.97 in common
with itself, 0.73 saved again at quality 60, 0.67 reduced to 85 %; of 45 pairs of different ones the most alike had 0.58."""

type Hours = Mapping[str, Sequence[Sequence[str]]]

_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00"
_PART = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?((?: +(?:{_TIME})-(?:{_TIME}))+)")


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about an agent and its outlet at one instant."""

    state: AgentState
    missing_requirements: Sequence[str]
    """Requirements that are not met on the day."""
    is_overdue: bool
    """A major finding was not remediated on its day."""
    is_outlet_closed: bool
    hours: Hours
    needs_device: bool
    has_device: bool
    taken: int
    limit: int
    article: str


@dataclass(frozen=True, slots=True)
class AnomalySignals:
    """What is counted about one registration, with the limits over which it is unusual."""

    in_ten_minutes: int
    most_in_ten_minutes: int
    lines_of_person: int
    most_lines_of_person: int
    outlets_today: int
    is_open: bool
    is_duplicate_image: bool
    is_suspended: bool = False


def parse_hours(text: str) -> dict[str, list[list[str]]]:
    """Read hours in the form ``mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00``. Raises ValueError if malformed."""
    if text.strip() == "always":
        return {day: [list(ALWAYS)] for day in DAYS}
    read: dict[str, list[list[str]]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(part)
        first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
        spans = [span.split("-") for span in found[3].split()]
        ends = [moment for span in spans for moment in span]
        if last < first or ends != sorted(set(ends)):
            raise ValueError(part)
        for day in DAYS[first : last + 1]:
            if day in read:
                raise ValueError(part)
            read[day] = spans
    if not read:
        raise ValueError(text)
    return read


def format_hours(hours: Hours) -> str:
    """Write hours as `parse_hours` reads them, a day at a time."""
    return "; ".join(
        f"{day} {' '.join('-'.join(span) for span in hours[day])}" for day in DAYS if hours.get(day)
    )


def is_open(hours: Hours, *, at: dt.datetime) -> bool:
    """Tell whether an outlet is open at an instant of its zone: from the opening on, until before the closing."""
    moment = f"{at:%H:%M}"
    return any(opens <= moment < closes for opens, closes in hours.get(DAYS[at.weekday()], ()))


def may_entrust(
    *, wanted: Collection[str], shown: Mapping[str, dt.date], article: str, on: dt.date
) -> Decision:
    """Decide whether an agent meets every requirement on a day; evidence counts through its last day."""
    missing = sorted(name for name in wanted if shown.get(name, dt.date.min) < on)
    if missing:
        return Refused(article, ", ".join(missing), "Show each of them.")
    return Allowed(article)


def may_register(now: Situation, *, at: dt.datetime) -> Decision:
    """Decide whether an agent may register a person at this instant of its zone; the reason names the refusal's code."""
    if (
        now.state is not AgentState.APPROVED
        or now.missing_requirements
        or now.is_overdue
        or now.is_outlet_closed
    ):
        return Refused(now.article, "agent_may_not_register", "Go to a counter of the operator.")
    if now.needs_device and not now.has_device:
        return Refused(OPERATORS_RULE, "device_not_registered", "Sign in at the counter's own device.")
    if not is_open(now.hours, at=at):
        return Refused(OPERATORS_RULE, "outlet_closed", "Come back within the hours.")
    if now.taken >= now.limit:
        return Refused(
            OPERATORS_RULE, "daily_limit_reached", "Come tomorrow, or go to a counter of the operator."
        )
    return Allowed(now.article)


def pattern_of(seen: AnomalySignals) -> Pattern | None:
    """Return what is most unusual about a registration that was just made, None if nothing is."""
    if seen.is_suspended:
        return Pattern.AFTER_SUSPENSION
    if seen.is_duplicate_image:
        return Pattern.DUPLICATE_IMAGE
    if seen.lines_of_person > seen.most_lines_of_person:
        return Pattern.ONE_PERSON
    if seen.outlets_today > 1:
        return Pattern.OUTLETS
    if not seen.is_open:
        return Pattern.HOURS
    if seen.in_ten_minutes > seen.most_in_ten_minutes:
        return Pattern.RATE
    return None


def is_many_abandoned(*, begun: int, taken: int, fewest: int) -> bool:
    """Tell whether there are so many document images and so few registrations that a supervisor should ask why."""
    return begun >= fewest and taken * 2 < begun
