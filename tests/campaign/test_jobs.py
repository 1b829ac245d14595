# SPDX-License-Identifier: EUPL-1.2
"""What a campaign does by itself: each day's batches are prepared once, undos are done, and no one loses service by it."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign import batch_control, jobs
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.campaign.population import day, night, state
from tests.campaign.test_batches import DUE, People, notified_lines


def batches() -> list[str]:
    return [row.state for row in rows("SELECT state FROM campaign_batch ORDER BY prepared_at")]


def test_the_job_prepares_a_batch_for_approval_once_a_day(people: People) -> None:
    (line_id,) = notified_lines(1)
    clock.set_demo_date(DUE)

    prepared = [jobs.prepare(), jobs.prepare()]

    assert (prepared, batches(), state(line_id)) == ([1, 0], ["waiting"], "active")


def test_the_job_does_not_prepare_a_stopped_batch_again_on_its_day(people: People) -> None:
    notified_lines(1)
    clock.set_demo_date(DUE)
    jobs.prepare()
    (batch,) = rows("SELECT batch_id FROM campaign_batch")
    batch_control.stop_batch(console_authority(), batch.batch_id, on=DUE, because="a wrong list")

    assert (jobs.prepare(), batches()) == (0, ["stopped"])


@pytest.mark.parametrize("closed", ["2012-03-03", "2012-03-04"])
def test_the_job_prepares_nothing_on_a_closed_day(closed: str, people: People) -> None:
    notified_lines(1)
    clock.set_demo_date(day(closed))

    assert (jobs.prepare(), batches()) == (0, [])


def test_the_job_prepares_nothing_without_a_campaign(people: People) -> None:
    assert (jobs.prepare(), batches()) == (0, [])


def test_the_job_undoes_what_people_asked_to_be_undone(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    (batch,) = rows("SELECT batch_id FROM campaign_batch")
    assert (jobs.undo(), state(line_id)) == (0, "suspended")

    batch_control.request_undo(console_authority(), batch.batch_id, on=DUE)

    assert (jobs.undo(), state(line_id)) == (1, "active")
