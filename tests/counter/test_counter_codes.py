# SPDX-License-Identifier: EUPL-1.2
"""On the counter's pages a code that is read out takes the place of the number, and nothing else is learnt by it."""

import re

from rollkeeper.access.authority import worker_authority
from rollkeeper.lines.counter_codes import issue_code
from rollkeeper.lines.queries import current_tenure, find_line
from tests.counter.conftest import ON
from tests.counter.test_pages import SECRET, fields, key, post
from tests.registration.people import fresh_number


def found(client, number):
    code = issue_code(worker_authority(), find_line(number).line_id, on=ON)
    return client.post("/by-code/", {"code": f"{code[:3]} {code[3:]}"}).content.decode()


def test_the_page_says_where_the_line_stands_and_leads_on_without_its_number(at_counter):
    number = fresh_number()
    post(at_counter, "register", number, double_checked="on")

    page = found(at_counter, number)
    form = at_counter.get("/replace-sim/").content.decode()
    hand = re.search(r'name="number" value="(handle:[0-9a-f-]{36})"', form).group(1)
    shown = {"document_type": SECRET["document_type"], "document_number": SECRET["document_number"]}
    done = at_counter.post(
        "/replace-sim/",
        {
            "submission_key": re.search(r'submission_key" value="([^"]+)"', form).group(1),
            "number": hand,
            **shown,
        },
    )

    assert "In service" in page
    assert number not in page
    assert 'id="id_number"' not in form
    assert done.status_code == 302


def test_a_record_is_changed_for_the_line_in_the_hand_and_a_fault_keeps_it(at_counter):
    number = fresh_number()
    post(at_counter, "register", number, double_checked="on")
    found(at_counter, number)
    address = "/change/"
    hand = re.search(r'name="number" value="(handle:[^"]+)"', at_counter.get(address).content.decode()).group(
        1
    )
    before = current_tenure(find_line(number).line_id).tenure_id

    def sent(**changes):
        given = {"submission_key": key(at_counter.get(address)), "number": hand, "language": "en"}
        return at_counter.post(address, given | fields(**SECRET | changes) | {"double_checked": "on"})

    faulty = sent(name="")
    assert faulty.status_code == 422
    assert hand in faulty.content.decode()
    assert sent(address="Another Road 3").status_code == 302
    assert current_tenure(find_line(number).line_id).tenure_id != before


def test_a_wrong_code_is_refused_beside_its_field_and_not_repeated(at_counter):
    page = at_counter.post("/by-code/", {"code": "4711471147"})

    assert page.status_code == 422
    assert "That code is not valid" in page.content.decode()
    assert "4711471147" not in page.content.decode()
