# SPDX-License-Identifier: EUPL-1.2
"""What pages ask of the vault service about disclosure requests and accounts is done there, in the service's own role."""

import base64
import json
from pathlib import Path

import pyrage
import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from rollkeeper.access.roles import StaffRole
from rollkeeper.disclosures import services
from rollkeeper.disclosures.authorities import fingerprint
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.vault import client
from rollkeeper.vault.hooks import STAFF_OPERATIONS
from tests.builders.staff import employ
from tests.disclosures.conftest import DAY, ON, PASSWORD, SCAN
from tests.selfcare.people import NUMBER
from tests.vault.running_service import start

__all__ = ["start"]


@pytest.fixture
def at_service(instance, start):
    """Everybody, and the service in its own role; `at_service.by` signs a person in there."""
    cache.clear()
    instance.register_line()
    start()
    instance.by = lambda name: client.sign_in(name, PASSWORD, str)
    return instance


def entered(at_service):
    """Return a request that was entered through the service and approved by two people at the back office."""
    said = at_service.by("clerk").ask(
        "enter-disclosure", authority=str(at_service.court), instrument="warrant", reference="2012 no. 17",
        file=base64.b64encode(SCAN).decode(), fields=["name"], number=NUMBER, held_on=ON, held_at=None, received_on=ON,
        expires_on=ON + 90 * DAY,
    )  # fmt: skip
    for name in ("supervisor", "officer"):
        services.approve_disclosure(at_service.who[name], said, number=NUMBER, held_on=ON, on=ON)
    return said


def answered(at_service, disclosure):
    given = at_service.by("officer").ask(
        "answer-disclosure",
        disclosure=disclosure,
        second=at_service.by("supervisor").token,
        number=NUMBER,
        held_on=ON,
    )
    return json.loads(pyrage.decrypt(base64.b64decode(given["sealed"]), [at_service.key]))


def owed():
    return [row.kind for row in rows("SELECT kind FROM notices_notice WHERE kind = 'disclosed'")]


def test_a_request_is_entered_answered_and_delivered_in_the_services_role(at_service):
    disclosure = entered(at_service)

    instrument = at_service.by("officer").ask("read-instrument", disclosure=disclosure)
    answer = answered(at_service, disclosure)
    at_service.by("officer").ask("record-delivery", disclosure=disclosure)

    assert base64.b64decode(instrument) == SCAN
    assert answer["fields"] == {"name": "Invented Person"}
    assert owed() == ["disclosed"]


def test_a_deferred_notification_is_agreed_on_in_the_services_role(at_service):
    disclosure, deferral = entered(at_service), {"until": ON + 10 * DAY, "because": "investigation"}

    agreed = [
        at_service.by(name).ask("defer-notification", disclosure=disclosure, **deferral)
        for name in ("supervisor", "officer")
    ]
    answer = answered(at_service, disclosure)

    assert agreed == [False, True]
    assert answer["held"] is True
    assert owed() == []


def test_an_authority_is_proposed_approved_and_removed_in_the_services_role(at_service):
    public = str(pyrage.x25519.Identity.generate().to_public())

    made = at_service.by("supervisor").ask(
        "propose-authority", title="Another Court", kind="court", key=public, valid_until=ON + 300 * DAY
    )
    at_service.by("officer").ask("approve-authority", authority=made, read_out=fingerprint(public))
    at_service.by("officer").ask("remove-authority", authority=made)

    (found,) = rows(
        "SELECT approved_on, removed_on FROM disclosures_authority WHERE authority_id = %s", [made]
    )
    assert (found.approved_on, found.removed_on) == (ON, ON)


@pytest.mark.parametrize(
    ("kind", "is_refused"), [("disclosed", False), ("terminated", True), ("restored", True)]
)
def test_the_services_role_owes_no_notice_but_that_of_a_disclosure(register, as_role, kind, is_refused):
    owing = (
        "INSERT INTO notices_notice (line_id, notice_id, kind, language, pack_hash, queued_on)"
        " VALUES (uuidv7(), uuidv7(), %s, 'en', '', '2012-03-02')"
    )

    with as_role("vault_service"):
        try:
            with transaction.atomic():
                run(owing, [kind])
            said = ""
        except DatabaseError as fault:
            said = str(fault)

    assert ("notices_notice_not_of_this_role" in said) is is_refused, said


@pytest.fixture
def administrator(at_service, hashed):
    """An administrator who signed in at the service."""
    at_service.who["admin"] = employ(StaffRole.ADMINISTRATOR, username="admin-1", password=hashed, since=ON)
    return lambda operation, **values: at_service.by("admin-1").ask(operation, **values)


def roles_of(username):
    found = rows(
        "SELECT g.role, g.until FROM access_rolegrant g JOIN access_staff s USING (staff_id) WHERE s.username = %s",
        [username],
    )
    return sorted(row.role for row in found if row.until is None)


def test_an_account_is_made_changed_and_opened_again_in_the_services_role(administrator):
    code = administrator("invite-staff", username="new-1", roles=["clerk"], address="")
    administrator("grant-role", username="new-1", role="supervisor")
    administrator("end-role", username="new-1", role="clerk")
    again = administrator("invite-again", username="new-1", address="")
    run("UPDATE access_staff SET is_active = false WHERE username = 'new-1'")
    administrator("reinstate-staff", username="new-1")

    assert len({code, again, ""}) == 3
    assert roles_of("new-1") == ["supervisor"]
    assert rows("SELECT is_active FROM access_staff WHERE username = 'new-1'")[0].is_active


def test_what_a_subscriber_allows_is_opened_for_the_auditor_in_the_services_role(at_service, hashed):
    auditor = employ(StaffRole.AUDITOR, username="auditor-1", password=hashed, since=ON)
    (held,) = rows("SELECT line_id, tenure_id FROM lines_tenure")
    run(
        "INSERT INTO selfcare_consent (line_id, consent_id, tenure_id, sample_id, auditor_id, fields, asked_on, answer_by, agreed_on, through)"
        " VALUES (%s, %s, %s, uuidv7(), %s, ARRAY['name'], %s, %s, %s, %s)",
        [held.line_id, consent := new_uuid(), held.tenure_id, auditor.staff_id, ON, ON, ON, ON + DAY],
    )

    shown = at_service.by("auditor-1").ask("open-with-consent", consent=str(consent))

    assert shown == {"name": "Invented Person"}


def test_every_operation_that_pages_ask_of_the_service_is_tried_in_its_role():
    here = Path(__file__).parents[1]
    tried = "".join(
        (here / one).read_text("utf-8")
        for one in (
            "disclosures/test_at_the_service.py",
            "operations/test_vault_process.py",
            "vault/test_vault_service.py",
        )
    )

    assert [name for name, _ in STAFF_OPERATIONS.each_by_key() if f'"{name}"' not in tried] == []
