# SPDX-License-Identifier: EUPL-1.2
"""A campaign on the day of its first suspensions, with the batch that waits for approval."""

import datetime as dt
from collections.abc import Callable

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import batch_planning, nightly
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import BatchId
from tests.builders.lines import give_number, make_line
from tests.campaign.population import plan, tell

NUMBER = "+8613908910001"
PLANNED = dt.date(2011, 12, 20)
DUE = dt.date(2012, 3, 2)


def prepare_batch() -> BatchId:
    """Make four lines in a campaign, three of them due and in a batch that waits; return the batch."""
    lines = [make_line(region="Lhasa") for _ in range(4)]
    give_number(lines[0], NUMBER)
    plan(PLANNED)
    for line in lines[:3]:
        tell(line, PLANNED)
    nightly.run_nightly(worker_authority(), on=PLANNED)
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    found = batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)
    (drawn,) = [one.batch_id for one in found if one.batch_id]
    return drawn


@pytest.fixture
def batch(app: Callable[[str], None]) -> BatchId:
    """A batch that waits for approval."""
    batch_id = prepare_batch()
    app("backoffice")
    return batch_id
