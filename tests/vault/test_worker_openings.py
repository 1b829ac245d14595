# SPDX-License-Identifier: EUPL-1.2
"""Workers have the vault service open for them: only what a row of the register justifies, and only so much a day."""

import datetime as dt
import threading
from uuid import uuid4

import pytest

from rollkeeper.access.authority import subscriber_authority, worker_authority
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import Role, rows, run
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.settings import write_settings
from rollkeeper.operations.bootstrap import set_limits
from rollkeeper.vault import client, epochs, service
from rollkeeper.vault.canaries import AlarmAbout, open_alarms
from rollkeeper.vault.errors import (
    TOKEN_REFUSED,
    TOO_MANY_OPENINGS,
    VAULT_OPENING_UNJUSTIFIED,
    VAULT_OUT_OF_REACH,
    VAULT_REQUEST_REFUSED,
    CannotOpen,
    KeyServiceRefused,
    RootMissing,
)
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.offline_keys import current_offline_key, open_offline, renew_offline_keys, seal_offline
from rollkeeper.vault.services import open_line_values, open_sealed, seal_line_values, seal_persons
from rollkeeper.vault.wire import PublicSealer
from tests.builders.commands import make_command
from tests.builders.lines import change_line, make_line, make_tenure
from tests.entries import entries
from tests.refusals import refusing
from tests.vault.conftest import person
from tests.vault.running_service import start

__all__ = ["start"]

pytestmark = pytest.mark.usefixtures("committed")

ON = dt.date(2012, 3, 2)
NUMBER = "+8613900001234"


@pytest.fixture
def worker(start, monkeypatch):
    """Be a worker without keys, in this thread; the service, in others, has them."""
    here, keys = threading.get_ident(), epochs.may_open
    start()

    def begin():
        monkeypatch.setattr(epochs, "may_open", lambda: threading.get_ident() != here and keys())
        monkeypatch.setattr(epochs, "this_role", lambda: Role.WORKER)

    return begin


def a_line():
    """A line with a sealed number; return both."""
    line_id = make_line()
    (sealed,) = seal_line_values(LineField.NUMBER, [(LineId(line_id), NUMBER)])
    change_line(line_id, number_sealed=sealed)
    return LineId(line_id), sealed


def number_of(pairs, purpose=Purpose.NETWORK, authority=None):
    opened = open_line_values(
        authority or worker_authority(), LineField.NUMBER, pairs, purpose=purpose, on=ON
    )
    return [one.reveal() for one in opened]


def commanded(line_id):
    make_command("bar", line_id=line_id)
    run("UPDATE provisioning_command SET claimed_by = 1 WHERE line_id = %s", [line_id])


def test_a_worker_gets_the_number_that_a_command_needs_and_the_ledger_knew_before(worker):
    line_id, sealed = a_line()
    commanded(line_id)
    worker()

    assert number_of([(line_id, sealed)]) == [NUMBER]
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert '"purpose":"network"' in entry.body


def test_a_worker_gets_the_value_of_now_and_none_out_of_an_older_register(worker):
    line_id, older = a_line()
    (newer,) = seal_line_values(LineField.NUMBER, [(line_id, "+8613900005678")])
    change_line(line_id, number_sealed=newer)
    commanded(line_id)
    worker()

    assert number_of([(line_id, older)]) == ["+8613900005678"]


def test_a_worker_gets_no_value_that_the_register_has_not_any_more(worker):
    line_id, older = a_line()
    change_line(line_id, number_sealed=None)
    commanded(line_id)
    worker()

    with pytest.raises(CannotOpen):
        number_of([(line_id, older)])


def test_a_command_to_the_network_opens_a_number_and_no_address(worker):
    line_id, _ = a_line()
    (contact,) = seal_line_values(LineField.CONTACT, [(line_id, "someone@example.invalid")])
    change_line(line_id, contact_sealed=contact, contact_kind="email")
    commanded(line_id)
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED):
        open_line_values(
            worker_authority(), LineField.CONTACT, [(line_id, contact)], purpose=Purpose.NETWORK, on=ON
        )


def a_line_with_a_claimed_notice(channel):
    """Return a line, its sealed number and its sealed e-mail address; a worker has claimed a notice to it."""
    line_id, sealed = a_line()
    (contact,) = seal_line_values(LineField.CONTACT, [(line_id, "someone@example.invalid")])
    change_line(line_id, contact_sealed=contact, contact_kind="email")
    run(
        "INSERT INTO notices_notice (line_id, kind, language, state, channel, queued_on, pack_hash, claimed_by)"
        " VALUES (%s, 'terminated', 'en', 'queued', %s, %s, '00', 1)",
        [line_id, channel, ON],
    )
    return line_id, sealed, contact


