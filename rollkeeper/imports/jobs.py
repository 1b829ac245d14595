# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: the files that staff handed in on a page. The process has keys, since they are sealed."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob


def work_on_uploads() -> int:
    """Propose, count, import or destroy; return how many files."""
    from rollkeeper.imports.upload_work import work_on_uploads

    return work_on_uploads(worker_authority(), on=clock.today())


JOBS = (PeriodicJob("import-uploads", work_on_uploads, interval_s=lambda: 3.0, for_apps=True),)
