# SPDX-License-Identifier: EUPL-1.2
"""Reports on pages: drafted for a period that is over, read, and published by two people. A worker does it."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollkeeper.access.authority import Authority, require, rule_for
from rollkeeper.access.dual_control import require_approver
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import Question, confirm, do_by_worker, is_confirmed
from rollkeeper.kernel import clock
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.publishing import approved_by, period_named, periods_to_draft
from rollkeeper.reporting.queries import published_on


@dataclass(frozen=True, slots=True)
class ReportState:
    """The state of a report, and what this reader may do: publish it, or draft reports of other periods."""

    published_on: dt.date | None
    approved_by: tuple[str, ...]
    people: int
    may_publish: bool
    to_draft: tuple[Period, ...]


def report_state(authority: Authority, period: str, *, username: str) -> ReportState:
    """Return the state of the report of a period, and the periods of which a report may be drafted."""
    day = published_on(authority, period) if period else None
    given = approved_by(period) if period and day is None else []
    drafts = authority.role_for(Permission.MAKE_REPORTS) is not None
    publishes = authority.role_for(Permission.PUBLISH_REPORT) is not None
    return ReportState(
        day, tuple(given), rule_for(Permission.PUBLISH_REPORT).people,
        may_publish=bool(period) and day is None and publishes and username not in given,
        to_draft=tuple(periods_to_draft(on=clock.today())) if drafts else (),
    )  # fmt: skip


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft the report of a period. The page asks first, since a quarter is counted only once."""
    require(authority_in(request), Permission.MAKE_REPORTS)
    name = request.POST.get("period", "")
    if not name:
        messages.error(request, _("Choose a period."))
        return redirect("backoffice:reports")
    period = period_named(name)
    if not is_confirmed(request):
        question = Question(
            title=_("Draft the report of %(period)s?") % {"period": name}, button=_("Draft the report"),
            consequences=[
                _("A quarter is counted once, over the ledger as it is published now, and never again."),
                _("The draft is shown to those who make reports, until two people publish it."),
            ],
            back=reverse("backoffice:reports"), is_harmful=False,
        )  # fmt: skip
        return confirm(request, question, period=name)
    said = _("The report is drafted. Read it, then two people publish it.")
    do_by_worker(request, "draft-report", said, first=period.first.isoformat(), last=period.last.isoformat())
    return redirect("backoffice:report_of_period", name)


@require_POST
def publish(request: HttpRequest, period: str) -> HttpResponse:
    """Publish a draft, as one of two people, after a question."""
    require_approver(authority_in(request), Permission.PUBLISH_REPORT)
    if not is_confirmed(request):
        question = Question(
            title=_("Publish the report of %(period)s?") % {"period": period}, button=_("Approve that it is published"),
            consequences=[
                _("Once two people have approved it, everyone who may see reports sees it, and it goes to the authority."),
                _("It cannot be changed or withdrawn."),
            ],
            back=reverse("backoffice:report_of_period", args=[period]), is_harmful=False,
        )  # fmt: skip
        return confirm(request, question)
    do_by_worker(request, "publish-report", _("Your approval is recorded."), period=period)
    return redirect("backoffice:report_of_period", period)
