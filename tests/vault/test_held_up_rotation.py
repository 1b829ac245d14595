"""An attacker has sessions of an app, in the role in which it seals or acts: they hold up no rotation of keys."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import KeysRole, Role, rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.vault import epochs, keys, rotation
from rollkeeper.vault.errors import ROTATION_HELD_UP
from tests.leak.machine import until
from tests.refusals import refusing
from tests.superuser import as_superuser
from tests.vault.conftest import DAY

pytestmark = pytest.mark.usefixtures("committed")
INSERTED = "INSERT INTO person_key VALUES (%s, %s, %s, 'a')"
SEALING = 0x7365616C


@pytest.fixture(autouse=True)
def _empty(empty_everything: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    empty_everything()
    monkeypatch.setattr(rotation, "_LONGEST_INSERT_S", 0.3)


@pytest.fixture
def sealer() -> Iterator[psycopg.Connection[Any]]:
    """A session of an app in the store of keys, without any of the timeouts that the server gives it."""
    session = database.connect(stores.KEYS, KeysRole.SEALER)
    for timeout in ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"):
        session.execute(f"SET {timeout} = 0")
    yield session
    session.close()


def rotate() -> rotation.Rotated:
    return rotation.rotate(console_authority(), on=DAY)


def test_a_transaction_of_the_sealer_that_stays_open_is_ended(sealer: psycopg.Connection[Any]) -> None:
    (older,) = keys.living_epoch_ids()
    sealer.autocommit = False
    sealer.execute(INSERTED, [new_uuid(), new_uuid(), older])

    rotate()

    assert older not in keys.living_epoch_ids()
    with pytest.raises(psycopg.OperationalError):
        sealer.execute("SELECT 1")


def test_a_rotation_that_cannot_keep_keys_out_says_so_and_goes_on_later(
    sealer: psycopg.Connection[Any],
) -> None:
    (older,) = keys.living_epoch_ids()
    sealer.autocommit = False
    sealer.execute(INSERTED, [new_uuid(), new_uuid(), older])
    with as_superuser(stores.KEYS) as owner:  # as on a server of one's own on which its page was not run
        owner.execute("ALTER FUNCTION vault_end_long_transactions RENAME TO missing")
        try:
            with refusing(ROTATION_HELD_UP):
                rotate()
        finally:
            owner.execute("ALTER FUNCTION missing RENAME TO vault_end_long_transactions")
    assert older in keys.living_epoch_ids()
    sealer.rollback()

    rotate()

    assert older not in keys.living_epoch_ids()


def test_keys_that_a_sealer_keeps_sending_hold_up_no_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    (older,) = keys.living_epoch_ids()
    resealing, sent = rotation._reseal_people, []

    def one_more(*given: Any) -> tuple[int, int, int]:
        done = resealing(*given)
        with database.connect(stores.KEYS, KeysRole.SEALER) as session:
            session.execute("SET lock_timeout = '100ms'")
            try:
                session.execute(INSERTED, [new_uuid(), new_uuid(), older])
            except psycopg.errors.LockNotAvailable:
                return done
        sent.append(1)
        return done

    monkeypatch.setattr(rotation, "_reseal_people", one_more)

    rotate()

    assert sent
    assert older not in keys.living_epoch_ids()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_advisory_lock_shared(%s)", "SELECT pg_advisory_lock(%s)", "SELECT pg_try_advisory_xact_lock(%s)",
        "SELECT lo_create(%s::integer)", "SELECT vault_end_long_transactions(make_interval(secs => %s))",
        "CREATE TEMPORARY TABLE a AS SELECT %s", "ALTER ROLE sealer CONNECTION LIMIT %s",
    ],
)  # fmt: skip
def test_a_sealer_may_take_no_lock_that_a_rotation_waits_for(
    sealer: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealer.execute(psycopg.ClientCursor(sealer).mogrify(statement, [SEALING]))


def test_sealers_may_not_take_every_connection_to_the_keys() -> None:
    (found,) = rows(
        "SELECT rolconnlimit, rolconfig, current_setting('max_connections')::integer AS most,"
        " has_database_privilege('sealer', 'postgres', 'CONNECT') AS elsewhere FROM pg_roles WHERE rolname = 'sealer'",
        using="keys",
    )

    assert 0 < found.rolconnlimit < found.most - 15
    assert {one.split("=")[0] for one in found.rolconfig} >= {
        "statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "temp_file_limit",
    }  # fmt: skip
    assert not found.elsewhere


def test_acts_of_a_counter_that_begin_after_the_epoch_are_not_waited_for() -> None:
    connections["keys"].close()  # this process may have sealed as a command does; that ends with its session
    with (
        database.connect(stores.REGISTER, Role.COUNTER) as first,
        database.connect(stores.REGISTER, Role.COUNTER) as second,
    ):
        first.autocommit = second.autocommit = False
        first.execute("SELECT kernel_share_sealing()")
        done = threading.Event()

        def turn() -> None:
            rotation._wait_for_those_who_seal(begun.set)
            done.set()
            connections.close_all()

        begun = threading.Event()
        waiting = threading.Thread(target=turn)
        waiting.start()
        assert begun.wait(20)
        second.execute("SELECT kernel_share_sealing()")  # it reads the living epoch after this: the new one
        assert not done.is_set()
        first.rollback()

        assert done.wait(20)
        waiting.join()
        second.rollback()


def test_nobody_waits_for_an_act_that_is_over() -> None:
    connections["keys"].close()

    until(
        lambda: not epochs.sealing_elsewhere()
    )  # the server notices that a connection was closed a moment later