@pytest.mark.parametrize(
    ("channel", "needed", "other"),
    [("sms", "number", "contact"), ("voice", "number", "contact"), ("email", "contact", "number"), ("post", "contact", "number")],
)  # fmt: skip
def test_a_notice_opens_what_its_channel_needs_and_not_the_other(worker, channel, needed, other):
    line_id, sealed, contact = a_line_with_a_claimed_notice(channel)
    worker()

    def look(name):
        field, envelope = LineField(name), {"number": sealed, "contact": contact}[name]
        return open_line_values(
            worker_authority(), field, [(line_id, envelope)], purpose=Purpose.NOTICE, on=ON
        )

    assert look(needed)[0].is_readable
    with refusing(VAULT_OPENING_UNJUSTIFIED):
        look(other)


def test_a_worker_that_changes_a_notices_channel_gets_the_other_value_too(worker):
    """It sends notices, so it chooses their channels: SECURITY.md says what it gets."""
    line_id, sealed, _ = a_line_with_a_claimed_notice("email")
    worker()
    with database.connect(stores.REGISTER, Role.WORKER) as attacker:
        attacker.execute("UPDATE notices_notice SET channel = 'sms' WHERE line_id = %s", [line_id])

    (value,) = open_line_values(
        worker_authority(), LineField.NUMBER, [(line_id, sealed)], purpose=Purpose.NOTICE, on=ON
    )
    assert value.is_readable


@pytest.mark.parametrize("purpose", [Purpose.NETWORK, Purpose.NOTICE, Purpose.SUBSCRIBER_REQUEST])
def test_ten_thousand_values_without_a_reason_stay_closed_and_raise_an_alarm(worker, purpose):
    line_id, sealed = a_line()
    pairs = [(line_id, sealed)] + [(LineId(new_uuid()), sealed) for _ in range(9_999)]
    actor = subscriber_authority("0f" * 32) if purpose is Purpose.SUBSCRIBER_REQUEST else worker_authority()
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED, match="10000"):
        number_of(pairs, purpose, actor)

    assert not rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    (refused,) = rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:refused'")
    assert '"asked":10000' in refused.body
    assert [alarm.about for alarm in open_alarms()] == [AlarmAbout.WORKER]


def test_one_line_without_a_reason_closes_the_whole_request(worker):
    line_id, sealed = a_line()
    commanded(line_id)
    other, also_sealed = a_line()
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED):
        number_of([(line_id, sealed), (other, also_sealed)])


def test_a_command_that_is_not_claimed_or_is_done_justifies_nothing(worker):
    line_id, sealed = a_line()
    make_command("bar", line_id=line_id)
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED):
        number_of([(line_id, sealed)])


def test_a_reason_of_one_purpose_is_none_of_another(worker):
    line_id, sealed = a_line()
    commanded(line_id)
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED):
        number_of([(line_id, sealed)], Purpose.NOTICE)


def test_a_person_is_opened_for_no_session_that_does_not_live(worker):
    record = person(name="Rigdzin Wangmo")
    seal_persons([record])
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED):
        open_sealed(
            subscriber_authority("0f" * 32), person_id=record.person_id, tenure_id=record.tenure_id, field=Field.NAME,
            purpose=Purpose.SUBSCRIBER_REQUEST, on=ON,
        )  # fmt: skip


def test_the_entry_of_an_opening_is_on_the_records_line_whatever_line_a_worker_names(worker, monkeypatch):
    record, line_id, other = person(name="Rigdzin Wangmo"), make_line(), make_line()
    seal_persons([record])
    since = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)
    make_tenure(line_id, since, person_id=record.person_id, tenure_id=record.tenure_id, commitment="c0" * 32)
    monkeypatch.setattr("rollkeeper.vault.worker_operations.is_justified", lambda *_: True)
    worker()

    client.ask(
        "attribute", role="worker", actor="", person=str(record.person_id), tenure=str(record.tenure_id), line=str(other),
        commitment="0d" * 32, field="name", purpose=Purpose.SUBSCRIBER_REQUEST.value, day=ON,
    )  # fmt: skip

    (entry,) = entries("vault:sealed:opened")
    assert (entry.body["line"], entry.body["person"]) == (str(line_id), "c0" * 32)


