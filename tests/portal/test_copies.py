# SPDX-License-Identifier: EUPL-1.2
"""Copies of documents are among what is held: listed with article and last day, had as pictures by their subscriber alone."""

import base64
import datetime as dt
import json
import re

import pytest

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.settings import write_settings
from rollkeeper.registration.document_links import link_document
from rollkeeper.retention.services import erase_due
from rollkeeper.vault import document_store
from tests.builders.packs import use_pack, with_copy_row
from tests.pages import text
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

FRONT, BACK = b"\xff\xd8 an invented front", b"\xff\xd8 an invented back" * 500
STRANGER = PERSON | {"document_number": "X7654321", "name": "Somebody Else"}


@pytest.fixture(autouse=True)
def store(committed, tmp_path):
    write_settings(vault={"documents_url": f"file://{tmp_path}/copies"})
    document_store.prepare()
    yield
    write_settings(vault={"documents_url": None})


def picture(browser, record, position=0):
    return browser.post("/document-copy/", {"record": str(record), "position": position})


def record_of(line):
    return rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line])[0].tenure_id


def test_a_copy_is_listed_with_its_article_before_anything_is_proved_and_not_shown(come_in):
    line = register_line(copies=(FRONT, BACK))
    browser = come_in()

    page = text(browser.get("/personal-data/"))

    assert page.count("Copy of the document") == 1
    assert re.search(r"Copy of the document.{0,300}art\. 4 ¶1", page, re.DOTALL)
    assert picture(browser, record_of(line)).headers["Location"] == "/verify/"
    assert not rows(
        "SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened' AND body LIKE '%%document_copy%%'"
    )


@pytest.mark.usefixtures("law_put_back")
def test_until_when_a_copy_is_kept_is_told_where_it_goes_before_the_record(come_in, prove):
    use_pack(with_copy_row("anchor: registration, keep: {n: 10, unit: day}"))
    record = record_of(register_line(copies=(FRONT,)))
    browser = come_in()
    before = text(browser.get("/personal-data/"))
    prove()

    after, whole = text(browser.post("/personal-data/")), json.loads(browser.post("/export/").content)
    sheets = browser.post("/sheets/")
    clock.set_demo_date(ON + dt.timedelta(days=11))
    erase_due(worker_authority(), on=ON + dt.timedelta(days=11), after_gap=True)
    gone = text(browser.get("/personal-data/"))

    for page in (before, after):
        assert re.search(r"Last day kept of the copy of the document\W*12 March 2012\W*art\. 4 ¶1", page)
    (held,) = (row for row in whole["kept"] if row["media_type"])
    assert (held["last_day"], held["kept_article"]) == ("2012-03-12", "4 ¶1")
    assert {row["last_day"] for row in whole["kept"] if not row["media_type"]} == {None}
    assert sheets.status_code == 200
    assert "Copy of the document" not in gone
    assert picture(browser, record).status_code == 302


def test_its_subscriber_has_each_as_an_image_and_sees_that_it_was_opened(come_in, prove):
    record = record_of(register_line(copies=(FRONT, BACK)))
    browser = come_in()
    prove()
    browser.post("/personal-data/")
    before = text(browser.get("/access-history/")).count("Copy of the document")

    answers = [picture(browser, record, position) for position in (0, 1)]

    assert [one.content for one in answers] == [FRONT, BACK]
    assert {one.headers["Content-Type"] for one in answers} == {"image/jpeg"}
    assert {one.headers["Cache-Control"] for one in answers} == {"no-store"}
    assert before == 0
    # Once for the act, and once for each picture in it.
    assert text(browser.get("/access-history/")).count("Copy of the document") == 3


def test_nobody_has_the_copy_of_somebody_else_nor_one_that_there_is_not(come_in, prove):
    mine, theirs = register_line(copies=(FRONT,)), register_line("+8613908915678", STRANGER, copies=(BACK,))
    browser = come_in()
    prove()

    asked = [(record_of(theirs), 0), (new_uuid(), 0), (record_of(mine), 1), (record_of(mine), 99999)]
    answers = [picture(browser, *one) for one in asked]

    assert {(one.status_code, one.headers["Location"]) for one in answers} == {(302, "/lines/")}


def test_the_file_carries_the_images_and_until_when_they_are_kept(come_in, prove):
    register_line(copies=(FRONT, BACK))
    ended = register_line("+8613908915678", copies=(BACK,))
    browser = come_in()
    prove()
    browser.post("/do/terminate/", {"key": str(new_uuid()), "line": str(ended), "sure": "on"})

    whole = json.loads(browser.post("/export/").content)

    held = [row for row in whole["kept"] if row["media_type"] == "image/jpeg"]
    assert whole["form"] == "rollkeeper/data-export/5"
    assert sorted(base64.b64decode(row["value"]) for row in held) == sorted([FRONT, BACK, BACK])
    assert {row["article"] for row in held} == {"4 ¶1"}
    a_year_later = dt.date(ON.year + 1, ON.month, ON.day).isoformat()
    assert sorted({row["last_day"] or "" for row in held}) == ["", a_year_later]
    assert {row["position"] for row in whole["kept"] if row["media_type"] is None} == {None}


def test_each_linked_document_is_listed_with_its_days_and_no_number(come_in, prove):
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
    register_line()
    mine = (PERSON["document_type"], PERSON["document_number"])
    link_document(
        clerk, submission_key=str(new_uuid()), number=NUMBER, document=mine, further=("passport-ind", "Z4711000"),
        double_checked=False, on=ON,
    )  # fmt: skip
    browser = come_in()
    before = browser.get("/personal-data/").content.decode()
    prove()

    page, whole = (
        browser.get("/personal-data/").content.decode(),
        json.loads(browser.post("/export/").content),
    )

    assert "Documents recorded for you" not in before
    assert "Documents recorded for you" in page
    assert "Z4711000" not in page
    assert whole["documents"] == [
        {"document_type": kind, "since": ON.isoformat(), "until": None}
        for kind in ("passport-ind", "passport-npl")
    ]


def test_a_store_that_does_not_answer_is_said_and_the_rest_is_read_all_the_same(come_in, prove, monkeypatch):
    from rollkeeper.vault.errors import DOCUMENT_STORE_UNAVAILABLE

    def away(*_, **__):
        raise DOCUMENT_STORE_UNAVAILABLE()

    register_line(copies=(FRONT,))
    browser = come_in()
    prove()
    monkeypatch.setattr(document_store, "fetch", away)

    assert browser.post("/export/").headers["Location"] == "/lines/"
    assert PERSON["name"] in text(browser.post("/personal-data/"))
    assert NUMBER not in text(browser.get("/lines/"))
    assert clock.today() == ON
