# SPDX-License-Identifier: EUPL-1.2
"""The counter's receipts: on the page, on a sheet, as a text, by their code; and a receipt against a missing record."""

import re
import urllib.parse

import pytest

from rollkeeper.kernel.database import rows
from rollkeeper.ledger import auditor, notes, receipts, signed_entry_timestamps
from rollkeeper.ledger.printouts.receipt_checker import check_page, policy
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.signed_entry_timestamps import vkey
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line
from tests.builders.lines import change_line
from tests.counter.conftest import ON
from tests.counter.test_pages import SECRET, key, post
from tests.registration.people import fresh_number


class Instance:
    staff_id = None
    commitment = "worker"


@pytest.fixture
def handed(at_counter):
    """A subscriber was just registered; the page of the receipt, and its code."""
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())
    page = at_counter.get(post(at_counter, "register", fresh_number())["Location"])
    return page, re.search(r"\b\d+-[0-9A-Z]{6}\b", page.content.decode())[0]


def checked(text, tmp_path):
    file = tmp_path / "receipt"
    file.write_text(text, "utf-8")
    return auditor.check_receipt(file, key=auditor.read_key(signed_entry_timestamps.vkey()))


def test_after_an_act_the_receipt_is_offered_on_paper_as_text_and_as_a_square(handed):
    page, code = handed
    text = page.content.decode()

    assert f"/receipts/{code}/pdf/" in text
    assert f"/receipts/{code}/text/" in text
    assert "data-print" in text
    (square,) = re.findall(r'src="data:image/svg\+xml,([^"]+)"', text)
    assert urllib.parse.unquote(square).startswith("<svg")
    assert '<path fill="#fff"' in urllib.parse.unquote(square)  # it is scanned off a dark page too


def test_the_page_says_of_a_registration_alone_that_it_outranks_the_register(handed, at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    shown = {name: SECRET[name] for name in ("document_type", "document_number")}
    ended = at_counter.get(post(at_counter, "terminate", number, **shown)["Location"])

    assert "outranks it" in handed[0].content.decode()
    assert "Receipt" in ended.content.decode()
    assert "outranks it" not in ended.content.decode()


def test_the_text_is_checked_offline_and_names_nobody(handed, at_counter, tmp_path):
    given = at_counter.get(f"/receipts/{handed[1]}/text/")

    assert "attachment" in given["Content-Disposition"]
    assert "no-store" in given["Cache-Control"]
    assert checked(given.content.decode(), tmp_path).entry.count("line:tenure:registered") == 1
    assert "Invented-Person" not in given.content.decode()


def test_the_sheet_is_a_pdf_called_by_its_code(handed, at_counter):
    given = at_counter.get(f"/receipts/{handed[1]}/pdf/")

    assert given.status_code in {200, 409}  # 409 where the machine lacks fonts, said in words
    if given.status_code == 200:
        assert given.content.startswith(b"%PDF")
        assert given["Content-Disposition"] == f'attachment; filename="receipt-{handed[1]}.pdf"'


def test_any_receipt_is_found_by_its_code_as_people_write_it(handed, at_counter):
    asked = {"submission_key": key(at_counter.get("/receipts/")), "code": f" {handed[1].lower()} "}

    found = at_counter.post("/receipts/", asked)
    page = at_counter.get(found["Location"]).content.decode()

    assert found["Location"] == f"/receipts/{handed[1]}/"
    assert "The subscriber of the line is registered." in page
    assert "still kept" in page


@pytest.mark.parametrize("code", ["4711", "1-AAAAAA", "<script>"])
def test_what_is_no_code_is_said_to_be_none_and_not_repeated(at_counter, code):
    asked = at_counter.post("/receipts/", {"submission_key": key(at_counter.get("/receipts/")), "code": code})

    assert asked.status_code == 422
    assert "code" in asked.content.decode()
    assert f'value="{code}"' not in asked.content.decode()


def test_a_former_subscriber_sees_that_the_record_was_erased(handed, at_counter):
    mark = receipts.find_by_code(handed[1]).entry
    append_entry(
        Instance(), verb=Verb.RECORD_ERASED, role="worker", on=ON, line_id=mark.line_id, pack="cd" * 32, article="5",
        facts={"erasure": str(mark.line_id), "ground": "service_ended", "last_day_kept": "2012-03-01"},
    )  # fmt: skip

    page = at_counter.get(f"/receipts/{handed[1]}/").content.decode()

    assert "Erased" in page
    assert "art. 5" in page
    assert "the legal retention period is over" in page
    assert "1 March 2012" in page
    assert "still kept" not in page


def test_a_receipt_that_the_register_lost_makes_the_line_disputed(at_counter):
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())
    number = fresh_number()
    post(at_counter, "register", number)
    change_line(find_line(number).line_id, is_registered=False)
    lost = receipts.receipt_of(
        rows(
            "SELECT max(entry_id) AS last FROM ledger_entry WHERE verb = %s", [Verb.TENURE_REGISTERED.value]
        )[0].last
    ).text
    asked = {"submission_key": key(at_counter.get("/dispute/")), "number": number, "receipt": lost}

    done = at_counter.post("/dispute/", asked)

    assert done.status_code == 302
    assert find_line(number).is_disputed
    assert (
        "A receipt was shown that contradicts the record."
        in at_counter.get(done["Location"]).content.decode()
    )


def test_a_forged_receipt_is_refused_beside_its_field_and_not_sent_back(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    forged = "rollkeeper-receipt@v1\nentry Zm9yZ2Vk\n\n\u2014 forger Zm9yZ2Vk\n"
    asked = {"submission_key": key(at_counter.get("/dispute/")), "number": number, "receipt": forged}

    done = at_counter.post("/dispute/", asked)

    assert done.status_code == 422
    assert "proves nothing" in done.content.decode()
    assert "Zm9yZ2Vk" not in done.content.decode()
    assert not find_line(number).is_disputed


def test_the_page_that_checks_receipts_is_open_to_everybody_under_its_own_policy(at_counter):
    at_counter.logout()

    given = at_counter.get("/check-receipt/")

    assert given.status_code == 200
    assert given.content.decode() == check_page(vkey() or "")
    assert given["Content-Security-Policy"].startswith(policy().split(";")[0])
    assert "frame-ancestors 'none'" in given["Content-Security-Policy"]


def test_nobody_gets_a_receipt_who_is_not_signed_in(handed, at_counter):
    at_counter.logout()

    assert at_counter.get(f"/receipts/{handed[1]}/").status_code == 302
    assert at_counter.get(f"/receipts/{handed[1]}/pdf/").status_code == 302
