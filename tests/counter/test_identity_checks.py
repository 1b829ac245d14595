# SPDX-License-Identifier: EUPL-1.2
"""A clerk says by which check of the law the identity was verified; who cannot get a yes does not register."""

import html
import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.lines.queries import find_line, registered_as
from rollkeeper.offline.processor import process_all
from rollkeeper.vault.offline_keys import renew_offline_keys
from tests.builders.kinds import with_checks
from tests.builders.packs import use_pack
from tests.builders.staff import sign_in
from tests.counter.conftest import ON
from tests.counter.test_carried_line import found
from tests.counter.test_pages import SECRET, filled, post
from tests.counter.test_round_trips import MOST
from tests.registration.people import fresh_number, person

SEVERAL = with_checks("chip", "registry", "sight")
CHOSEN = {"double_checked": "on", "subscriber__identity_check": "chip"}
SAID = "How the identity was checked: The chip of the document was read."


@pytest.fixture
def asked(law_put_back, at_counter):
    use_pack(SEVERAL)
    return at_counter


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def options(page: str) -> list[str]:
    field = re.search(r'<select[^>]*name="subscriber__identity_check".*?</select>', page, re.DOTALL)
    return re.findall(r'value="([a-z_]*)"', field[0]) if field else []


@pytest.mark.parametrize("address", ["/register/", "/transfer/", "/offline/forms/register/?kind=individual"])
def test_the_form_has_exactly_the_checks_of_the_law_and_says_what_a_no_means(asked, address):
    page = text(asked.get(address))

    assert options(page) == ["", "chip", "registry", "sight"]
    assert "If none does, do not register the subscriber: a “no” is not recorded." in page


@pytest.mark.parametrize(
    "address",
    ["/register/?kind=company", "/replace-sim/", "/document-check/", "/offline/forms/register/?kind=minor"],
)
def test_no_other_page_asks_it(asked, address):
    assert options(text(asked.get(address))) == []


def test_the_receipt_and_the_line_say_by_which_check(asked):
    number = fresh_number()

    answer = post(asked, "register", number, **CHOSEN)
    receipt = text(asked.get(answer["Location"]))
    line = html.unescape(found(asked, number))

    assert registered_as(find_line(number).line_id).identity_check == "chip"
    assert SAID in receipt
    assert SAID in line


@pytest.mark.parametrize("chosen", ["", "bank", "astrology"])
def test_without_a_yes_the_clerk_is_told_at_the_field_and_nothing_is_recorded(asked, chosen):
    number = fresh_number()

    answer = post(asked, "register", number, **CHOSEN | {"subscriber__identity_check": chosen})

    page = text(answer)
    assert answer.status_code == 422
    assert 'id="id_subscriber__identity_check_error"' in page
    assert find_line(number) is None
    assert not [value for name, value in SECRET.items() if name != "document_type" and value in page]


def test_a_check_that_was_chosen_is_not_asked_for_again_after_another_fault(asked):
    page = text(post(asked, "register", fresh_number(), SECRET | {"name": ""}, **CHOSEN))

    assert re.search(r'<option value="chip"\s+selected', page)


def test_a_registration_asks_the_register_no_more_often_for_it(asked):
    assert post(asked, "register", fresh_number(), person(), **CHOSEN).status_code == 302
    given = filled(asked, "register", fresh_number(), person(), **CHOSEN)

    with CaptureQueriesContext(connections["default"]) as statements:
        answer = asked.post("/register/", given)

    assert answer.status_code == 302
    assert len(statements) <= MOST


def test_what_waits_for_an_approver_keeps_the_check(asked):
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    supervisor = sign_in(StaffRole.SUPERVISOR, "boss")
    number, who = fresh_number(), SECRET | {"document_number": "110105194912310021"}

    sent = post(asked, "register", number, who, **CHOSEN)
    supervisor.post("/pending-approvals/", {"key": sent["Location"].split("/")[2], "approved": "yes"})
    process_all(worker_authority())

    assert registered_as(find_line(number).line_id).identity_check == "chip"
