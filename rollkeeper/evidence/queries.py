# SPDX-License-Identifier: EUPL-1.2
"""Read the reports that were made: the same figures that the files hold, and none besides."""

import json
from typing import Any

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.evidence.errors import ReportNotThere
from rollkeeper.evidence.models import Report


def report_periods(authority: Authority) -> list[str]:
    """Return the periods of which there is a report, the newest first. Refuses: NotAllowed."""
    demand(authority, Power.SEE_EVIDENCE)
    return list(Report.objects.order_by("-period").values_list("period", flat=True))


def report_of(authority: Authority, period: str) -> dict[str, Any]:
    """Return one report. Refuses: NotAllowed, ReportNotThere."""
    demand(authority, Power.SEE_EVIDENCE)
    found = Report.objects.filter(period=period).first()
    if found is None:
        raise ReportNotThere
    read: dict[str, Any] = json.loads(found.report)
    return read
