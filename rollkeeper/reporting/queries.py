# SPDX-License-Identifier: EUPL-1.2
"""Read the reports that were made: the same figures as in their files, and no others."""

import datetime as dt
import json
from typing import Any

from django.db.models import QuerySet

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.reporting.errors import REPORT_NOT_FOUND
from rollkeeper.reporting.models import Report


def report_periods(authority: Authority) -> list[str]:
    """Return the periods of which there is a report, the newest first; drafts for those who make them. Refuses: NOT_ALLOWED."""
    return list(_reports(authority).order_by("-period").values_list("period", flat=True))


def report_of(authority: Authority, period: str) -> dict[str, Any]:
    """Return one report. Refuses: NOT_ALLOWED, REPORT_NOT_FOUND."""
    found = _reports(authority).filter(period=period).first()
    if found is None:
        raise REPORT_NOT_FOUND()
    read: dict[str, Any] = json.loads(found.report)
    return read


def published_on(authority: Authority, period: str) -> dt.date | None:
    """Return when a report was published, None for a draft. Refuses: NOT_ALLOWED."""
    found: dt.date | None = (
        _reports(authority).filter(period=period).values_list("published_on", flat=True).first()
    )
    return found


def _reports(authority: Authority) -> QuerySet[Report]:
    require(authority, Permission.SEE_REPORTS)
    found = Report.objects.all()
    return found if authority.role_for(Permission.MAKE_REPORTS) else found.filter(published_on__isnull=False)
