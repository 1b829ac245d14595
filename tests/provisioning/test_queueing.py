"""Asking the network for something, and the floor under every command."""

import datetime as dt
import uuid

import pytest
from django.db.utils import IntegrityError

from rollkeeper.kernel import database
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import queue_command

AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)


def test_a_command_waits_with_the_whole_floor_and_is_due_at_once(register):
    command = queue_command(uuid.uuid4(), kind=CommandKind.BAR, reason="registration", at=AT)

    (row,) = database.rows("SELECT * FROM provisioning_command WHERE command_id = %s", [command])
    assert (row.state, row.attempts, row.allows_emergency, row.allows_care, row.allows_registration) == (
        "waiting", 0, True, True, True,
    )  # fmt: skip
    assert row.next_try_at < AT


def test_set_based_callers_need_only_say_what_and_why(register):
    database.run(
        "INSERT INTO provisioning_command (line_id, kind, reason, requested_at)"
        " SELECT uuidv7(), 'bar', 'registration', now() FROM generate_series(1, 3)"
    )

    found = database.rows(
        "SELECT position FROM provisioning_command WHERE state = 'waiting' ORDER BY position"
    )
    assert len({row.position for row in found}) == 3


ROLES = ["counter", "backoffice", "worker", "vault", "auditor", "migrator"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("part", ["allows_emergency", "allows_care", "allows_registration"])
@pytest.mark.parametrize("value", [False, None])
def test_no_role_can_insert_a_command_that_bars_the_floor(register, as_role, role, part, value):
    floor = {"allows_emergency": True, "allows_care": True, "allows_registration": True} | {part: value}

    with pytest.raises(Exception, match=r"bars_the_floor|not-null|permission denied"), as_role(role):
        database.run(
            "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, allows_emergency, allows_care,"
            " allows_registration) VALUES (uuidv7(), 'bar', 'registration', now(), %s, %s, %s)",
            list(floor.values()),
        )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("part", ["allows_emergency", "allows_care", "allows_registration"])
def test_no_role_can_take_the_floor_from_a_command_that_is_there(register, as_role, role, part):
    queue_command(uuid.uuid4(), kind=CommandKind.BAR, reason="registration", at=AT)

    with pytest.raises(Exception, match=r"bars_the_floor|permission denied"), as_role(role):
        database.run(f"UPDATE provisioning_command SET {part} = false")  # noqa: S608


@pytest.mark.parametrize("role", ["counter", "backoffice", "worker", "vault", "auditor"])
def test_no_role_of_a_process_can_drop_the_floor(register, as_role, role):
    with pytest.raises(Exception, match="must be owner"), as_role(role):
        database.run("ALTER TABLE provisioning_command DROP CONSTRAINT provisioning_command_bars_the_floor")


@pytest.mark.parametrize(
    ("kind", "read_back"),
    [("bar", "open"), ("bar", "unknown"), ("bar", None), ("restore", "barred"), ("terminate", "open")],
)
def test_a_command_cannot_be_confirmed_without_the_network_s_own_word(register, kind, read_back):
    queue_command(uuid.uuid4(), kind=CommandKind(kind), reason="registration", at=AT)

    with pytest.raises(IntegrityError, match="confirmed_without_proof"):
        database.run("UPDATE provisioning_command SET state = 'confirmed', read_back = %s", [read_back])
