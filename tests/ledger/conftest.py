# SPDX-License-Identifier: EUPL-1.2
"""The ledger's tests begin with an empty ledger, and can act as the owner of the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest

from rollkeeper.kernel import database, stores
from rollkeeper.kernel.settings import write_settings
from rollkeeper.ledger import publication, sequencer
from rollkeeper.ledger.leaf_rows import PLACE_BYTES
from rollkeeper.ledger.settings import settings
from tests.ledger.witness import RealWitness
from tests.superuser import as_superuser


@pytest.fixture(autouse=True)
def leaves_in_order(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put leaves in the order of their entries, so that a test can tell them apart. Only tests about the order use the random one."""
    if request.path.stem != "test_order_of_leaves":
        monkeypatch.setattr(
            sequencer,
            "random_places",
            lambda count: b"".join(nth.to_bytes(PLACE_BYTES) for nth in range(count)),
        )


@pytest.fixture
def superuser(data_dir) -> Callable[[], AbstractContextManager[psycopg.Connection[Any]]]:
    """Connect as the owner of the whole database, who can drop the ledger's triggers."""

    @contextmanager
    def without_triggers() -> Iterator[psycopg.Connection[Any]]:
        with as_superuser() as own:
            own.execute("SET session_replication_role = replica")
            yield own

    return without_triggers


@pytest.fixture
def ledger(superuser) -> Iterator[None]:
    """An empty, unpublished ledger with real commits; only the ledger's own tables are emptied, which is quick."""
    _empty(superuser)
    yield
    _empty(superuser)


def _empty(superuser: Callable[[], AbstractContextManager[psycopg.Connection[Any]]]) -> None:
    publication.last_checkpoint_file().unlink(missing_ok=True)
    with superuser() as own:
        own.execute(
            "TRUNCATE ledger_entry, ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication, ledger_appended,"
            " ledger_fault, ledger_check RESTART IDENTITY"
        )


@pytest.fixture
def fill(ledger) -> Callable[..., None]:
    """Commit entries with the bodies ``{"entry":"entry <n>"}`` for n from `first` to `last`, as the owner: no role could."""

    def committing(first: int, last: int) -> None:
        with database.connect(stores.REGISTER, "migrator") as own:
            own.execute(
                "INSERT INTO ledger_entry (at, day, verb, body)"
                " SELECT now(), '2012-03-02', 'line:line:changed', '{\"entry\":\"entry ' || n || '\"}'"
                " FROM generate_series(%s::int, %s::int) AS n",
                [first, last],
            )
            if last - first > 10_000:  # as the server does by itself, some time after so many rows
                own.execute("ANALYZE ledger_entry")

    return committing


@pytest.fixture
def choose(data_dir) -> Iterator[Callable[..., None]]:
    """Change settings of the ledger for one test."""
    before = settings().model_dump()

    def changed(**changes: object) -> None:
        write_settings(ledger=changes)

    yield changed
    write_settings(ledger=before)


@pytest.fixture
def witness(ledger, choose, tmp_path) -> Iterator[RealWitness]:
    """A real witness of this instance: nothing is published without its cosignature."""
    real = RealWitness(tmp_path / "witness").start()
    choose(witnesses=[real.setting], cosignatures=1)
    yield real
    real.kill()
