# SPDX-License-Identifier: EUPL-1.2
"""A picture at the counter: it fills the form in, the copy comes back with it, and neither the picture nor a forgery is kept."""

import base64
import html
import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from rollkeeper.documents import form_prefill
from rollkeeper.documents.choices import DocumentType
from rollkeeper.documents.specimens.people import invent
from rollkeeper.documents.verdicts import Checked, Reason, Verdict
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.settings import data_dir as data_folder
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import find_line, tenures
from tests.builders.documents import passport_picture
from tests.counter.conftest import ON
from tests.counter.test_pages import fields, filled
from tests.documents.conftest import fonts  # noqa: F401 - without fonts no specimen can be drawn
from tests.registration.people import fresh_number, person

pytestmark = pytest.mark.usefixtures("fonts")

SEED = 11
WHO = invent(SEED)
HIDDEN = re.compile(r'<input type="hidden" name="(subscriber__\w+)" value="([^"]+)"')


@pytest.fixture(scope="module")
def picture() -> bytes:
    return passport_picture(SEED)


def read(client, data, *, action_kind="register", part="subscriber", by_script=True, name="passport.jpg"):
    file = io.BytesIO(data)
    file.name = name
    headers = {"HX-Request": "true"} if by_script else {}
    return client.post(
        f"/{action_kind}/read/{part}/", {"picture": file, "service": "mobile"}, headers=headers
    )


def given(page):
    """The fields of the fragment: hidden ones, and the values of the others."""
    found = dict(HIDDEN.findall(page))
    for name, value in re.findall(r'<input type="text" name="(subscriber__\w+)" value="([^"]*)"', page):
        found[name] = html.unescape(value)
    for name, options in re.findall(r'<select name="(subscriber__\w+)".*?>(.*?)</select>', page, re.DOTALL):
        found[name] = re.search(r'value="([^"]+)" selected', options).group(1)
    return found


@pytest.fixture(scope="module")
def proposed(picture):
    return proposal_of(picture)


def proposal_of(picture):
    """The form after one reading on the day, with a typed address."""
    reading = form_prefill.prefill(
        picture, name="passport.jpg", attributes=["name", "address", "document_type", "document_number"],
        pack=load_pack("cn-xz-2011"), purpose="Register", known=lambda kind: kind in DocumentType.values, on=ON,
    )  # fmt: skip
    return {f"subscriber__{name}": value for name, value in reading.values.items()} | {
        "subscriber__address": "Nowhere Road 99"
    }


def submit(client, number, proposed, **changes):
    return client.post("/register/", filled(client, "register", number) | fields() | proposed | changes)


def copies_of(number):
    held = tenures(find_line(number).line_id)[0]
    return [
        r.position
        for r in rows(
            "SELECT position FROM vault_copy WHERE tenure_id = %s ORDER BY position", [held.tenure_id]
        )
    ]


def test_a_reading_fills_the_part_in_and_shows_the_copy_that_will_be_kept(at_counter, picture, proposed):
    answer = read(at_counter, picture)

    page = answer.content.decode()
    found = given(page)
    assert found["subscriber__document_number"] == WHO.number
    assert (found["subscriber__document_type"], found["subscriber__document_state"]) == ("passport", "UTO")
    assert found["subscriber__name"] == " ".join(f"{WHO.surname} {WHO.given}".split())
    assert found["subscriber__read"] == proposed["subscriber__read"]
    assert 'src="data:image/jpeg;base64,' + found["subscriber__copy"][:100] in page
    assert "no-store" in answer["Cache-Control"]
    copy = Image.open(io.BytesIO(base64.b64decode(proposed["subscriber__copy"])))
    assert (copy.format, dict(copy.getexif())) == ("JPEG", {})


def test_what_was_read_and_confirmed_is_machine_read_and_its_copy_is_kept(at_counter, proposed):
    number = fresh_number()

    answer = submit(at_counter, number, proposed)

    assert answer.status_code == 302, answer.content.decode()
    assert tenures(find_line(number).line_id)[0].assurance == "machine_read"
    assert copies_of(number) == [0]
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:copy:kept'")
    assert '"copies":1' in str(entry.body)


def test_a_number_that_the_clerk_changed_counts_as_typed(at_counter, proposed):
    number = fresh_number()
    without = {name: one for name, one in proposed.items() if "__copy" not in name}

    submit(at_counter, number, without, subscriber__document_number="X7654321")

    assert tenures(find_line(number).line_id)[0].assurance == "checked"


