# SPDX-License-Identifier: EUPL-1.2
"""Keys that the second store commits while the register writes: there before the register's transaction ends, or it does not."""

import pytest
from django.db import connections
from psycopg.pq import TransactionStatus

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole, action, connect, rows
from rollkeeper.kernel.ids import StaffId, TenureId, new_uuid
from rollkeeper.registration.services import register_subscriber
from rollkeeper.vault import epochs, keys, rotation, services
from rollkeeper.vault.errors import ALREADY_SEALED, EpochEnded
from tests.refusals import refusing
from tests.registration.people import fresh_number, submission
from tests.vault.conftest import DAY, person

pytestmark = pytest.mark.usefixtures("committed")


def kept(record) -> int:
    """How many keys another session finds."""
    with connect(stores.KEYS, KeysRole.VAULT) as other:
        found = other.execute("SELECT FROM person_key WHERE person_id = %s", [record.person_id])
        return found.rowcount


@pytest.fixture(autouse=True)
def _usable_afterwards():
    yield
    assert connections["keys"].connection.info.transaction_status is TransactionStatus.IDLE
    assert len(rows("SELECT 1 AS one", using="keys")) == 1


def test_a_key_is_there_for_others_behind_the_block(reveal):
    record = person()

    with action():
        with services.committed_meanwhile():
            services.seal_persons([record])
        assert kept(record) == 1

    assert reveal(record) == "Rigdzin Wangmo"


def test_a_key_is_kept_though_the_act_around_it_breaks():
    record = person()

    def broken() -> None:
        services.seal_persons([record])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), action(), services.committed_meanwhile():
        broken()

    assert kept(record) == 1  # and opens nothing: the record was rolled back
    assert not rows("SELECT FROM vault_sealed WHERE person_id = %s", [record.person_id])


def test_a_second_key_of_a_record_is_refused_at_the_end_of_the_block():
    record = person()
    services.seal_persons([record])

    with refusing(ALREADY_SEALED), action(), services.committed_meanwhile():
        keys.insert_person_keys(
            [(record.person_id.bytes, record.tenure_id.bytes, b"x" * 48)],
            epoch_id=keys.living_epoch().epoch_id,
        )


def test_a_key_of_an_epoch_that_ended_meanwhile_is_refused():
    ended = keys.living_epoch()
    rotation.rotate(console_authority(), on=DAY)

    with pytest.raises(EpochEnded), action(), services.committed_meanwhile():
        keys.insert_person_keys([(b"p" * 16, b"t" * 16, b"x" * 48)], epoch_id=ended.epoch_id)


def test_many_records_are_sealed_in_the_block_as_without_it(reveal):
    records = [person() for _ in range(40)]

    with action(), services.committed_meanwhile():
        services.seal_persons(records[:2])
        services.seal_persons(records[2:])

    assert {reveal(one) for one in records} == {"Rigdzin Wangmo"}


def test_a_registration_whose_epoch_ended_meanwhile_is_made_again(monkeypatch):
    old = epochs.person_key_sealer()
    rotation.rotate(console_authority(), on=DAY)
    given, fresh = [old], epochs.person_key_sealer
    monkeypatch.setattr(epochs, "person_key_sealer", lambda: given.pop() if given else fresh())
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "0f" * 32)

    receipt = register_subscriber(clerk, submission(fresh_number(), double_checked=True), on=DAY)

    assert given == []
    assert len(rows("SELECT FROM lines_tenure WHERE line_id = %s", [receipt.line_id])) == 1


def test_an_epoch_that_ended_before_the_mailbox_is_sealed_is_refused_as_such():
    ended = keys.living_epoch()
    rotation.rotate(console_authority(), on=DAY)

    def goes_on_sealing() -> None:
        keys.insert_person_keys([(b"p" * 16, b"t" * 16, b"x" * 48)], epoch_id=ended.epoch_id)
        epochs.line_value_sealer()

    with pytest.raises(EpochEnded), action(), services.committed_meanwhile():
        goes_on_sealing()


def test_no_copy_is_stored_whose_key_was_refused(monkeypatch):
    record, stored = person(), []
    services.seal_persons([record])
    monkeypatch.setattr("rollkeeper.vault.document_store.keep", lambda *_, **__: stored.append(1))
    again = services.PersonRecord(record.person_id, TenureId(new_uuid()), {}, copies=(b"copy",))
    clash = [(again.person_id.bytes, keys.of_copies(again.tenure_id).bytes, b"x" * 48)]
    keys.insert_person_keys(clash, epoch_id=keys.living_epoch().epoch_id)

    with refusing(ALREADY_SEALED), action(), services.committed_meanwhile():
        services.seal_persons([again])

    assert stored == []


def test_another_sim_takes_a_number_that_no_earlier_one_of_its_tenure_has(monkeypatch):
    record, numbers = person(), [7, 7, 7, 8]
    services.seal_persons([record])
    monkeypatch.setattr(services.secrets, "randbelow", lambda _: numbers.pop(0))

    first = services._new_sim(record.person_id, record.tenure_id, b"k" * 32)
    second = services._new_sim(record.person_id, record.tenure_id, b"l" * 32)

    assert (first, second) == (7, 8)
