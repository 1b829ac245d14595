"""The one clock, and who may set it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import DATE_REFUSED
from rollkeeper.kernel.settings import forget_settings
from tests.refusals import refusing

LEAP_DAY = dt.date(2012, 2, 29)


@pytest.fixture
def production(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text(
        '[instance]\nkind = "production"\ndemo_date = 2012-02-29\n', "utf-8"
    )
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


def test_a_demo_instance_believes_the_day_it_is_given():
    clock.set_demo_date(LEAP_DAY)

    assert clock.today() == LEAP_DAY
    assert clock.now().astimezone(clock.zone()).date() == LEAP_DAY


def test_what_the_machine_stamped_is_shown_on_the_demos_calendar_as_long_ago():
    clock.set_demo_date(LEAP_DAY)
    two_days_ago, ahead = clock.true_now() - dt.timedelta(days=2), clock.true_now() + dt.timedelta(days=1)

    shown = clock.on_calendar(two_days_ago)

    assert shown.date() == dt.date(2012, 2, 27)
    assert shown.timetz() == two_days_ago.astimezone(clock.zone()).timetz()
    assert clock.on_calendar(ahead).date() == dt.date(2012, 3, 1)


def test_what_is_on_the_demos_calendar_stays_and_nothing_is_later_than_what_followed():
    clock.set_demo_date(LEAP_DAY)
    before = clock.now() - dt.timedelta(days=20)

    assert clock.on_calendar(before) == before
    assert clock.on_calendar(clock.true_now(), not_after=before) == before


def test_a_production_instance_shows_instants_as_they_are(production):
    instant = clock.true_now() - dt.timedelta(days=400)

    assert clock.on_calendar(instant) == instant
    assert clock.on_calendar(instant, not_after=instant - dt.timedelta(days=1)) == instant


def test_a_production_instance_refuses_a_day(production):
    with refusing(DATE_REFUSED, match="2012-02-29"):
        clock.set_demo_date(LEAP_DAY)


def test_a_production_instance_ignores_a_demo_day_left_in_its_settings(production):
    assert clock.demo_date() is None


def test_the_clock_s_instants_are_aware_and_in_utc():
    assert clock.now().utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    ("instant", "back"),
    [
        ("2012-03-01T15:59:59Z", 1),
        ("2012-03-01T16:00:00Z", 0),
        ("2012-03-02T15:59:59Z", 0),
        ("2012-02-29T15:59:59Z", 2),
    ],
)
@pytest.mark.parametrize("given", [None, LEAP_DAY])
def test_the_days_that_an_instant_is_back_are_midnights_of_the_instance_s_zone(
    instant, back, given, monkeypatch
):
    monkeypatch.setattr(clock, "zone", lambda: ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(clock, "true_now", lambda: dt.datetime(2012, 3, 2, 4, tzinfo=dt.UTC))
    clock.set_demo_date(given)

    today = given or dt.date(2012, 3, 2)
    assert clock.day_of(dt.datetime.fromisoformat(instant)) == today - dt.timedelta(days=back)
