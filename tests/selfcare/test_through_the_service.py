# SPDX-License-Identifier: EUPL-1.2
"""Workers without keys: what they do for subscribers, and notify them of, is opened by the vault service, since it is due."""

import threading

import pytest
from django.db import transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.notices.services import send_due
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.selfcare.rules import normalise_name
from rollkeeper.subscribers.queries import document_index
from rollkeeper.vault import epochs
from rollkeeper.vault.blind_index import blind_once
from rollkeeper.vault.canaries import open_alarms
from tests.builders.lines import make_sealed_line
from tests.notices.fakes import Way
from tests.notices.people import ON as DAY
from tests.notices.people import tell
from tests.selfcare.conftest import answering
from tests.selfcare.people import PERSON, ask, register_line, session, work_off
from tests.vault.running_service import start

__all__ = ["start"]


@pytest.fixture
def portal(committed, telephone, monkeypatch, start):
    """A portal whose worker has no keys, and the vault service."""
    line_id = register_line()
    here = threading.get_ident()
    start()
    monkeypatch.setattr(epochs, "must_ask", lambda: threading.get_ident() == here)
    answering(telephone, monkeypatch)
    # As in truth, where it is another process, it sees what is committed.
    monkeypatch.setattr(portal_client, "_wake_worker", lambda: transaction.on_commit(work_off))
    return telephone, line_id


def verified(token):
    request_id = new_uuid()
    given = {
        "document": document_index([(PERSON["document_type"], PERSON["document_number"])])[0].hex(),
        "name": blind_once(request_id, normalise_name(PERSON["name"])).hex(),
    }
    said = portal_client.send_request(
        token, PortalRequestKind.VERIFY, language="en", payload=given, request_id=request_id
    )
    assert said.get("done", said).get("verified"), said
    return token


def test_a_code_reaches_the_line_and_the_verified_subscriber_reads_what_is_recorded(portal):
    telephone, _ = portal

    token = verified(session(telephone))
    shown = ask(token, PortalRequestKind.EXPORT)

    assert "Invented Person" in str(shown)
    assert not open_alarms()
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")) >= 3


def test_before_the_second_proof_the_service_opens_no_value_of_the_person(portal):
    telephone, _ = portal

    shown = ask(session(telephone), PortalRequestKind.EXPORT)

    assert "Invented Person" not in str(shown)


def test_a_notice_that_is_due_reaches_its_number(portal):
    clock.set_demo_date(DAY)
    way = Way()
    tell(make_sealed_line())

    sent = send_due(worker_authority(), on=DAY, by_channel={Channel.SMS: way})

    assert (sent.accepted, way.addresses) == (1, ["+8613900001234"])
    assert not open_alarms()
