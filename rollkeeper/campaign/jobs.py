# SPDX-License-Identifier: EUPL-1.2
"""The jobs of this package: bring members up to date, prepare each day's batches for approval, undo the batches whose undo was
requested, do the work that staff requested on pages, and run approved batches if the settings name an hour.
"""

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError, as_one
from rollkeeper.kernel.jobs import PeriodicJob

_MOST = 50


def prepare() -> int:
    """Do the nightly run; once a day, if lines may lose service on that day, prepare batches of the lines due. Return how many batches.

    No batch is prepared for a campaign that had no nightly run; the other campaigns go on.
    """
    from rollkeeper.campaign.batch_planning import prepare_day
    from rollkeeper.campaign.nightly import run_nightly

    today = clock.today()
    try:
        run_nightly(worker_authority(), on=today)
    except RollkeeperError as of_night:
        try:
            prepare_day(worker_authority(), on=today, after_run=True)
        except RollkeeperError as of_day:
            raise as_one([of_night, of_day]) from None
        raise
    return prepare_day(worker_authority(), on=today)


def undo() -> int:
    """Undo the batches whose undo the back office requested; return how many lines were restored."""
    from rollkeeper.campaign.batch_rollback import undo_requested

    return sum(one.undone for one in undo_requested(worker_authority(), on=clock.today()))


def do_requested() -> int:
    """Carry out the work that staff requested on pages; return how many requests."""
    from rollkeeper.access.staff_requests import do_staff_requests

    return do_staff_requests(limit=_MOST, job=RequestJob.CAMPAIGN)


def run_due() -> int:
    """Run the approved batches whose day and hour have come, as far as each may go; return how many lines had their turn."""
    from rollkeeper.campaign.batch_execution import run_due_batches

    return run_due_batches(worker_authority(), on=clock.today())


JOBS = (
    PeriodicJob(
        "campaign-requests",
        do_requested,
        interval_s=lambda: 3.0,
        batch_size=_MOST,
        wakes_on="staff_requests",
        needs_keys=lambda: False,
        for_apps=True,
    ),
    PeriodicJob(
        "run-batches",
        run_due,
        interval_s=lambda: 60.0,
        needs_keys=lambda: False,
        is_enabled=lambda: settings().run_from_hour is not None,
    ),
    PeriodicJob("prepare-batches", prepare, interval_s=lambda: 3600.0, needs_keys=lambda: False),
    PeriodicJob("undo-batches", undo, interval_s=lambda: 20.0, needs_keys=lambda: False, for_apps=True),
)
