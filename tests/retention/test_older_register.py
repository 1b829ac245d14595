# SPDX-License-Identifier: EUPL-1.2
"""An older register that a restore brings back: who was erased since goes again, and no line that someone else may have by now."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import unlink_line
from rollkeeper.retention import services
from rollkeeper.vault.services import shred
from tests.builders.lines import terminate_line
from tests.selfcare.people import NUMBER, ON, register_line

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.timedelta(days=1)
LATER = ON.replace(year=ON.year + 2)


@pytest.fixture
def line():
    clock.set_demo_date(ON)
    return register_line(NUMBER)


def unlink(line):
    """Let staff decide that the line is not its subscriber's: it is in use, and has no subscriber."""
    clock.set_demo_date(ON + DAY)
    (held,) = rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line])
    with action():
        entry = append_entry(
            console_authority(), verb=Verb.CASE_SETTLED, role="console", on=ON + DAY, line_id=line,
            facts={"case": str(line), "kind": "not_mine", "upheld": True},
        )  # fmt: skip
        unlink_line(line, tenure_id=held.tenure_id, for_good=True, at=clock.now(), entry_id=entry)


def end(line, on):
    clock.set_demo_date(on)
    terminate_line(line, quarantined_until=on + 90 * DAY, on=on)


def restored_without_keys():
    """Have the register as it was, with a store of keys in which everyone of it was erased since; erase again."""
    held = rows("SELECT person_id, tenure_id FROM lines_tenure")
    shred([(PersonId(one.person_id), TenureId(one.tenure_id)) for one in held])
    made_at = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
    return services.erase_again(worker_authority(), keys_made_at=made_at, on=LATER)


def found(line: LineId):
    (one,) = rows(
        "SELECT state, number_index, number_sealed, erased_on FROM lines_line WHERE line_id = %s", [line]
    )
    numbers = rows("SELECT FROM lines_number WHERE line_id = %s", [line])
    return one.state, one.number_index is not None, one.number_sealed is not None, one.erased_on, len(numbers)


def test_a_line_in_use_stays_when_only_its_former_subscriber_was_erased(line):
    unlink(line)

    erased = restored_without_keys()

    assert found(line) == ("active", True, True, None, 1)
    assert (erased.records, erased.opening, erased.without_key) == (1, 0, 0)
    assert [row.erased_on for row in rows("SELECT erased_on FROM lines_tenure")] == [LATER]
    assert rows("SELECT FROM vault_sealed") == []


def test_a_line_whose_present_subscriber_was_erased_had_ended_and_goes_whole(line):
    assert restored_without_keys().records == 1

    assert found(line) == ("released", False, False, LATER, 0)


def test_an_ended_line_whose_subscriber_was_erased_goes_whole(line):
    end(line, ON + DAY)

    assert restored_without_keys().records == 1
    assert found(line) == ("released", False, False, LATER, 0)


def test_a_line_that_ended_after_its_subscriber_had_left_it_goes_in_its_own_time(line):
    unlink(line)
    end(line, ON + 2 * DAY)

    assert restored_without_keys().records == 1
    assert found(line) == ("terminated", True, True, None, 1)
    clock.set_demo_date(LATER)
    assert services.erase_due(worker_authority(), on=LATER, after_gap=True).lines == 1
    assert found(line) == ("released", False, False, LATER, 0)
