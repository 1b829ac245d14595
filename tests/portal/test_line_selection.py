# SPDX-License-Identifier: EUPL-1.2
"""Where the law limits lines, their subscriber chooses which to keep: what fills a limit, and what ending does and does not."""

import datetime as dt
import re

import pytest

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.nightly import run_nightly
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.counter_codes import redeem_code
from rollkeeper.lines.queries import view_line
from rollkeeper.selfcare import sessions
from rollkeeper.selfcare.sessions import PortalSession, tenures_of
from tests.builders.packs import use_pack
from tests.builders.stages import reducing
from tests.campaign.population import plan, tell
from tests.registration.conftest import limited  # noqa: F401 - the same limits as at the counter
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

SECOND, THIRD = "+8613908915678", "+8613908915679"
STRANGER = PERSON | {"document_number": "X7654321", "name": "Somebody Else"}
CHOOSE = "what: lines, group: person, scope: operator, kind: stock, n: 2, over: choose_keep"


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def end(browser, *lines, **more):
    chosen = {"key": str(new_uuid()), "lines": [str(one) for one in lines], "sure": "on"}
    return browser.post("/line-selection/terminate/", chosen | more)


@pytest.fixture
def three(come_in, prove, limited):  # noqa: F811
    """The verified subscriber of three lines, where the law since allows two."""
    lines = [register_line(number) for number in (NUMBER, SECOND, THIRD)]
    limited(CHOOSE)
    browser = come_in()
    prove()
    return browser, lines


@pytest.mark.parametrize(("held", "is_reached"), [(1, False), (2, True), (3, True)])
def test_a_limit_is_said_from_the_line_on_that_fills_it(come_in, prove, limited, held, is_reached):  # noqa: F811
    for number in (NUMBER, SECOND, THIRD)[:held]:
        register_line(number)
    limited(CHOOSE)
    browser = come_in()
    before = text(browser.get("/lines/"))
    prove()

    mine, page = text(browser.get("/lines/")), text(browser.get("/line-selection/"))

    assert "the maximum number of lines that the law allows" not in before
    assert ("the maximum number of lines that the law allows" in mine) == is_reached
    assert (f"that count: {held}. The law allows 2 (art. 2 ¶1)." in page) == is_reached
    assert ("nothing to choose" in page) != is_reached


@pytest.mark.parametrize(("held", "has_too_many"), [(1, False), (2, False), (3, True)])
def test_who_has_to_reduce_their_lines_is_told_what_stays(come_in, prove, law_put_back, held, has_too_many):
    for number in (NUMBER, SECOND, THIRD)[:held]:
        register_line(number)
    use_pack(reducing())
    browser = come_in()
    prove()

    mine, page = text(browser.get("/lines/")), text(browser.get("/line-selection/"))

    assert ("You have more lines than the law lets one person have" in mine) == has_too_many
    assert ("The law has you choose" in page) == has_too_many
    assert ("All of them stay as they are" in page) == (held == 2)


def opened_numbers():
    """Return the openings of numbers by subscribers that the ledger has."""
    opened = rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:opened' ORDER BY entry_id")
    return [
        row.body for row in opened if '"field":"number"' in row.body and '"role":"subscriber"' in row.body
    ]


def test_lines_that_a_campaign_asks_about_say_once_what_to_do_and_where(come_in, prove, law_put_back):
    lines = [register_line(number) for number in (NUMBER, SECOND, THIRD)]
    use_pack(reducing())
    plan(ON, instance().pack)
    for line_id in lines:
        tell(line_id, ON)
    run_nightly(worker_authority(), on=ON)
    browser = come_in()
    prove()

    mine, choice = text(browser.get("/lines/")), text(browser.post("/line-selection/"))

    assert mine.count("The last day to verify the registration again") == len(lines)
    assert mine.count("You have more lines than the law lets one person have") == 1
    assert mine.count('href="/line-selection/"') == 1
    assert "stay as they are" not in choice


def test_what_someone_has_is_read_once_however_many_lines_that_are(three, monkeypatch):
    browser, lines = three
    asked = []
    monkeypatch.setattr(sessions, "tenures_of", lambda who: asked.append(who) or tenures_of(who))
    monkeypatch.setattr(PortalSession, "require_verification", lambda _: asked.clear())

    page = text(browser.post("/line-selection/"))

    assert THIRD in page
    assert len(lines) == 3
    assert len(asked) == 1


def test_a_line_registered_early_in_the_morning_is_said_to_be_of_that_day(come_in, prove, limited):  # noqa: F811
    for number in (NUMBER, SECOND):
        register_line(number)
    run(
        "UPDATE lines_tenure SET held = tstzrange(%s, NULL)",
        [dt.datetime.combine(ON, dt.time(3), clock.zone())],
    )
    limited(CHOOSE)
    browser = come_in()
    prove()

    mine, chosen = text(browser.get("/lines/")), text(browser.post("/line-selection/"))

    assert mine.count("since 2 March 2012") == chosen.count("since 2 March 2012") == 2


