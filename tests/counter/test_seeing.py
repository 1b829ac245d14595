# SPDX-License-Identifier: EUPL-1.2
"""At the counter the document of an application is seen: the receipt comes, and nothing that was given is shown."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import sweep_authority
from rollkeeper.captures.settling import settle_all
from rollkeeper.counter import seeing
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.changes import activate_line
from rollkeeper.lines.states import Service
from rollkeeper.rights.applying import Applied, held_key, marks_of
from rollkeeper.vault.capture_keys import key_to_seal_to, proved_half, renew_capture_keys, seal_capture
from tests.counter.conftest import ON
from tests.rights.people import PERSON

FREE = "+8613908917777"
SEEN = {
    "number": FREE, "document_type": "passport", "document_state": "NPL", "document_number": PERSON["document_number"],
    "name": PERSON["name"], "submission_key": "seen-at-the-counter",
}  # fmt: skip


@pytest.fixture
def waits(at_counter, monkeypatch):
    """An application that waits, and a carrier who is there at once."""
    renew_capture_keys(sweep_authority(), lasts_days=7, on=ON)
    line_id, application_id = activate_line(FREE, service=Service.MOBILE, on=dt.date(2010, 5, 1)), new_uuid()
    key = key_to_seal_to()
    sealed = seal_capture(
        proved_half(key.key_id, key.public_key, key.signature), Applied(PERSON, (), "en", was_read=False, number=FREE).packed(),
        submission_key=held_key(application_id), ticket_id=application_id,
    )  # fmt: skip
    document, name = marks_of(
        application_id,
        document=(PERSON["document_type"], PERSON["document_number"]),
        name=PERSON["name"],
        on=ON,
    )
    run(
        "INSERT INTO rights_application (line_id, application_id, key_id, sealed, document_mark, name_mark, made_on, until, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'held')",
        [line_id, application_id, key.key_id, sealed, document, name, ON, ON + dt.timedelta(days=14)],
    )
    before = seeing.outcome_of

    def outcome(key):
        settle_all(sweep_authority())
        return before(key)

    monkeypatch.setattr(seeing, "outcome_of", outcome)
    return line_id


def test_who_saw_the_document_gets_the_receipt_and_never_what_was_given(at_counter, waits):
    page = at_counter.get("/seen/").content.decode()
    answer = at_counter.post("/seen/", SEEN)
    again = at_counter.post("/seen/", SEEN)
    receipt = at_counter.get(answer.headers["Location"]).content.decode()

    assert "data-capture" not in page
    assert answer.headers["Location"] == again.headers["Location"] == "/receipt/seen-at-the-counter/"
    assert str(waits) in receipt
    assert not any(value in receipt for value in PERSON.values())


def test_another_name_is_said_to_match_nothing_whichever_was_wrong(at_counter, waits):
    pages = [
        at_counter.post("/seen/", SEEN | wrong).content.decode()
        for wrong in ({"name": "Another Name"}, {"document_number": "X7654321"})
    ]

    assert all("No application of that document and name waits" in page for page in pages)


def test_where_it_is_refused_after_all_the_clerk_is_told_why(at_counter, waits):
    run("UPDATE lines_line SET is_registered = true WHERE line_id = %s", [waits])

    page = at_counter.post("/seen/", SEEN).content.decode()

    assert "cannot be recorded" in page
    assert json.dumps(PERSON["name"])[1:-1] not in page
