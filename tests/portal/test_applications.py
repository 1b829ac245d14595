# SPDX-License-Identifier: EUPL-1.2
"""The page on which a line is registered remotely: read, compared, confirmed, sealed; and nothing of it shown or kept before."""

import datetime as dt
import html
import io
import re

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.documents.specimens.people import invent
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.law.attributes import LINE_ATTRIBUTES
from rollkeeper.lines.models import Line
from rollkeeper.lines.queries import find_line
from rollkeeper.registration.services import register_subscriber
from rollkeeper.selfcare.applications import ApplicationData
from rollkeeper.vault.offline_keys import renew_offline_keys
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.documents import passport_picture
from tests.builders.lines import activate_line
from tests.builders.packs import REFERENCE, use_pack, with_line_attributes
from tests.documents.conftest import fonts  # noqa: F401 - without fonts no specimen can be drawn
from tests.pages import text
from tests.registration.conftest import limited  # noqa: F401 - the same limits as at the counter
from tests.selfcare.people import ON, PERSON

FREE = "+8613908917777"
WHO = invent(11)
GIVEN = {
    "name": PERSON["name"], "address": PERSON["address"], "document_type": "passport", "document_state": "NPL",
    "document_number": PERSON["document_number"], "confirmed": "on",
}  # fmt: skip
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def inside(browser, come_in):
    """A person with an unregistered line in hand."""
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    activate_line(FREE, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    return come_in(FREE)


@pytest.fixture(scope="module")
def picture(fonts) -> bytes:  # noqa: F811
    return passport_picture(11)


def key_of(page):
    return re.search(r'name="key" value="([0-9a-f-]{36})"', page)[1]


def read(browser, data, **headers):
    file = io.BytesIO(data)
    file.name = "passport.jpg"
    return browser.post("/register/read/", {"picture": file}, headers=headers)


def fields_in(page):
    found = dict(re.findall(r'<input type="hidden" name="(read|copy|copy_mark)" value="([^"]+)"', page))
    found |= {
        n: html.unescape(v) for n, v in re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page)
    }
    return found | {"document_type": re.search(r'value="([^"]+)" selected', page)[1]}


def test_the_line_in_the_hand_offers_to_be_registered_and_every_field_says_why(inside):
    assert 'href="/register/"' in text(inside.get("/lines/"))

    page = text(inside.get("/register/"))

    assert page.count("Why is this asked?") == 4
    assert "art. 2 ¶1" in page
    assert "art. 4 ¶1" in page


def test_what_was_confirmed_is_held_and_the_line_says_until_when(inside):
    key = key_of(text(inside.get("/register/")))

    answer = inside.post("/register/", GIVEN | {"key": key})
    again = inside.post("/register/", GIVEN | {"key": key})

    assert (answer.status_code, again.status_code) == (302, 302)
    assert len(rows("SELECT FROM selfcare_application WHERE state = 'pending'")) == 1
    page = text(inside.get("/lines/"))
    assert "16 March 2012" in page
    assert 'href="/register/"' not in page
    held = text(inside.get("/personal-data/"))
    assert "Your entries wait through 16 March 2012" in held
    assert "No personal data is held" not in held


def test_an_image_fills_the_form_without_a_script_and_its_copy_waits(inside, picture):
    page = text(read(inside, picture))

    found = fields_in(page)
    assert (found["document_number"], found["document_type"], found["document_state"]) == (
        WHO.number,
        "passport",
        "UTO",
    )
    assert 'src="data:image/jpeg;base64,' in page
    answer = inside.post(
        "/register/", found | {"key": key_of(page), "address": "Nowhere Road 99", "confirmed": "on"}
    )
    assert answer.status_code == 302, text(answer)
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'selfcare:application:submitted'")
    assert '"machine_read":true' in entry.body


def test_a_script_gets_the_form_alone_and_a_fault_beside_what_was_typed(inside, picture):
    fragment = text(read(inside, picture, **SCRIPT))
    faulty = inside.post("/register/", GIVEN | {"key": key_of(fragment), "address": ""}, headers=SCRIPT)

    assert fragment.startswith('<form id="record"')
    assert "<html" not in text(faulty)
    assert faulty.headers["HX-Retarget"] == "#faults"
    # The script takes the title out of what it gets: a reader who hears the title alone knows whether something is wrong.
    assert text(faulty).rstrip().endswith("<title>Error: Register this line – Rollkeeper</title>")
    assert fragment.rstrip().endswith("<title>Register this line – Rollkeeper</title>")


@pytest.mark.parametrize(
    "wrong", [{"address": ""}, {"confirmed": ""}, {"copy": "bm90aGluZw==", "copy_mark": "00"}]
)
def test_what_was_typed_is_not_drawn_again_with_a_fault(inside, wrong):
    key = key_of(text(inside.get("/register/")))

    answer = inside.post("/register/", GIVEN | {"key": key} | wrong)

    assert answer.status_code == 422
    assert not any(
        value in text(answer) for value in (PERSON["name"], PERSON["document_number"], PERSON["address"])
    )
    assert rows("SELECT FROM selfcare_application") == []


