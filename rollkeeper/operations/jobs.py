# SPDX-License-Identifier: EUPL-1.2
"""The job of this package: have the doctor look, and keep what it found for the administrator's page."""

from rollkeeper.kernel.database import action, run
from rollkeeper.kernel.jobs import PeriodicJob

_INTERVAL_S = 600.0


def examine() -> int:
    """Examine the installation; what was found before is replaced."""
    from rollkeeper.operations import doctor

    found = doctor.examine()
    with action():
        run("DELETE FROM kernel_healthfinding")
        for position, one in enumerate(found):
            run(
                "INSERT INTO kernel_healthfinding (position, check_name, health, sentence, remedy, found_at)"
                " VALUES (%s, %s, %s, %s, %s, clock_timestamp())",
                [position, one.check, one.health.value, one.sentence, one.remedy],
            )
    return len(found)


JOBS = (PeriodicJob("examine", examine, interval_s=lambda: _INTERVAL_S),)