@pytest.fixture
def production(data_dir):
    """The register as a production instance's, where the database alone says what day it is."""
    set_limits(production=True)
    yield
    set_limits(production=False)


def test_in_production_a_worker_dates_no_opening(worker, production):
    line_id, sealed = a_line()
    commanded(line_id)
    worker()

    open_line_values(
        worker_authority(), LineField.NUMBER, [(line_id, sealed)], purpose=Purpose.NETWORK, on=ON
    )

    (entry,) = entries("vault:sealed:opened")
    assert entry.body["day"] != ON.isoformat()


def test_what_a_browser_sealed_is_opened_only_where_it_waits(worker):
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    key, ticket = current_offline_key(), uuid4()
    sealed = seal_offline(
        PublicSealer(key.key_id, key.public_key), b"{}", submission_key="k" * 20, ticket_id=ticket
    )
    worker()

    with refusing(VAULT_OPENING_UNJUSTIFIED):
        open_offline(worker_authority(), sealed, submission_key="k" * 20, ticket_id=ticket, on=ON)


def test_the_limit_of_a_purpose_closes_the_vault_to_workers_and_raises_an_alarm(worker):
    line_id, sealed = a_line()
    commanded(line_id)
    write_settings(vault={"network_opens_per_day": 3})
    worker()
    try:
        for _ in range(3):
            number_of([(line_id, sealed)])
        with refusing(TOO_MANY_OPENINGS):
            number_of([(line_id, sealed)])
    finally:
        write_settings(vault={"network_opens_per_day": 5_000_000})

    assert [alarm.about for alarm in open_alarms()] == [AlarmAbout.WORKER]


def test_the_limit_binds_a_process_that_opens_by_itself_as_well():
    line_id, sealed = a_line()
    write_settings(vault={"notice_opens_per_day": 2})
    try:
        number_of([(line_id, sealed), (line_id, sealed)], Purpose.NOTICE)
        run(
            "UPDATE vault_openingcount SET hour = hour - interval '23 hours'"
        )  # on the day before, but within one
        with refusing(TOO_MANY_OPENINGS):
            number_of([(line_id, sealed)], Purpose.NOTICE)
    finally:
        write_settings(vault={"notice_opens_per_day": 5_000_000})


@pytest.mark.parametrize("fault", [
    KeyServiceRefused(url="https://10.9.8.7:8200", why="status 403", token_file="/srv/root.token"), RootMissing(file="/srv/root.key"),
    TOKEN_REFUSED(token="t", why="w", module="/lib/m.so"),
], ids=lambda one: one.code)  # fmt: skip
def test_who_asks_is_not_told_where_the_root_is(worker, monkeypatch, fault):
    def refused(*_):
        raise fault

    monkeypatch.setattr(service.Service, "_result", refused)

    with refusing(VAULT_OUT_OF_REACH) as told:
        client.ask("health")
    assert not any(one in f"{told.value} {told.value.advice}" for one in ("10.9.8.7", "/srv", "/lib"))


@pytest.mark.parametrize("operation", ["line-values", "attribute", "copy", "offline"])
def test_an_app_that_may_ask_for_staff_asks_for_no_worker(worker, monkeypatch, operation):
    monkeypatch.setattr(service, "is_worker", lambda *_: False)
    monkeypatch.setattr(service, "is_staffs", lambda *_: True)

    with refusing(VAULT_REQUEST_REFUSED):
        client.ask(operation, role="worker", actor="worker")


@pytest.mark.parametrize("role", ["console", "data_protection_officer", "", None])
def test_a_worker_claims_no_other_role(worker, role):
    with refusing(VAULT_REQUEST_REFUSED):
        client.ask("line-values", role=role, actor="x", field="number", purpose="network", day=ON, pairs=[])


def test_a_worker_hears_when_the_service_is_away(worker, monkeypatch, tmp_path):
    line_id, sealed = a_line()
    monkeypatch.setattr("rollkeeper.vault.protocol.service_folder", lambda: tmp_path)
    worker()

    with refusing(VAULT_OUT_OF_REACH):
        number_of([(line_id, sealed)])


def test_a_process_without_keys_has_no_way_to_open_by_itself(worker):
    worker()

    assert database.this_role
    assert epochs.must_ask()
