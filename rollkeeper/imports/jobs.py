# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: the files that staff handed in on a page. The process has keys, since they are sealed."""

from rollkeeper.access.choices import RequestJob
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob

_MOST = 20


def work_on_uploads() -> int:
    """Read, count, import or destroy files as staff asked, and destroy files that are too old; return how many."""
    from rollkeeper.access.staff_requests import do_staff_requests
    from rollkeeper.imports.upload_work import discard_old_uploads

    done = do_staff_requests(limit=_MOST, job=RequestJob.KEYS)
    return done + discard_old_uploads(on=clock.today())


JOBS = (
    PeriodicJob(
        "import-uploads",
        work_on_uploads,
        interval_s=lambda: 3.0,
        batch_size=_MOST,
        wakes_on="staff_requests",
        for_apps=True,
    ),
)
