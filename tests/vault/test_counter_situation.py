"""The counter seals, and gets nothing back with all that it has: its sessions, the public half, the index key."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import rows
from rollkeeper.vault import services
from rollkeeper.vault.blind_index import blind_documents, blind_numbers
from rollkeeper.vault.errors import SEAL_ONLY_PROCESS, CannotOpen
from rollkeeper.vault.fields import Field, LineField, Purpose
from tests.vault.conftest import DAY

ALLOWED = ["SELECT 1", "COPY (SELECT 1) TO STDOUT", "SELECT epoch_id, public_key FROM epoch"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def counter(data_dir, empty_everything):
    """What one such process sealed, and what came of its tries."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault.counter_situation"],
        cwd=ROOT,
        env=os.environ | {"ROLLKEEPER_APP": "counter", "ROLLKEEPER_ROLE": "counter"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    yield json.loads(done.stdout)
    empty_everything()


def test_a_counter_seals_and_cannot_open(counter, reveal):
    record = services.PersonRecord(UUID(counter["person"]), UUID(counter["tenure"]), {})

    (key,) = rows("SELECT wrapped FROM person_key WHERE person_id = %s", [record.person_id], using="keys")

    assert counter["connections"] == ["default", "keys"]
    assert counter["succeeded"] == ALLOWED
    assert counter["calls"] == [SEAL_ONLY_PROCESS.code] * 4 + ["ProgrammingError"] * 2
    assert bytes(key.wrapped)[1] == 2
    assert reveal(record, Field.NAME) == "Counter Visitor"


def test_a_number_sealed_at_the_counter_opens_where_notices_are_sent(counter):
    line, number = UUID(counter["line"]), bytes.fromhex(counter["number"])

    (opened,) = services.open_line_values(
        worker_authority(), LineField.NUMBER, [(line, number)], purpose=Purpose.NOTICE, on=DAY
    )

    assert number[1] == 2
    assert opened.reveal() == "+8613800000001"


def test_a_counter_and_a_command_look_up_by_the_same_index(counter):
    here = [blind_numbers(["+8613800000001"])[0].hex(), blind_documents(["11010519491231002Ⅹ"])[0].hex()]

    assert counter["blind"] == here


def test_what_was_sealed_at_the_counter_is_shredded_like_anything_else(counter, reveal):
    record = services.PersonRecord(UUID(counter["person"]), UUID(counter["tenure"]), {})

    assert services.shred([(record.person_id, record.tenure_id)]) == 1

    with pytest.raises(CannotOpen):
        reveal(record)
