# SPDX-License-Identifier: EUPL-1.2
"""A line that someone registered under another person's document opens nothing of that person but itself."""

import csv
import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.queries import find_line
from rollkeeper.registration.services import register_subscriber, terminate_line
from rollkeeper.registration.submissions import Submission
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.staff import employ
from tests.pages import text
from tests.portal.test_pages import do
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

DAYS = 14
OTHER = "+8613908911235"
FALSE = PERSON | {"name": "Said Otherwise", "address": "9 Elsewhere"}
THEIRS = {PERSON["name"], PERSON["address"], NUMBER}


MAP = {
    "number": {"column": "number"}, "service": {"constant": "mobile"}, "activated_on": {"constant": dt.date(2011, 5, 1)},
    "registration": {"name": "name", "address": "address", "document_number": "document_number", "document_type": "document_type",
                     "document_types": {"passport-npl": "passport-npl"}},
}  # fmt: skip


@pytest.fixture
def import_line(tmp_path):
    """Have a campaign manager import one line with what a file says of its subscriber."""

    def taken_in(number, person):
        file = tmp_path / f"{number[-4:]}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            rows_of = csv.DictWriter(out, ["number", *person])
            rows_of.writeheader()
            rows_of.writerow({"number": number} | person)
        seen = scan_file(file)
        made = make_map(MAP, named="the map", header=seen.header)
        manager = employ(StaffRole.CAMPAIGN_MANAGER)
        done = import_lines(manager, seen, made, refused_file=tmp_path / "refused.csv", on=ON)
        assert done.registered == 1
        return find_line(number).line_id

    return taken_in


@pytest.fixture(autouse=True)
def as_in_production(committed):
    write_settings(portal={"new_line_days": DAYS})
    yield
    write_settings(portal={"new_line_days": None})


def taken(browser):
    answer = browser.post("/export/")
    return (
        {row["value"] for row in json.loads(answer.content)["kept"]} if answer.status_code == 200 else set()
    )


def later(days):
    clock.set_demo_date(ON + dt.timedelta(days=days))


@pytest.mark.parametrize(("days", "is_alone"), [(0, True), (DAYS - 1, True), (DAYS, False)])
def test_a_new_line_opens_what_else_its_subscriber_has_after_some_days(come_in, prove, days, is_alone):
    register_line()
    register_line(OTHER, FALSE)
    later(days)
    browser = come_in(OTHER)
    prove(FALSE)

    page, out = text(browser.get("/lines/")), taken(browser)

    assert FALSE["address"] in out
    assert bool(out & THEIRS) is not is_alone
    assert ("it opens nothing but itself" in page) is is_alone
    assert ("Who acts for me" in page) is not is_alone


@pytest.mark.parametrize(("days", "done"), [(DAYS - 1, 0), (DAYS, 1)])
def test_nothing_is_done_for_the_person_on_a_new_line(come_in, prove, days, done):
    first, new = register_line(), register_line(OTHER, FALSE)
    later(days)
    browser = come_in(OTHER)
    prove(FALSE)

    do(browser, "add-delegate", new, part="heir", document_type="other", document_number="H1")
    do(browser, "not-mine", first)
    passkey = browser.post("/passkeys/options/new/")

    assert len(rows("SELECT FROM selfcare_delegate")) == done
    assert len(rows("SELECT FROM selfcare_case")) == done
    assert ("it opens nothing but itself" in passkey.content.decode()) is not bool(done)


def test_a_new_line_says_the_same_to_who_has_no_other(come_in, prove):
    register_line(OTHER, FALSE)
    browser = come_in(OTHER)
    prove(FALSE)

    assert "it opens nothing but itself" in text(browser.get("/lines/"))


@pytest.mark.parametrize(
    ("page", "offers"), [("/passkeys/", "Add a passkey"), ("/line-selection/", "nothing to choose")]
)
def test_a_page_about_the_person_says_until_when_a_new_line_is_alone(come_in, prove, page, offers):
    register_line(OTHER, FALSE)
    browser = come_in(OTHER)
    prove(FALSE)
    new = text(browser.get(page))
    later(DAYS)
    old = text(browser.get(page))

    assert ("it opens nothing but itself" in new, "it opens nothing but itself" in old) == (True, False)
    assert (offers in new, offers in old) == (False, True)


def test_a_line_that_is_said_not_to_be_theirs_opens_nothing(come_in, prove):
    register_line()
    strange = register_line(OTHER, FALSE)
    later(DAYS)
    browser = come_in()
    prove()
    assert do(browser, "not-mine", strange).status_code == 302

    come_in(OTHER)
    refused = prove(FALSE)

    assert "says that it is not theirs" in text(refused)
    assert not taken(browser)


def test_who_proved_it_before_reads_nothing_once_the_person_disowns_the_line(come_in, prove):
    register_line()
    strange = register_line(OTHER, FALSE)
    later(DAYS)
    browser = come_in(OTHER)
    prove(FALSE)
    before = taken(browser)

    run("UPDATE lines_tenure SET contested_on = %s WHERE line_id = %s", [ON, strange])

    assert before >= THEIRS
    assert not taken(browser)


def test_a_line_that_was_declared_alone_opens_nothing_that_was_checked(come_in, prove):
    register_line()
    line = register_line(OTHER, FALSE)
    run("UPDATE lines_tenure SET assurance = 'declared' WHERE line_id = %s", [line])
    later(DAYS)
    browser = come_in(OTHER)
    prove(FALSE)

    out = taken(browser)

    assert FALSE["address"] in out
    assert not out & THEIRS