def test_numbers_are_shown_when_asked_for_and_leave_their_accesses(three):
    browser, _ = three

    before = text(browser.get("/line-selection/"))
    already = len(opened_numbers())
    after = text(browser.post("/line-selection/"))

    assert not [number for number in (NUMBER, SECOND, THIRD) if number in before]
    assert not [number for number in (NUMBER, SECOND, THIRD) if number not in after]
    assert len(opened_numbers()) == already + 3


def test_what_is_chosen_ends_with_a_receipt_each_and_the_rest_stays(three):
    browser, (here, second, third) = three

    answer = end(browser, second, third)
    page, receipts = text(browser.get("/lines/")), text(browser.get("/receipts/"))

    assert answer.headers["Location"] == "/lines/"
    assert "Lines that were ended: 2. Each has a receipt." in page
    assert [view_line(one).is_over for one in (here, second, third)] == [False, True, True]
    assert receipts.count("The contract is ended.") == 2
    assert "the maximum number of lines that the law allows" not in page


def test_a_form_sent_twice_ends_each_once(three):
    browser, (_, second, _) = three
    key = str(new_uuid())

    for _ in range(2):
        end(browser, second, key=key)

    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'line:line:terminated'")) == 1


def test_the_line_in_the_hand_ends_last_so_that_the_others_end_too(three):
    browser, lines = three

    end(browser, *lines)

    assert [view_line(one).is_over for one in lines] == [True, True, True]
    assert browser.get("/lines/").headers["Location"] == "/"


def test_nothing_ends_unless_it_was_chosen_and_said_twice(three):
    browser, lines = three

    answers = [
        end(browser, lines[1], sure=""),
        end(browser),
        end(browser, "nonsense"),
        end(browser, lines[1], key="nonsense"),
    ]

    assert {one.status_code for one in answers} == {422}
    assert not any(view_line(one).is_over for one in lines)


def test_nobody_ends_a_line_of_somebody_else_nor_anything_before_the_second_proof(come_in, prove, three):
    browser, lines = three
    theirs = register_line("+8613908915680", STRANGER)

    end(browser, theirs)
    said = text(browser.get("/lines/"))
    browser = come_in()
    answer = end(browser, lines[1])

    assert "not available in this session" in said
    assert answer.headers["Location"] == "/verify/"
    assert not any(view_line(one).is_over for one in (*lines, theirs))


def test_a_line_in_dispute_stays_is_said_and_keeps_no_other_from_ending(three):
    browser, (_, second, third) = three
    browser.post("/do/dispute/", {"key": str(new_uuid()), "line": str(second), "about": "dispute_days_wrong"})

    end(browser, second, third)
    page = text(browser.get("/lines/"))

    assert (view_line(second).is_over, view_line(third).is_over) == (False, True)
    assert "Lines that were ended: 1." in page
    assert "dispute" in page.lower()


def test_what_is_not_mine_and_another_service_fill_no_limit(come_in, prove, limited):  # noqa: F811
    register_line()
    strange = register_line(SECOND)
    register_line("example.org", service=Service.DOMAIN)
    limited(CHOOSE + ", service: mobile")
    browser = come_in()
    prove()
    filled = "the maximum number of lines that the law allows" in text(browser.get("/lines/"))

    browser.post("/do/not-mine/", {"key": str(new_uuid()), "line": str(strange)})

    assert filled
    assert "the maximum number of lines that the law allows" not in text(browser.get("/lines/"))


@pytest.mark.parametrize(("days", "is_filled"), [(-1, True), (0, True), (1, False)])
def test_lines_older_than_the_day_of_a_limit_are_not_among_those_that_fill_it(
    come_in,
    prove,
    limited,  # noqa: F811
    days,
    is_filled,
):
    lines = [register_line(number) for number in (NUMBER, SECOND)]
    since = view_line(lines[0]).activated_on + dt.timedelta(days=days)
    limited(f"{CHOOSE}, activated_from: {since}")
    browser = come_in()
    prove()

    page = text(browser.get("/line-selection/"))

    assert ("that count: 2. The law allows 2" in page) == is_filled


def test_a_counter_code_is_shown_on_request_and_finds_the_line(come_in):
    line_id, browser = register_line(), come_in()

    before = text(browser.get("/counter-code/"))
    after = text(browser.post("/counter-code/"))
    code = re.search(r"\d{3} \d{3} \d{4}", after).group()

    assert not re.search(r"\d{3} \d{3} \d{4}", before)
    assert "counter-code" in browser.get("/lines/").content.decode()
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
    assert redeem_code(clerk, code, on=clock.today()).line.line_id == line_id
