# SPDX-License-Identifier: EUPL-1.2
"""Keys that an older backup of their store brings back after they were destroyed are destroyed again; no other is."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import current_tenure
from rollkeeper.retention import services
from rollkeeper.vault.fields import Field
from rollkeeper.vault.services import reseal_sim
from tests.builders.packs import use_pack, with_copy_row, with_line_attributes
from tests.retention.test_copies import (
    DAY,
    ENDED,
    FROM_REGISTRATION,
    FRONT,
    ON,
    end,
    erase,
    name,
    registered,
    store,  # noqa: F401 - a fixture
)

pytestmark = pytest.mark.usefixtures("committed", "law_put_back", "store")


@pytest.fixture(autouse=True)
def no_other_keys(committed):
    run("DELETE FROM person_key", using="keys")


def living():
    return rows("SELECT * FROM person_key ORDER BY tenure_id", using="keys")


def brought_back(before):
    """Have the store as it was before, as a restore of an older backup would leave it; erase again; tell what is left."""
    run("DELETE FROM person_key", using="keys")
    for key in before:
        run("INSERT INTO person_key VALUES (%s, %s, %s, %s)", list(key), using="keys")
    made_at = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
    found = services.erase_again(worker_authority(), keys_made_at=made_at, on=ENDED.replace(year=2014))
    return found.records, len(living())


def test_keys_of_an_erased_record_and_of_its_copies_are_destroyed_again():
    use_pack(with_copy_row(""))
    line = registered(copies=(FRONT,))
    registered("+8613908915678", copies=(FRONT,))
    before = living()
    end(line)
    erase(ENDED.replace(year=ENDED.year + 1) + DAY)

    assert (len(before), len(living()), brought_back(before)) == (4, 2, (0, 2))


def test_keys_of_another_sim_go_with_the_record_and_are_destroyed_again():
    use_pack(with_line_attributes("name: iccid, required: optional"))
    line = registered(copies=())
    other = registered("+8613908915678", copies=())
    for one in (line, other):
        with action():
            append_entry(console_authority(), verb=Verb.SIM_REPLACED, role="console", on=ON, line_id=one)
            tenure = current_tenure(one)
            reseal_sim(tenure.person_id, tenure.tenure_id, {Field.ICCID: "8986041000000000003"})
    before = living()
    end(line)
    erase(ENDED.replace(year=ENDED.year + 1) + DAY)

    assert (len(before), len(living()), brought_back(before)) == (4, 2, (0, 2))
    assert [row.field for row in rows("SELECT field FROM vault_sealed WHERE field = 'iccid'")] == ["iccid"]


def test_keys_of_copies_that_went_alone_are_destroyed_again_and_the_record_stays():
    use_pack(with_copy_row(FROM_REGISTRATION))
    line = registered(copies=(FRONT,))
    before = living()
    erase(ON + 11 * DAY)

    assert (len(before), len(living()), brought_back(before)) == (2, 1, (0, 1))
    assert name(line)
