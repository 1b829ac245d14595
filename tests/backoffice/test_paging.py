# SPDX-License-Identifier: EUPL-1.2
"""A long list is shown fifty rows a page, and what else the address asks for stays."""

import re

import pytest
from django.test import Client, RequestFactory

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.backoffice import paging, unreachable
from rollkeeper.backoffice.paging import paged
from rollkeeper.campaign.batch_control import stop_batch
from rollkeeper.campaign.batch_planning import prepare_batches
from tests.backoffice.conftest import DUE
from tests.backoffice.test_pages import signed_in  # noqa: F401 - fixtures
from tests.builders.staff import employ, enter


@pytest.mark.parametrize(
    ("address", "first", "last", "before", "after"),
    [
        ("/?only=mine", 1, 50, "", "?only=mine&page=2"), ("/?page=2", 51, 100, "?page=1", "?page=3"), ("/?page=3", 101, 101, "?page=2", ""),
        ("/?page=4", 101, 101, "?page=2", ""), ("/?page=-1", 101, 101, "?page=2", ""), ("/?page=x", 1, 50, "", "?page=2"),
    ],
)  # fmt: skip
def test_the_address_says_which_rows_are_shown(address, first, last, before, after):
    rows = paged(RequestFactory().get(address), range(1, 102))

    assert [*rows] == [*range(first, last + 1)]
    assert (rows.first, rows.last, rows.total) == (first, last, 101)
    assert (rows.before, rows.after) == (before, after)


def test_an_empty_list_has_one_page_without_rows():
    rows = paged(RequestFactory().get("/"), [])

    assert not rows
    assert (rows.before, rows.after) == ("", "")


def test_accounts_beyond_a_page_are_on_the_next(app, as_role, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 1)
    app("backoffice")
    browser = Client(SERVER_NAME="localhost")
    employ(StaffRole.ADMINISTRATOR, username="reader-1")
    employ(StaffRole.CLERK, username="reader-2")

    with as_role("backoffice"):
        enter(browser, "reader-1")
        pages = [browser.get(f"/staff/?page={n}", HTTP_ACCEPT="text/html").content.decode() for n in (1, 2)]

    assert [re.findall(r">(reader-\d)</a></td>", page) for page in pages] == [["reader-1"], ["reader-2"]]
    assert 'rel="next" href="?page=2">The next ones' in pages[0]
    assert 'rel="prev" href="?page=1">The ones before' in pages[1]


def test_an_earlier_batch_is_found_however_many_came_since(batch, signed_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr(paging, "PAGE", 1)
    stop_batch(console_authority(), batch, on=DUE, because="wrong_list")
    (again,) = [
        one.batch_id for one in prepare_batches(console_authority(), due_on=DUE, on=DUE) if one.batch_id
    ]
    stop_batch(console_authority(), again, on=DUE, because="wrong_list")
    ask = signed_in(StaffRole.AUDITOR)

    shown = [ask("get", f"/campaign/?batches={n}").text_ for n in (1, 2)]

    assert [str(again) in shown[0], str(batch) in shown[0]] == [True, False]
    assert [str(again) in shown[1], str(batch) in shown[1]] == [False, True]
    assert 'href="?batches=2#past"' in shown[0]


def test_no_further_page_is_offered_after_the_last_line_that_no_notice_reached(batch, signed_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr(unreachable, "PAGE", 1)
    ask = signed_in(StaffRole.AUDITOR)

    assert "after=" not in ask("get", "/unreachable/").text_
