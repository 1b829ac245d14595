# SPDX-License-Identifier: EUPL-1.2
"""The pages of incidents: figures and clocks, what each of the people would be notified, and what is done about it.

No affected person is named here, not even by reference. The worker carries out steps requested here within seconds.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.authority import Authority, rule_for
from rollkeeper.access.services import authority_in
from rollkeeper.incidents import queries
from rollkeeper.incidents.approvals import PERMISSION_FOR, approve_step, withdraw_step
from rollkeeper.incidents.choices import Step, StepState
from rollkeeper.incidents.drafts import texts_in
from rollkeeper.incidents.queries import DutyView, IncidentView, StepView
from rollkeeper.incidents.report import LANGUAGES, write_report
from rollkeeper.incidents.services import close_incident, note_report_sent
from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import SOURCE, spoken_of


@dataclass(frozen=True, slots=True)
class Offer:
    """One step as the page offers it: how many people it takes, the one that waits, and what this reader may do."""

    step: Step
    people: int
    waiting: StepView | None
    may_ask: bool
    may_withdraw: bool
    last: StepView | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty with its remaining or exceeded time; nothing if its clock is stopped."""

    duty: DutyView
    left: str
    is_over: bool


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """List the incidents, the open ones first, with the duty that is due next."""
    found = queries.incidents(authority_in(request), now=clock.now())
    shown = {
        "open": [(one, _next(one)) for one in found if not one.closed_at],
        "past": [one for one in found if one.closed_at],
    }
    return render(request, "backoffice/incidents.html", shown)


@require_safe
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Show one incident: its clocks, its figures, the drafts in each language, and the steps."""
    authority = authority_in(request)
    found = queries.incident(authority, incident_id, now=clock.now())
    asked = queries.steps(authority, incident_id)
    drafted = found.drafted or {}
    shown = {
        "incident": found,
        "clocks": [_clock(duty) for duty in found.duties],
        "fields": drafted.get("fields", {}).items(),
        "drafts": [
            (code, n, texts_in(code, drafted.get("fields", ())))
            for code, n in sorted(drafted.get("languages", {}).items())
        ],
        "unreachable": drafted.get("unreachable", 0),
        "offers": []
        if found.closed_at
        else [_offer(request, authority, found, step, asked) for step in Step],
        "asked": asked,
        "languages": spoken_of(LANGUAGES),
        "is_under_way": any(one.state is StepState.APPROVED for one in asked),
    }
    return render(request, "backoffice/incident.html", shown)


@require_POST
def ask(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Request a step, or approve one that another person requested."""
    step = request.POST.get("step", "")
    if step not in set(Step):
        messages.error(request, _("Choose what is to be done."))
    elif approve_step(authority_in(request), incident_id, Step(step), on=clock.today()) is StepState.APPROVED:
        messages.success(request, _("It is done within seconds; look at this page again."))
    else:
        messages.success(request, _("Your approval is recorded. A second approver is needed."))
    return redirect("backoffice:incident", incident_id)


@require_POST
def withdraw(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Withdraw a step that waits for a second yes."""
    step = request.POST.get("step", "")
    if step not in set(Step):
        messages.error(request, _("Choose what is to be done."))
    else:
        withdraw_step(authority_in(request), incident_id, Step(step), on=clock.today())
        messages.success(request, _("It is withdrawn, and not done."))
    return redirect("backoffice:incident", incident_id)


@require_safe
def report(request: HttpRequest, incident_id: UUID, language: str) -> HttpResponse:
    """Return the report to the authority as a text: figures and deadlines, no references of people."""
    found = queries.incident(authority_in(request), incident_id, now=clock.now())
    chosen = language if language in spoken_of(LANGUAGES) else SOURCE
    text = write_report(found, (found.drafted or {}).get("fields", {}), language=chosen)
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="incident-{chosen}.txt"'},
    )  # fmt: skip


@require_POST
def report_sent(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Note that the report went to the authority."""
    note_report_sent(authority_in(request), incident_id, on=clock.today())
    messages.success(request, _("It is noted that the report went out."))
    return redirect("backoffice:incident", incident_id)


@require_POST
def close(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Close an incident whose every duty is met."""
    close_incident(authority_in(request), incident_id, on=clock.today())
    messages.success(request, _("The incident is closed."))
    return redirect("backoffice:incident", incident_id)


def _offer(
    request: HttpRequest, authority: Authority, found: IncidentView, step: Step, asked: list[StepView]
) -> Offer:
    permission, name = PERMISSION_FOR[step], request.user.get_username()
    of_it = [one for one in asked if one.step is step]
    waiting = next((one for one in of_it if one.ended_at is None), None)
    may = authority.role_for(permission) is not None
    makes_sense = not (
        step is Step.NOTIFY_PEOPLE and (found.scoped_at is None or found.notified_at is not None)
    )
    return Offer(
        step, rule_for(permission).people, waiting,
        may_ask=may and makes_sense
        and (waiting is None or (waiting.state is StepState.PENDING and name not in waiting.approved_by)),
        may_withdraw=may and waiting is not None and waiting.state is StepState.PENDING,
        last=next((one for one in of_it if one.ended_at is not None), None),
    )  # fmt: skip


def _next(found: IncidentView) -> Clock | None:
    left = [duty for duty in found.duties if duty.met_at is None and not duty.exempt_because]
    return _clock(min(left, key=lambda duty: duty.due_at)) if left else None


def _clock(duty: DutyView) -> Clock:
    if duty.met_at or duty.exempt_because:
        return Clock(duty, "", is_over=False)
    left = duty.in_time_until - clock.now()
    return Clock(duty, _length(abs(left)), is_over=left < dt.timedelta())


def _length(span: dt.timedelta) -> str:
    days, hours, minutes = span.days, span.seconds // 3600, span.seconds % 3600 // 60
    if days:
        return _("%(days)s days and %(hours)s hours") % {"days": days, "hours": hours}
    return _("%(hours)s hours and %(minutes)s minutes") % {"hours": hours, "minutes": minutes}
