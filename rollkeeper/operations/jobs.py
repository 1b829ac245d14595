# SPDX-License-Identifier: EUPL-1.2
"""The job of this package: have the doctor examine, and keep what it found for the administrator's page."""

from typing import Final

from rollkeeper.kernel.health import keep_findings
from rollkeeper.kernel.jobs import PeriodicJob

_INTERVAL_S: Final = 600.0


def examine() -> int:
    """Examine the installation; return how many sentences there are."""
    from rollkeeper.operations import doctor

    found = doctor.examine()
    keep_findings([(one.check, one.health.value, one.sentence, one.remedy) for one in found])
    return len(found)


JOBS: Final = (PeriodicJob("examine", examine, interval_s=lambda: _INTERVAL_S),)
