# SPDX-License-Identifier: EUPL-1.2
"""Which duties an incident brings and when each clock is over: the moment before, the moment, the moment after."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rollkeeper.incidents.choices import Severity
from rollkeeper.incidents.rules import duties, is_in_time, over_at
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.law.schema import Breach
from rollkeeper.law.schema_common import Citation, Duration

PACK = load_pack("cn-xz-2011")
ZONE = ZoneInfo(PACK.zone)
NOTICED = dt.datetime(
    2012, 4, 27, 22, 30, tzinfo=ZONE
)  # a Friday; the 28th is a make-up working day, then holidays
A_MOMENT = dt.timedelta(microseconds=1)


def over(length):
    return over_at(length, noticed_at=NOTICED, zone=ZONE, is_closed=lambda day: is_closed(PACK, day))


def leaf(**values):
    given = {"severity": "any", "to": "regulator", "within": "at_once", "because": Citation(article="12")}
    return Breach(**given | values)


def found(*breach, severity=Severity.SERIOUS):
    return duties(
        breach, severity=severity, noticed_at=NOTICED, zone=ZONE, is_closed=lambda day: is_closed(PACK, day)
    )


@pytest.mark.parametrize("hours", [24, 72])
def test_hours_run_through_nights_and_holidays(hours):
    assert over(Duration(n=hours, unit="hour")) == NOTICED + dt.timedelta(hours=hours)


def test_the_day_on_which_it_was_noticed_does_not_count():
    assert over(Duration(n=3, unit="day")) == dt.datetime(2012, 5, 1, tzinfo=ZONE)


def test_working_days_are_those_of_the_packs_calendar():
    assert over(Duration(n=1, unit="working_day")) == dt.datetime(2012, 4, 29, tzinfo=ZONE)
    assert over(Duration(n=2, unit="working_day")) == dt.datetime(2012, 5, 3, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("late_by", "in_time"), [(-A_MOMENT, True), (dt.timedelta(), True), (A_MOMENT, False)]
)
def test_a_clock_is_over_at_its_instant(late_by, in_time):
    due = over(Duration(n=24, unit="hour"))

    assert is_in_time(due, met_at=due + late_by) is in_time


@pytest.mark.parametrize(
    ("late_by", "in_time"), [(-A_MOMENT, True), (dt.timedelta(), True), (A_MOMENT, False)]
)
def test_at_once_is_as_long_as_the_pack_says(late_by, in_time):
    (duty,) = duties(
        [leaf()], severity=Severity.SERIOUS, noticed_at=NOTICED, zone=ZONE, is_closed=lambda _: False,
        at_once=PACK.file.at_once.counts,
    )  # fmt: skip

    assert duty.due_at == NOTICED
    assert is_in_time(duty.in_time_until, met_at=NOTICED + dt.timedelta(hours=1) + late_by) is in_time


def test_where_the_pack_does_not_say_at_once_is_no_time_at_all():
    (duty,) = found(leaf())

    assert duty.in_time_until == NOTICED


def test_the_reference_law_has_it_remedied_at_once_and_reported_at_once_if_serious():
    assert [(one.to, one.article, one.within) for one in found(*PACK.file.breach)] == [
        ("self", "12", "at_once"), ("regulator", "12", "at_once"),
    ]  # fmt: skip
    assert [one.to for one in found(*PACK.file.breach, severity=Severity.ORDINARY)] == ["self"]


def test_a_second_report_has_a_clock_of_its_own():
    within, second = Duration(n=24, unit="hour"), Duration(n=3, unit="day")

    clocks = found(leaf(within=within, second_report=second, exempt_if="encrypted"))

    assert [(one.within, one.is_second) for one in clocks] == [("24 hour", False), ("3 day", True)]
    assert all(one.exempt_if_encrypted for one in clocks)
