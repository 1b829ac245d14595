# SPDX-License-Identifier: EUPL-1.2
"""The secrets of leaves: who may have them, and that a number that comes again gets a new one."""

import psycopg
import pytest

from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import KeysRole
from rollkeeper.ledger import sequencer
from rollkeeper.ledger.leaf_rows import secret_row
from rollkeeper.ledger.secrets import STORE, destroy_secrets, keep_secrets, secret_of, secrets_of
from rollkeeper.ledger.services import integrate


def keep(entries, secrets):
    keep_secrets(
        entries, [secret_row(one.to_bytes(8), secret) for one, secret in zip(entries, secrets, strict=True)]
    )


@pytest.fixture
def kept(data_dir):
    database.run("DELETE FROM ledger_secret", using=STORE)  # of entries of other tests
    keep([1, 2, 900], [bytes([n]) * 32 for n in (1, 2, 9)])
    yield
    destroy_secrets([1, 2, 900])


def test_a_secret_is_found_and_destroyed(kept):
    found = secrets_of([1, 900, 901])

    assert found == {1: b"\x01" * 32, 900: b"\x09" * 32}
    assert destroy_secrets([1, 5]) == 1
    assert secret_of(1) is None


def test_a_number_that_comes_again_has_a_new_secret(kept):
    keep([2, 3], [b"\x07" * 32, b"\x08" * 32])

    assert secrets_of([1, 2, 3]) == {1: b"\x01" * 32, 2: b"\x07" * 32, 3: b"\x08" * 32}
    destroy_secrets([3])


@pytest.mark.parametrize("role", ["backoffice", "portal", "auditor"])
def test_an_app_that_may_not_have_them_is_told_of_none(kept, monkeypatch, role):
    monkeypatch.setenv("ROLLKEEPER_ROLE", role)

    assert secret_of(1) is None


def test_a_counter_is_told_one_at_a_time(kept):
    with database.connect(stores.KEYS, KeysRole.SEALER) as counter:
        assert counter.execute("SELECT ledger_secret_of(2)").fetchone() == (b"\x02" * 32,)
        for statement in (
            "SELECT * FROM ledger_secret",
            "DELETE FROM ledger_secret",
            "INSERT INTO ledger_secret VALUES (7, '')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                counter.execute(statement)


@pytest.mark.parametrize("table", ["person_key", "epoch", "offline_key"])
@pytest.mark.parametrize("statement", ["SELECT * FROM {}", "DELETE FROM {}"])
def test_who_makes_leaves_reaches_no_key_of_a_person(data_dir, table, statement):
    with (
        database.connect(stores.KEYS, KeysRole.LEDGER) as ledger,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        ledger.execute(statement.format(table))


def test_an_integration_that_is_killed_after_the_secrets_draws_new_ones(fill, monkeypatch):
    fill(1, 3)

    def killed_afterwards(*kept):
        keep_secrets(*kept)
        raise ZeroDivisionError

    monkeypatch.setattr(sequencer, "keep_secrets", killed_afterwards)
    with pytest.raises(ZeroDivisionError):
        integrate()
    before = secrets_of([1, 2, 3])
    monkeypatch.undo()

    integrate()

    after = secrets_of([1, 2, 3])
    assert before.keys() == after.keys() == {1, 2, 3}
    assert set(before.values()).isdisjoint(after.values())


def test_an_integration_that_is_killed_between_its_parts_draws_all_secrets_again(fill, monkeypatch):
    fill(1, 30)
    parts = []

    def killed_at_the_second(*kept):
        keep_secrets(*kept)
        parts.append(kept)
        if len(parts) == 2:
            raise ZeroDivisionError

    monkeypatch.setattr(sequencer, "_TAKEN_AT_ONCE", 10)
    monkeypatch.setattr(sequencer, "keep_secrets", killed_at_the_second)
    with pytest.raises(ZeroDivisionError):
        integrate()
    before = secrets_of(range(1, 31))
    monkeypatch.undo()

    done = integrate()

    after = secrets_of(range(1, 31))
    assert (len(before), done.added, len(after)) == (20, 30, 30)
    assert set(before.values()).isdisjoint(after.values())


def test_an_app_is_given_no_more_than_a_thousand_secrets_a_day(kept):
    with database.connect(stores.KEYS, KeysRole.MIGRATOR) as keys:
        keys.execute("SELECT setval('ledger_secrets_given', 0), setval('ledger_secrets_given_since', 0)")

    given = "SELECT count(ledger_secret_of(2)) FROM generate_series(1, %s)"
    with database.connect(stores.KEYS, KeysRole.SEALER) as app:
        with app.transaction(force_rollback=True):
            (before,) = app.execute(given, [600]).fetchone()
        (after,) = app.execute(given, [600]).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT setval('ledger_secrets_given', 0)")

    with database.connect(stores.KEYS, KeysRole.MIGRATOR) as keys:
        keys.execute("SELECT setval('ledger_secrets_given', 0), setval('ledger_secrets_given_since', 0)")
    assert (before, after) == (600, 400)
