# SPDX-License-Identifier: EUPL-1.2
"""Read the reports that were made: the same figures that the files hold, and none besides."""

import json
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.reporting.errors import REPORT_NOT_FOUND
from rollkeeper.reporting.models import Report


def report_periods(authority: Authority) -> list[str]:
    """Return the periods of which there is a report, the newest first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.SEE_REPORTS)
    return list(Report.objects.order_by("-period").values_list("period", flat=True))


def report_of(authority: Authority, period: str) -> dict[str, Any]:
    """Return one report. Refuses: NOT_ALLOWED, REPORT_NOT_FOUND."""
    require(authority, Permission.SEE_REPORTS)
    found = Report.objects.filter(period=period).first()
    if found is None:
        raise REPORT_NOT_FOUND()
    read: dict[str, Any] = json.loads(found.report)
    return read
