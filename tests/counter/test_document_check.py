# SPDX-License-Identifier: EUPL-1.2
"""At the counter the document of an application is seen: the receipt comes, and nothing that was given is shown."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.counter import document_check
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.offline.remote_applications import settle_applications
from rollkeeper.registration.receipts import kept_with
from rollkeeper.selfcare.applications import ApplicationData, application_marks, pending_key
from rollkeeper.vault.offline_keys import (
    current_offline_key,
    renew_offline_keys,
    seal_offline,
    verified_sealer,
)
from tests.builders.lines import activate_line, change_line
from tests.counter.conftest import ON
from tests.selfcare.people import PERSON

FREE = "+8613908917777"
SEEN = {
    "number": FREE, "document_type": "passport", "document_state": "NPL", "document_number": PERSON["document_number"],
    "name": PERSON["name"], "submission_key": "0b9d3c52-7b3a-4a51-9d7c-2f6a1f2f7c11",
}  # fmt: skip


@pytest.fixture
def waits(at_counter, monkeypatch):
    """An application that waits, and an offline worker who is there at once."""
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    line_id, application_id = activate_line(FREE, service=Service.MOBILE, on=dt.date(2010, 5, 1)), new_uuid()
    key = current_offline_key()
    sealed = seal_offline(
        verified_sealer(key.key_id, key.public_key, key.signature), ApplicationData(PERSON, (), "en", machine_read=False, number=FREE).packed(),
        submission_key=pending_key(application_id), ticket_id=application_id,
    )  # fmt: skip
    document, name = application_marks(
        application_id,
        document=(PERSON["document_type"], PERSON["document_number"]),
        name=PERSON["name"],
        on=ON,
    )
    run(
        "INSERT INTO selfcare_application (line_id, application_id, key_id, sealed, document_mark, name_mark, made_on, until, state)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'pending')",
        [line_id, application_id, key.key_id, sealed, document, name, ON, ON + dt.timedelta(days=14)],
    )
    before = document_check.outcome_of

    def outcome(key):
        run("SET ROLE worker")
        with kept_with(lambda: None):  # in the worker's own process no session of a clerk is in hand
            settle_applications(worker_authority())
        run("SET ROLE counter")
        return before(key)

    monkeypatch.setattr(document_check, "outcome_of", outcome)
    return line_id


def test_who_saw_the_document_gets_the_receipt_and_never_what_was_given(at_counter, waits):
    page = at_counter.get("/document-check/").content.decode()
    answer = at_counter.post("/document-check/", SEEN)
    again = at_counter.post("/document-check/", SEEN)
    receipt = at_counter.get(answer.headers["Location"]).content.decode()

    assert 'data-offline="' not in page
    assert answer.headers["Location"] == again.headers["Location"] == f"/receipt/{SEEN['submission_key']}/"
    assert f"+86 … {SEEN['number'][-4:]}" in receipt
    assert str(waits) not in receipt
    assert not any(value in receipt for value in PERSON.values())


def test_another_name_is_said_to_match_nothing_whichever_was_wrong(at_counter, waits):
    pages = [
        at_counter.post("/document-check/", SEEN | wrong).content.decode()
        for wrong in ({"name": "Another Name"}, {"document_number": "X7654321"})
    ]

    assert all("No application with that document and name is waiting" in page for page in pages)


def test_where_it_is_refused_after_all_the_clerk_is_told_why(at_counter, waits):
    change_line(waits, is_registered=True)

    page = at_counter.post("/document-check/", SEEN).content.decode()

    assert "cannot be recorded" in page
    assert json.dumps(PERSON["name"])[1:-1] not in page
