# SPDX-License-Identifier: EUPL-1.2
"""Bringing an instance up to date takes the time that it takes, and is not done by an older program."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType

import pytest

from rollkeeper import __version__
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations import backup, bootstrap, doctor
from rollkeeper.operations.errors import INSTANCE_OF_ANOTHER_VERSION, SETUP_HELD_UP
from rollkeeper.vault.errors import RootMissing
from tests.in_process import invoke
from tests.refusals import refusing
from tests.superuser import as_superuser


@pytest.fixture
def of_an_older_version(committed: None) -> Iterator[None]:
    """An instance in which a step of this version was not made yet."""
    (step,) = database.rows(
        "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'lines') RETURNING app, name, applied"
    )
    yield
    database.run("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", step)


def test_no_migration_is_broken_off_by_the_limit_of_a_statement(
    of_an_older_version: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def migrate(*_: object, **__: object) -> None:
        seen.append(database.rows("SHOW statement_timeout")[0].statement_timeout)

    monkeypatch.setattr(bootstrap, "call_command", migrate)
    bootstrap.bring_up_to_date()

    assert seen == ["0"]
    assert database.rows("SHOW statement_timeout")[0].statement_timeout == "30s"


def test_where_every_step_was_made_none_is_looked_for_again(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(bootstrap, "call_command", lambda *given, **_: seen.append(given))

    bootstrap.bring_up_to_date()

    assert seen == []


@pytest.fixture
def of_a_newer_version(committed: None) -> Iterator[None]:
    """An instance that a newer version brought up to date: it made a step that this one does not know."""
    step = ("lines", "9999_of_a_newer_version")
    database.run("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", step)
    yield
    database.run("DELETE FROM django_migrations WHERE (app, name) = (%s, %s)", step)


def test_an_older_program_refuses_the_instance_of_a_newer_one_and_changes_nothing(
    of_a_newer_version: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: list[object] = []
    monkeypatch.setattr(bootstrap, "call_command", lambda *given, **_: changed.append(given))
    monkeypatch.setattr(bootstrap, "set_limits", lambda: changed.append("limits"))

    with refusing(INSTANCE_OF_ANOTHER_VERSION) as refusal:
        bootstrap.bring_up_to_date()

    assert "lines.9999_of_a_newer_version" in str(refusal.value)
    assert changed == []


@pytest.mark.parametrize(("part", "is_refused"), [(0, True), (1, True), (2, False)])
def test_an_older_program_does_not_put_its_functions_in_the_place_of_newer_ones(
    committed: None, monkeypatch: pytest.MonkeyPatch, part: int, is_refused: object
) -> None:
    newer = [int(one) for one in __version__.split(".")]
    newer[part] += 1
    monkeypatch.setattr(bootstrap, "set_up_by", lambda: ".".join(map(str, newer)))

    if is_refused:
        with refusing(INSTANCE_OF_ANOTHER_VERSION):
            bootstrap.require_known_version()
    else:
        assert bootstrap.require_known_version()


def test_doctor_says_that_the_tables_are_older(of_an_older_version: None) -> None:
    (found,) = [one for one in doctor.examine() if one.check == "register"]

    assert (found.health, found.sentence) == (doctor.Health.ERROR, "The tables are older than this version.")


def test_doctor_says_that_the_tables_are_those_of_another_version(of_a_newer_version: None) -> None:
    (found,) = [one for one in doctor.examine() if one.check == "register"]

    assert (found.health, "9999_of_a_newer_version" in found.sentence) == (doctor.Health.ERROR, True)


@pytest.mark.parametrize(("store", "role"), [(stores.REGISTER, "counter"), (stores.KEYS, "sealer")])
def test_setup_says_whose_open_transaction_holds_it_up(
    committed: None, monkeypatch: pytest.MonkeyPatch, store: stores.Store, role: str
) -> None:
    monkeypatch.setattr(bootstrap, "LOCK_WAIT_MS", 300)
    with as_superuser(store, autocommit=False) as other:
        other.execute(f"ALTER ROLE {role} SET temp_file_limit = '1MB'")
        with refusing(
            SETUP_HELD_UP, match=f"process {other.info.backend_pid} of the role postgres in the {store.name}"
        ):
            bootstrap.make_stores()
        other.rollback()


@pytest.mark.parametrize("missing", ["root.key", "index.key"])
def test_setup_does_not_say_ready_where_nothing_can_be_opened(committed: None, missing: str) -> None:
    secret = data_dir() / "secrets" / missing
    taken = secret.with_suffix(".taken")
    secret.rename(taken)
    try:
        answer = invoke("setup")
    finally:
        taken.rename(secret)

    assert getattr(answer.exception, "code", None) == RootMissing.code
    assert "ready" not in answer.output
    assert "ready" in invoke("setup").output


@pytest.mark.parametrize(
    ("module", "lock", "begin"),
    [
        (bootstrap, "making.lock", lambda: bootstrap.set_up_instance(instance().kind)),
        (backup, "backup.lock", lambda: backup._alone().__enter__()),
    ],
)
def test_who_waits_for_another_at_the_same_work_says_so_and_goes_on_after_it(
    committed: None,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    lock: str,
    begin: Callable[[], object],
) -> None:
    said: list[str] = []
    other = ExitStack()
    other.enter_context(exclusive_lock(data_dir() / lock))

    def end_the_other(sentence: str, **_: object) -> None:
        said.append(sentence)
        other.close()

    monkeypatch.setattr(module.err, "print", end_the_other)

    begin()

    (sentence,) = said
    assert "of this instance is at work" in sentence
