# SPDX-License-Identifier: EUPL-1.2
"""A clerk ticks that a person who acts for a company showed what the law asks, in the law's words; without it no company registers."""

import html
import json
import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line
from rollkeeper.offline.processor import process_all
from rollkeeper.vault.offline_keys import renew_offline_keys
from tests.builders.kinds import INSTITUTION, with_kinds, with_proof
from tests.builders.packs import REFERENCE, use_pack
from tests.builders.staff import sign_in
from tests.counter.conftest import ON
from tests.counter.test_pages import SECRET, filled, post
from tests.counter.test_round_trips import MOST
from tests.registration.people import fresh_number

BOX = "subscriber__authority_shown"
FIRM = SECRET | {"document_type": "cn-business-licence", "document_number": "91110000600037341L"}
SHOWN = {"query": "?kind=company", BOX: "on"}
SAID = "The person who acts for the company showed what the law asks."


@pytest.fixture
def asked(law_put_back, at_counter):
    use_pack(with_kinds(INSTITUTION, text=with_proof()))
    return at_counter


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def boxes(page: str) -> int:
    return len(re.findall(rf'<input[^>]*type="checkbox"[^>]*name="{BOX}"|<input[^>]*name="{BOX}"[^>]*type="checkbox"', page))  # fmt: skip


def noted(number) -> dict:
    line = find_line(number).line_id
    (entry,) = rows(
        "SELECT body FROM ledger_entry WHERE line_id = %s AND verb = 'line:tenure:registered'", [line]
    )
    return json.loads(entry.body)["facts"]


@pytest.mark.parametrize("kind", ["company", "institution"])
@pytest.mark.parametrize("address", ["/register/", "/transfer/", "/change/", "/offline/forms/register/"])
def test_a_companys_form_has_one_box_in_the_words_of_the_law(asked, address, kind):
    page = text(asked.get(f"{address}?kind={kind}"))

    assert boxes(page) == 1
    assert "The person who acts for the company showed: a sealed letter." in page
    assert page.count("and nothing of it.") == 1


def test_it_is_said_in_chinese_as_the_law_has_it(asked):
    asked.cookies["django_language"] = "zh-hans"

    assert "盖章的函件" in text(asked.get("/register/?kind=company"))


@pytest.mark.parametrize(
    "address", ["/register/", "/register/?kind=minor", "/terminate/", "/replace-sim/", "/offline/forms/register/?kind=individual"]
)  # fmt: skip
def test_no_other_page_asks_it(asked, address):
    assert boxes(text(asked.get(address))) == 0


@pytest.mark.parametrize("law", [REFERENCE, with_proof(read=False)])
def test_where_the_law_does_not_ask_there_is_no_box_and_a_posted_one_is_ignored(
    law_put_back, at_counter, law
):
    use_pack(law)
    number = fresh_number()

    for address in ("/register/", "/offline/forms/register/"):
        assert boxes(text(at_counter.get(f"{address}?kind=company"))) == 0
    answer = post(at_counter, "register", number, FIRM, **SHOWN)

    assert answer.status_code == 302
    assert "authority_shown" not in noted(number)
    assert SAID not in text(at_counter.get(answer["Location"]))


def test_the_receipt_and_the_ledger_say_that_it_was_shown(asked):
    number = fresh_number()

    answer = post(asked, "register", number, FIRM, **SHOWN)

    assert noted(number)["authority_shown"] is True
    assert SAID in text(asked.get(answer["Location"]))


@pytest.mark.parametrize("ticked", [{}, {BOX: ""}])
def test_without_the_tick_the_clerk_is_told_at_the_box_and_nothing_is_recorded(asked, ticked):
    number = fresh_number()

    answer = post(asked, "register", number, FIRM, query="?kind=company", **ticked)

    page = text(answer)
    assert answer.status_code == 422
    assert f'id="id_{BOX}_error"' in page
    assert "Ask for what the law names, and tick that it was shown." in page
    assert find_line(number) is None
    assert not [value for name, value in FIRM.items() if name != "document_type" and value in page]


def test_a_registration_asks_the_register_no_more_often_for_it(asked):
    assert post(asked, "register", fresh_number(), FIRM, **SHOWN).status_code == 302
    given = filled(asked, "register", fresh_number(), FIRM, **SHOWN)

    with CaptureQueriesContext(connections["default"]) as statements:
        answer = asked.post("/register/?kind=company", given)

    assert answer.status_code == 302
    assert len(statements) <= MOST


def test_what_waits_for_an_approver_keeps_that_it_was_shown(asked):
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    use_pack(with_proof(text=REFERENCE.replace(
        "\nretention:", '\ndual_control:\n  - {acts: [register], because: {article: "2 ¶1"}}\nretention:', 1
    )))  # fmt: skip
    supervisor, number = sign_in(StaffRole.SUPERVISOR, "boss"), fresh_number()

    sent = post(asked, "register", number, FIRM, **SHOWN)
    supervisor.post("/pending-approvals/", {"key": sent["Location"].split("/")[2], "approved": "yes"})
    process_all(worker_authority())

    assert noted(number)["authority_shown"] is True
