# SPDX-License-Identifier: EUPL-1.2
"""Draft a report on a page, and publish it once two people approve; with what a worker does of this for the page.

Separate from `services`, which counts: publishing changes no figure.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from rollkeeper.access.authority import Authority
from rollkeeper.access.dual_control import Approvals, PendingSubject, approvals_of, approve, require_approver
from rollkeeper.access.roles import Permission
from rollkeeper.access.staff_requests import day_in, text_in
from rollkeeper.kernel.database import action, prepared_rows
from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting.errors import REPORT_ALREADY_PUBLISHED, REPORT_NOT_FOUND
from rollkeeper.reporting.models import Report
from rollkeeper.reporting.periods import Period, period_between, quarters_of
from rollkeeper.reporting.periods import year as whole_year
from rollkeeper.reporting.services import make_report

_NAMES: Final = UUID("0b2f6c2e-5d7c-4f0e-9a4e-3c8f5a1d7e60")
"""The namespace that turns a period's name into a UUID: approvals name their subject by a UUID."""


def publish_report(authority: Authority, period: Period, *, on: dt.date) -> bool:
    """Approve that a draft is published, as one of two; return whether it is published now.

    Ledger: reporting:report:published, once two approved. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, REPORT_NOT_FOUND,
    REPORT_ALREADY_PUBLISHED, ALREADY_APPROVED.
    """
    role = require_approver(authority, Permission.PUBLISH_REPORT)
    with action():
        report = Report.objects.select_for_update().filter(period=period.name).first()
        if report is None:
            raise REPORT_NOT_FOUND()
        if report.published_on is not None:
            raise REPORT_ALREADY_PUBLISHED(on=report.published_on)
        digest = hashlib.sha256(report.report.encode()).hexdigest()

        def enter(made: Approvals) -> EntryId | None:
            if not made.enough:
                return None
            facts = {"first": period.first.isoformat(), "last": period.last.isoformat(), "report": digest}
            return append_entry(authority, verb=Verb.REPORT_PUBLISHED, role=role, on=on, facts=facts)

        made = approve(
            authority, Permission.PUBLISH_REPORT, subject_of(period.name), content=digest, on=on, enter=enter
        )
        if made.enough:
            report.published_on = on
            report.save(update_fields=["published_on"])
    return made.enough


def approved_by(period: str) -> list[str]:
    """Return who approved that a draft is published, by user name."""
    return [one.username for one in approvals_of(Permission.PUBLISH_REPORT, [subject_of(period)])]


def pending_reports() -> list[PendingSubject]:
    """Return the drafts that wait for two people."""
    drafts = prepared_rows(
        "SELECT period, made_at, report FROM reporting_report WHERE published_on IS NULL ORDER BY made_at"
    )
    return [
        PendingSubject(
            subject_of(one.period), "publish_report", one.made_at, one.period,
            content=hashlib.sha256(one.report.encode()).hexdigest(),
        )
        for one in drafts
    ]  # fmt: skip


def periods_to_draft(*, on: dt.date) -> list[Period]:
    """Return the quarters and years of the last two years that are over and of which there is no report, the newest first."""
    made = set(Report.objects.values_list("period", flat=True))
    years = (on.year, on.year - 1, on.year - 2)
    periods = [one for number in years for one in (whole_year(number), *reversed(quarters_of(number)))]
    return [one for one in periods if one.last < on and one.name not in made]


def subject_of(period: str) -> UUID:
    """Return the reference of a period's report."""
    return uuid5(_NAMES, period)


def draft_by_request(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Draft a report for a page. Refuses: as `make_report`, and INVALID_REPORT_PERIOD."""
    period = period_between(day_in(payload, "first"), day_in(payload, "last"))
    make_report(authority, period, on=on, as_draft=True)
    return {"period": period.name}


def publish_by_request(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Approve for a page that a draft is published. Refuses: as `publish_report`."""
    return {"published": publish_report(authority, period_named(text_in(payload, "period")), on=on)}


def period_named(name: str) -> Period:
    """Return the period of this name. Refuses: REPORT_NOT_FOUND."""
    number = name.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) == 4 and int(number) >= dt.MINYEAR):
        raise REPORT_NOT_FOUND()
    for one in (whole_year(int(number)), *quarters_of(int(number))):
        if one.name == name:
            return one
    raise REPORT_NOT_FOUND()