def test_an_older_line_names_a_new_one_at_once_and_opens_it_later(come_in, prove):
    register_line()
    later(DAYS)
    new = register_line(OTHER, FALSE, on=ON + dt.timedelta(days=DAYS))
    browser = come_in()
    prove()

    out = taken(browser)

    assert {PERSON["address"], NUMBER} <= out
    assert not out & {FALSE["address"], OTHER}
    assert str(new) in browser.get("/lines/").content.decode()
    assert do(browser, "not-mine", new).status_code == 302


def test_a_line_out_of_a_file_never_opens_what_another_file_said(come_in, prove, import_line):
    import_line(NUMBER, PERSON)
    import_line(OTHER, FALSE)
    later(10 * DAYS)
    browser = come_in(OTHER)
    prove(FALSE)

    page, out = text(browser.get("/lines/")), taken(browser)

    assert FALSE["address"] in out
    assert not out & THEIRS
    assert "has not been seen yet" in page
    assert "Who acts for me" not in page


def test_who_has_one_line_of_a_company_opens_and_ends_no_other(come_in, prove):
    firm = PERSON | {"document_type": "cn-business-licence", "document_number": "91110000600037341L"}
    bearer = {name: value for name, value in PERSON.items() if name != "address"}
    parts = {PartyRole.SUBSCRIBER: firm, PartyRole.USER: FALSE, PartyRole.BEARER: bearer}
    for number in (NUMBER, OTHER):
        register_subscriber(
            console_authority(), Submission(submission_key=str(new_uuid()), number=number, kind=PartyKind.COMPANY, parts=parts,
                                            service=Service.MOBILE, language="en", double_checked=True), on=ON,
        )  # fmt: skip
    later(10 * DAYS)
    browser = come_in(OTHER)
    first = find_line(NUMBER).line_id

    browser.post(
        "/verify/",
        {
            "document_type": firm["document_type"],
            "document_number": firm["document_number"],
            "name": firm["name"],
        },
    )
    page = text(browser.get("/lines/"))
    do(browser, "terminate", first, sure="on")

    assert (str(first) in page, taken(browser), find_line(NUMBER).is_over) == (False, set(), False)
    assert "This line is a company" in page


def test_no_sign_turns_a_name_out_of_a_file(come_in, prove, import_line):
    import_line(NUMBER, PERSON | {"name": "\u202enosreP detnevnI\u202c"})
    browser = come_in()

    prove(PERSON | {"name": "nosreP detnevnI"})

    assert "nosreP detnevnI" in taken(browser)


def test_nothing_is_done_for_the_person_on_a_line_out_of_a_file(come_in, prove, import_line):
    theirs, false = import_line(NUMBER, PERSON), import_line(OTHER, FALSE)
    later(10 * DAYS)
    browser = come_in(OTHER)
    prove(FALSE)

    refused = do(browser, "add-delegate", false, part="heir", document_type="other", document_number="H1")
    do(browser, "not-mine", theirs)
    do(browser, "terminate", theirs)
    passkey = browser.post("/passkeys/options/new/")

    assert not rows("SELECT FROM selfcare_delegate")
    assert not rows("SELECT FROM selfcare_case")
    assert not rows("SELECT FROM lines_line WHERE state = 'terminated'")
    assert "has not been seen yet" in text(refused)
    assert "has not been seen yet" in passkey.content.decode()


def test_a_line_whose_document_was_seen_opens_what_a_file_says_of_another(come_in, prove, import_line):
    register_line()
    false = import_line(OTHER, FALSE)
    later(2 * DAYS)
    browser = come_in()
    prove()

    out = taken(browser)
    do(browser, "not-mine", false)

    assert {FALSE["address"], OTHER} <= out
    assert [row.line_id for row in rows("SELECT line_id FROM selfcare_case")] == [false]


def test_a_line_opens_none_that_had_ended_before_and_of_which_no_one_was_told(come_in, prove):
    register_line()
    terminate_line(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER, on=ON,
        document=(PERSON["document_type"], PERSON["document_number"]),
    )  # fmt: skip
    register_line(OTHER, FALSE)
    later(10 * DAYS)
    browser = come_in(OTHER)
    prove(FALSE)

    out = taken(browser)

    assert FALSE["address"] in out
    assert not out & THEIRS


@pytest.mark.parametrize(("days", "is_open"), [(2 * DAYS - 1, False), (2 * DAYS, True)])
def test_a_line_opens_a_newer_one_once_its_subscriber_could_say_it_is_not_theirs(
    come_in, prove, days, is_open
):
    register_line(OTHER, FALSE)
    register_line()
    later(days)
    browser = come_in(OTHER)
    prove(FALSE)

    out = taken(browser)

    assert FALSE["address"] in out
    assert bool(out & THEIRS) is is_open


def test_who_has_the_newer_line_sees_the_older_before_that_opens_it(come_in, prove):
    strange = register_line(OTHER, FALSE)
    register_line()
    later(DAYS)
    browser = come_in()
    prove()

    assert do(browser, "not-mine", strange).status_code == 302
    later(2 * DAYS)
    come_in(OTHER)

    assert "says that it is not theirs" in text(prove(FALSE))
