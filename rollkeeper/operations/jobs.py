# SPDX-License-Identifier: EUPL-1.2
"""The job of this package: have the doctor examine, keep what it found for the administrator's page, and mail what is broken."""

from typing import Final

from rollkeeper.kernel.health import keep_findings
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.notices.alarms import mail_broken
from rollkeeper.operations.findings import Finding, Health

_INTERVAL_S: Final = 600.0
_MAILED_OTHERWISE: Final = {"disk", "canaries"}
_HURT_AT_ONCE: Final = {"notices and commands"}
"""A warning is mailed here too: people wait for a notice, or for service that the network should give back."""


def examine() -> int:
    """Examine the installation; return how many sentences there are."""
    from rollkeeper.operations import doctor

    found = doctor.examine()
    keep_findings([(one.check, one.health.value, one.sentence, one.remedy) for one in found])
    mail_broken([(one.check, one.sentence, one.remedy) for one in found if _is_mailed(one)])
    return len(found)


def _is_mailed(one: Finding) -> bool:
    """Tell whether people are hurt until someone acts: no task before going live, and no finding that is mailed separately."""
    if one.check in _MAILED_OTHERWISE or one.stops_going_live:
        return False
    return one.health is Health.ERROR or (one.check in _HURT_AT_ONCE and one.health is not Health.OK)


JOBS: Final = (PeriodicJob("examine", examine, interval_s=lambda: _INTERVAL_S),)