def test_a_copy_of_one_persons_document_is_not_kept_with_anothers(at_counter, proposed):
    number = fresh_number()

    answer = submit(at_counter, number, proposed, subscriber__document_number="X7654321")

    assert answer.status_code == 422
    assert "a document with another number" in answer.content.decode()
    assert find_line(number) is None


@pytest.mark.parametrize(("reason", "is_kept"), [(Reason.EXPIRED, False), (Reason.CHECK_DIGIT, True)])
def test_a_number_that_was_read_with_doubts_may_be_corrected(monkeypatch, picture, reason, is_kept):
    read = form_prefill.read_and_redact

    def doubted(*args, **kwargs):
        found = read(*args, **kwargs)
        checked = Checked(Verdict.DOUBTFUL, found.proposal.checked.normalised, (reason,))
        return replace(found, proposal=replace(found.proposal, checked=checked))

    monkeypatch.setattr(form_prefill, "read_and_redact", doubted)
    made = proposal_of(picture)
    copy, mark = made["subscriber__copy"], made["subscriber__copy_mark"]

    assert len(form_prefill.copies_in(copy, mark, number=WHO.number, on=ON)) == 1
    assert bool(form_prefill.copies_in(copy, mark, number="X7654321", on=ON)) is is_kept


def test_what_was_typed_without_an_image_is_checked_and_has_no_copy(at_counter):
    number = fresh_number()

    submit(at_counter, number, fields(**person()))

    assert tenures(find_line(number).line_id)[0].assurance == "checked"
    assert copies_of(number) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda _: {"subscriber__copy_mark": "0" * 64},
        lambda _: {"subscriber__copy_mark": ""},
        lambda _: {"subscriber__copy": base64.b64encode(b"\xff\xd8 another picture").decode()},
        lambda p: {"subscriber__copy": p["subscriber__copy"] + "." + p["subscriber__copy"]},
        lambda _: {"subscriber__copy": "not base64"},
    ],
    ids=["mark", "no mark", "another", "twice", "nonsense"],
)
def test_a_copy_that_this_instance_did_not_make_is_refused_and_nothing_is_recorded(
    at_counter, proposed, spoilt
):
    number = fresh_number()

    answer = submit(at_counter, number, proposed, **spoilt(proposed))

    assert answer.status_code == 422
    assert "Have the picture read again" in answer.content.decode()
    assert find_line(number) is None
    assert proposed["subscriber__copy"][:60] not in answer.content.decode()


@pytest.mark.parametrize("by_script", [True, False])
def test_what_is_no_image_is_refused_beside_the_form(at_counter, by_script):
    answer = read(at_counter, b"%PDF-1.4 not really", by_script=by_script, name="tashi-lhamo.pdf")

    page = answer.content.decode()
    assert "The file cannot be read" in page
    assert "tashi" not in page
    assert answer.status_code == (200 if by_script else 422)
    assert answer.get("HX-Retarget") == ("#faults" if by_script else None)


def test_a_reading_without_an_image_asks_for_one(at_counter):
    answer = at_counter.post(
        "/register/read/subscriber/", {"service": "mobile"}, headers={"HX-Request": "true"}
    )

    assert "No picture was received" in answer.content.decode()


@pytest.mark.parametrize("part", ["bearer", "nobody"])
def test_a_part_that_does_not_belong_to_the_kind_is_not_there(at_counter, picture, part):
    assert read(at_counter, picture, part=part).status_code == 404


def test_without_scripts_the_whole_page_comes_with_the_proposals(at_counter, picture):
    answer = read(at_counter, picture, by_script=False)

    page = answer.content.decode()
    assert given(page)["subscriber__document_number"] == WHO.number
    assert "<h1" in page
    assert "no-store" in answer["Cache-Control"]


def test_the_image_lies_nowhere_in_the_instance(at_counter, picture, proposed):
    submit(at_counter, fresh_number(), proposed)

    found = [
        file for file in data_folder().rglob("*") if file.is_file() and picture[200:260] in file.read_bytes()
    ]
    assert found == []
    kept = [file for file in (data_folder() / "documents").rglob("*") if file.is_file()]
    assert kept
    assert not any(b"JFIF" in file.read_bytes() for file in kept)
