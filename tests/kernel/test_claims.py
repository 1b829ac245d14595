"""A claim ends with its claimant."""

import psycopg
import pytest

from rollkeeper.kernel import stores
from rollkeeper.kernel.claims import dead_claims, hold_claim
from rollkeeper.kernel.database import Role, connect


@pytest.fixture
def other(data_dir):
    with connect(stores.REGISTER, Role.WORKER) as session:
        yield session


def take(session: psycopg.Connection, claim: int) -> None:
    session.execute("SELECT pg_advisory_lock(%s, %s)", [0x526F6C6C, claim])


def test_a_claim_lives_while_its_session_holds_the_lock(register):
    with hold_claim() as claim:
        assert dead_claims([claim]) == []

    assert dead_claims([claim]) == [claim]


def test_a_claim_dies_with_the_session_that_held_it(register, other):
    take(other, 7)
    alive = dead_claims([7])

    other.close()

    assert alive == []
    while not dead_claims([7]):  # the server notices by itself, at once
        pass


def test_a_claim_nobody_ever_held_is_dead(register):
    assert dead_claims([3, 1, 2]) == [1, 2, 3]
