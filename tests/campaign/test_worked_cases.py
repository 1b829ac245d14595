# SPDX-License-Identifier: EUPL-1.2
"""The worked cases of the simulation's specification, each lived through night by night in the real tables."""

import datetime as dt
from itertools import pairwise

from rollkeeper.access.authority import Authority
from tests.builders.lines import make_line
from tests.campaign.population import bounce, day, end, fate, member, nights, pause, plan, register, tell

CASES = {
    "silent": ({"notified": "2011-12-20"}, ("2012-03-02", None, "2012-04-05", "campaign")),
    "registered on the last day": (
        {"notified": "2011-12-20", "registered": "2012-03-01"},
        (None, None, None, None),
    ),
    "registered on the very day": (
        {"notified": "2011-12-20", "registered": "2012-03-02"},
        (None, None, None, None),
    ),
    "registered while suspended": (
        {"notified": "2011-12-20", "registered": "2012-04-05"},
        ("2012-03-02", "2012-04-05", None, None),
    ),
    "notified late": ({"notified": "2012-01-15"}, ("2012-03-16", None, "2012-04-17", "campaign")),
    "bounced only": ({"bounced": "2011-12-20"}, (None, None, None, None)),
    "paused": (
        {"notified": "2011-12-20", "pause": ("2012-02-20", "2012-03-10")},
        ("2012-03-22", None, "2012-04-24", "campaign"),
    ),
    "ended by the subscriber": (
        {"notified": "2011-12-20", "ended": "2012-02-29"},
        (None, None, "2012-02-29", "subscriber"),
    ),
}


def test_the_worked_cases_come_out_as_written(people: tuple[Authority, Authority]) -> None:
    """All of them live side by side: their nights are the same, and no line looks at another."""
    line_ids = {name: make_line() for name in CASES}
    plan(day("2011-12-19"))

    said = (when for history, _ in CASES.values() for when in history.values())
    eventful = {day(when if isinstance(when, str) else when[0]) for when in said}
    for on, after in pairwise([*sorted(eventful), day("2012-05-01")]):
        for name, (history, _) in CASES.items():
            _events_of(on, line_ids[name], history)
        nights(on, after - dt.timedelta(days=1), people)

    found = {
        name: tuple(str(value) if value else None for value in fate(line_id)[:4])
        for name, line_id in line_ids.items()
    }
    assert found == {name: expected for name, (_, expected) in CASES.items()}


def test_a_line_activated_on_the_campaigns_first_day_is_outside(people: tuple[Authority, Authority]) -> None:
    inside, _ = make_line(activated_on="2011-12-31"), make_line(activated_on="2012-01-01")

    planned = plan(day("2011-12-19"))

    assert planned.members_added == 1
    assert member(inside)


def _events_of(on: dt.date, line_id: object, history: dict[str, object]) -> None:
    match on.isoformat():
        case text if text == history.get("notified"):
            tell(line_id, on)
        case text if text == history.get("bounced"):
            bounce(line_id)
        case text if text == history.get("registered"):
            register(line_id, on)
        case text if text == history.get("ended"):
            end(line_id, on)
        case text if "pause" in history and text == history["pause"][0]:
            pause(line_id, on, day(history["pause"][1]), on)
