"""Before a campaign is planned, a simulation says what would happen to the lines of this register, and changes nothing."""

import datetime as dt

import pytest

from rollkeeper.campaign.register_histories import write_histories
from rollkeeper.kernel.console import progress
from rollkeeper.law.choices import Engine
from rollkeeper.law.packs import load_pack
from rollkeeper.law.simulation import simulate
from tests.builders.lines import make_line
from tests.in_process import invoke

FIRST, LAST = dt.date(2012, 1, 2), dt.date(2012, 3, 10)


@pytest.fixture
def lines(register):
    make_line()
    make_line(is_registered=True)
    make_line(is_essential=True)
    make_line(service="domain")
    make_line(activated_on=dt.date(2013, 1, 1))


def test_who_is_registered_is_let_be_and_who_is_not_is_suspended(lines, tmp_path):
    pack = load_pack("cn-xz-2011")

    written = write_histories(tmp_path / "events.csv", (pack,), FIRST)
    found = simulate(
        pack, tmp_path / "events.csv", first=FIRST, last=LAST, engine=Engine.RULES, progress=progress
    )

    stages = found.counts.row(-1, named=True)
    assert (written.essential, written.lines) == (1, 5 - 1 - written.other_service)
    assert (stages["suspended"], stages["registered"]) == (1, 1)


def test_the_command_takes_a_file_or_the_register_and_not_both(lines, tmp_path):
    events = tmp_path / "events.csv"
    events.write_text("line,date,event,until\n", "utf-8")
    words = ("simulate", "cn-xz-2011", "--from", FIRST, "--to", LAST)

    assert invoke(*words).exit_code == invoke(*words, events, "--from-register").exit_code == 2


def test_the_help_names_every_event():
    said = invoke("simulate", "--help").output

    for event in (
        "activated",
        "notice_delivered",
        "notice_bounced",
        "registered",
        "transferred",
        "ended",
        "pause",
        "hold",
        "stay",
        "outage",
    ):
        assert event in said


def test_a_plan_says_which_lines_it_leaves_out_and_why(lines):
    said = invoke("campaign", "plan", "cn-xz-2011", "--on", FIRST).output

    assert "Not concerned: 1 registered, 1 in service since 2012-01-01 or later" in said


def test_a_plan_that_concerns_no_one_owes_no_notice(register):
    make_line(activated_on=dt.date(2013, 1, 1))

    said = invoke("campaign", "plan", "cn-xz-2011", "--on", FIRST).output

    assert "0 lines added" in said
    assert "notices send" not in said
