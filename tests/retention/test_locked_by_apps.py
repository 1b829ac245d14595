"""An attacker has sessions of an app and keeps lines locked: their records are erased all the same."""

import pytest

from rollkeeper.kernel.database import Role, rows
from tests.builders.lines import make_line
from tests.campaign import population
from tests.locked_lines import locked_until_someone_waits
from tests.retention import test_copies, test_quarantine
from tests.retention.test_copies import end, from_end, kept_copies, registered, store
from tests.retention.test_erasure import ENDED, ERASED, ended_line, erase, tenure_of

__all__ = ["from_end", "store"]

pytestmark = pytest.mark.usefixtures("committed", "law_put_back", "store")


@pytest.mark.parametrize("role", [Role.COUNTER, Role.BACKOFFICE])
def test_a_terminated_line_that_an_app_keeps_locked_is_erased(role: Role) -> None:
    line_id, other = ended_line(), ended_line()

    with locked_until_someone_waits(line_id, role):
        done = erase(ERASED)

    assert done.lines == 2
    assert {row.erased_on for row in rows("SELECT erased_on FROM lines_line")} == {ERASED}
    assert other != line_id


def test_a_past_tenure_whose_line_an_app_keeps_locked_is_erased() -> None:
    line_id = make_line()
    tenure_of(line_id, ENDED.replace(year=2011), ENDED)
    tenure_of(line_id, ENDED, None)

    with locked_until_someone_waits(line_id, Role.COUNTER):
        done = erase(ERASED)

    assert done.tenures == 1


def test_a_copy_whose_line_an_app_keeps_locked_is_erased(from_end):
    line_id = registered(copies=(b"\xff\xd8 an invented front",))
    end(line_id)

    with locked_until_someone_waits(line_id, Role.COUNTER):
        done = test_copies.erase(test_copies.ENDED + 31 * test_copies.DAY)

    assert (done.copies, kept_copies()) == (1, 0)


def test_a_number_whose_line_an_app_keeps_locked_is_freed() -> None:
    line_id, other = make_line(), make_line()
    for one in (line_id, other):
        population.end(one, test_quarantine.ENDED)

    with locked_until_someone_waits(line_id, Role.COUNTER):
        count = test_quarantine.freed(test_quarantine.LAST + test_quarantine.DAY)

    assert count == 2