def test_a_doubtful_number_is_accessed_twice_and_is_no_wall(inside):
    key = key_of(text(inside.get("/register/")))
    odd = GIVEN | {"key": key, "document_number": "ODDNUMBER"}

    assert inside.post("/register/", odd).status_code == 422
    assert inside.post("/register/", odd | {"double_checked": "on"}).status_code == 302


def test_what_is_no_image_is_refused_with_a_word_and_uses_up_one(inside):
    answer = read(inside, b"no picture at all")

    assert answer.status_code == 422
    (session,) = rows("SELECT images_left FROM selfcare_portalsession")
    assert session.images_left == 9


def test_nothing_of_it_lies_in_an_ask_or_on_the_page_afterwards(inside):
    inside.post("/register/", GIVEN | {"key": key_of(text(inside.get("/register/")))})

    assert rows("SELECT FROM selfcare_portalrequest") == []
    assert PERSON["name"] not in text(inside.get("/lines/"))


@pytest.mark.parametrize(("payment", "is_asked"), [("prepaid", True), ("unknown", True), ("postpaid", False)])
def test_a_law_of_prepaid_lines_asks_nothing_remotely_of_others(inside, law_put_back, payment, is_asked):
    services = "    - services: [mobile, data_card, fixed_line]\n"
    without_cases = REFERENCE[: REFERENCE.index("\ntests:")]  # their lines do not say how they are paid
    use_pack(without_cases.replace(services, f"{services}      payment: prepaid\n", 1))
    Line.objects.filter(line_id=find_line(FREE).line_id).update(payment=payment)

    page = text(inside.get("/register/", follow=True))

    assert ("Why is this asked?" in page) is is_asked
    assert ("Nothing may be recorded." in page) is not is_asked


@pytest.mark.parametrize(("payment", "is_held"), [("prepaid", True), ("unknown", True), ("postpaid", False)])
def test_a_document_that_a_law_has_seen_of_prepaid_lines_is_not_waited_for_of_others(
    inside, law_put_back, payment, is_held
):
    seen = "      - method: sight\n"
    use_pack(REFERENCE.replace(seen, f"{seen}        payment: prepaid\n"))
    Line.objects.filter(line_id=find_line(FREE).line_id).update(payment=payment)
    key = key_of(text(inside.get("/register/")))

    assert inside.post("/register/", GIVEN | {"key": key}).status_code == 302

    (found,) = rows("SELECT state FROM selfcare_application")
    assert found.state == ("pending" if is_held else "registered")


@pytest.mark.parametrize("is_older", [True, False])
@pytest.mark.parametrize(("said", "is_held"), [("2", True), ("3", False), ("", False), ("-1", False)])
def test_who_registers_remotely_says_how_many_lines_they_have_elsewhere(
    inside,
    limited,  # noqa: F811
    said,
    is_held,
    is_older,
):
    limited("what: lines, group: person, scope: national, kind: stock, n: 3, over: refuse")
    if not is_older:
        Line.objects.filter(line_id=find_line(FREE).line_id).update(activated_on=ON)
    page = text(inside.get("/register/"))

    came = inside.post("/register/", GIVEN | {"key": key_of(page), "lines_elsewhere": said})

    assert ("How many other lines do you have, with all operators together?" in page) is not is_older
    assert ("compared with the limit and not recorded" in page) is not is_older
    assert (came.status_code == 302) == (is_held or is_older)
    assert bool(rows("SELECT FROM selfcare_application")) == (is_held or is_older)
    if said == "3" and not is_older:
        assert "with all operators together, and this would be one more" in text(came)
        assert not re.search(r'name="lines_elsewhere"[^>]*value="3"', text(came))


def test_remotely_is_asked_of_a_line_what_its_subscriber_can_know(inside, law_put_back):
    use_pack(with_line_attributes(*(f'name: {name}, required: "yes"' for name in LINE_ATTRIBUTES)))

    page = text(inside.get("/register/"))
    without = inside.post(
        "/register/", GIVEN | {"key": key_of(page), "installation_address": "Nowhere Road 99"}
    )
    answer = inside.post(
        "/register/", GIVEN | {"key": key_of(page), "iccid": "8986041000000000003", "installation_address": "Nowhere Road 99"}
    )  # fmt: skip

    assert [f'name="{name}"' in page for name in LINE_ATTRIBUTES] == [True, False, False, True]
    assert "Number of the SIM card (ICCID)" in page
    assert (without.status_code, answer.status_code) == (422, 302)


@pytest.mark.parametrize("document_seen", [False, True])
def test_a_remote_application_is_not_refused_for_what_the_operator_alone_knows(
    register, law_put_back, document_seen
):
    use_pack(with_line_attributes('name: iccid, required: "yes"', 'name: point_of_sale, required: "yes"'))
    begin_first_epoch()
    given = {name: value for name, value in GIVEN.items() if name not in {"confirmed", "document_state"}}
    applied = ApplicationData(
        given | {"iccid": "8986041000000000003"}, (), "en", machine_read=False, number=FREE
    )

    receipt = register_subscriber(
        console_authority(), applied.submission(str(new_uuid()), document_seen=document_seen), on=ON
    )

    fields = rows(
        "SELECT field FROM vault_sealed JOIN lines_tenure USING (person_id, tenure_id) WHERE line_id = %s",
        [receipt.line_id],
    )
    assert {one.field for one in fields} == {*given, "iccid"}
