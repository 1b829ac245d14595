# SPDX-License-Identifier: EUPL-1.2
"""Read the reports that were made: the same figures that the files hold, and none besides."""

import json
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.reporting.errors import ReportNotFound
from rollkeeper.reporting.models import Report


def report_periods(authority: Authority) -> list[str]:
    """Return the periods of which there is a report, the newest first. Refuses: NotAllowed."""
    require(authority, Permission.SEE_REPORTS)
    return list(Report.objects.order_by("-period").values_list("period", flat=True))


def report_of(authority: Authority, period: str) -> dict[str, Any]:
    """Return one report. Refuses: NotAllowed, ReportNotFound."""
    require(authority, Permission.SEE_REPORTS)
    found = Report.objects.filter(period=period).first()
    if found is None:
        raise ReportNotFound
    read: dict[str, Any] = json.loads(found.report)
    return read
