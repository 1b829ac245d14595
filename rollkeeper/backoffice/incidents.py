# SPDX-License-Identifier: EUPL-1.2
"""The pages of incidents: figures and clocks, the notices that people would get, and the steps that are taken.

No affected person is named here, not even by reference. The worker carries out steps requested here within seconds.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import rule_for
from rollkeeper.access.dual_control import require_approver
from rollkeeper.access.errors import ALREADY_APPROVED, NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.sessions import open_session_counts
from rollkeeper.backoffice.asking import Question, Text, confirm, is_confirmed, shown_again
from rollkeeper.backoffice.finding import find_in
from rollkeeper.backoffice.incident_runbook import CONSEQUENCES, clock_of, next_clock, runbook
from rollkeeper.backoffice.paging import paged
from rollkeeper.incidents import queries
from rollkeeper.incidents.approvals import PERMISSION_FOR, approve_step, require_read, withdraw_step
from rollkeeper.incidents.choices import Step, StepState
from rollkeeper.incidents.drafts import reworded_as, texts_in
from rollkeeper.incidents.errors import (
    INCIDENT_CLOSED,
    NOTICE_REWORDED,
    PEOPLE_ALREADY_NOTIFIED,
    REPORT_NOTED,
)
from rollkeeper.incidents.queries import IncidentView
from rollkeeper.incidents.report import LANGUAGES, write_report
from rollkeeper.incidents.services import AUTHORITIES, close_incident, note_report_sent
from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import SOURCE, spoken_of
from rollkeeper.notices.wordings import wordings
from rollkeeper.subscribers.queries import subscriber_count

_OUT_OF_DATE = (
    ALREADY_APPROVED.code, NO_PENDING_APPROVAL.code, INCIDENT_CLOSED.code, NOTICE_REWORDED.code, PEOPLE_ALREADY_NOTIFIED.code,
    REPORT_NOTED.code,
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def incident_list(request: HttpRequest) -> HttpResponse:
    """List the incidents, the open ones first, with the duty that is due next; or find one by its reference."""
    listed = queries.incidents(authority_in(request), now=clock.now())
    found = find_in(request, listed, lambda one: [one.incident_id], label=_("Reference of an incident"))
    if found.only:
        return redirect("backoffice:incident", found.only.incident_id)
    shown = {
        "found": found,
        "open": paged(
            request, [(one, next_clock(one, now=clock.now())) for one in found.rows if not one.closed_at]
        ),
        "past": paged(request, [one for one in found.rows if one.closed_at], "past"),
    }
    return render(request, "backoffice/incidents.html", shown, status=found.status)


@require_safe
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Show one incident: its clocks, its figures, the drafts in each language, and the steps."""
    authority = authority_in(request)
    found = queries.incident(authority, incident_id, now=clock.now())
    asked = queries.steps(authority, incident_id)
    drafted, wording = found.drafted or {}, wordings(incident_id)
    shown = {
        "incident": found,
        "clocks": [clock_of(duty, noticed_at=found.noticed_at, now=clock.now()) for duty in found.duties],
        "fields": drafted.get("fields", {}).items(),
        "drafts": [
            (code, n, texts_in(code, drafted.get("fields", ()), wording))
            for code, n in sorted(drafted.get("languages", {}).items())
        ],
        "may_word": authority.role_for(Permission.MANAGE_INCIDENT) is not None
        and not found.closed_at
        and not any(one.step is Step.NOTIFY_PEOPLE and one.ended_at is None for one in asked),
        "read": reworded_as(incident_id),
        "unreachable": drafted.get("unreachable", 0),
        "steps": runbook(found, asked, authority=authority, username=request.user.get_username()),
        "asked": asked,
        "reports_left": sum(
            one.to in AUTHORITIES and not one.met_at and not one.exempt_because for one in found.duties
        ),
        "languages": spoken_of(LANGUAGES),
        "is_under_way": any(one.state is StepState.APPROVED for one in asked),
    }
    return render(request, "backoffice/incident.html", shown)


@require_POST
@shown_again("backoffice:incident", *_OUT_OF_DATE)
def ask(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Request a step, or approve a step that another person requested. If it harms, ask first, with the number of people concerned."""
    step = request.POST.get("step", "")
    if step not in set(Step):
        messages.error(request, _("Choose what is to be done."))
        return redirect("backoffice:incident", incident_id)
    authority, read = authority_in(request), request.POST.get("read", "")
    require_approver(authority, PERMISSION_FOR[Step(step)])
    if step != Step.SCOPE and not is_confirmed(request):
        found = queries.incident(authority, incident_id, now=clock.now())
        require_read(incident_id, Step(step), read)
        return confirm(request, _question(found, Step(step)), step=step, read=read)
    if approve_step(authority, incident_id, Step(step), on=clock.today(), read=read) is StepState.APPROVED:
        messages.info(request, _("It is done within seconds; look at this page again."))
    else:
        messages.success(request, _("Your approval is recorded. A second approver is needed."))
    return redirect("backoffice:incident", incident_id)


@require_POST
@shown_again("backoffice:incident", *_OUT_OF_DATE)
def withdraw(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Withdraw a step that waits for the second person."""
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
@shown_again("backoffice:incident", *_OUT_OF_DATE)
def report_sent(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Record that the report went to the authority."""
    left = request.POST.get("left", "")
    note_report_sent(
        authority_in(request), incident_id, on=clock.today(), left=int(left) if left.isdecimal() else None
    )
    messages.success(request, _("It is noted that the report went out."))
    return redirect("backoffice:incident", incident_id)


@require_POST
@shown_again("backoffice:incident", *_OUT_OF_DATE)
def close(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Close an incident after all its duties are met."""
    close_incident(authority_in(request), incident_id, on=clock.today())
    messages.success(request, _("The incident is closed."))
    return redirect("backoffice:incident", incident_id)


def _question(found: IncidentView, step: Step) -> Question:
    """Return the question before a step that harms, with the number concerned; for a drill it says that nothing happens to anyone."""
    if found.is_drill:
        concerns, concerned = None, ""
        said: list[Text] = [_("This is a drill: the step is recorded, and nothing happens to anyone.")]
    else:
        concerns, concerned = _concerned(found, step)
        said = [*CONSEQUENCES[step]]
    people = rule_for(PERMISSION_FOR[step]).people
    if people > 1:
        said.append(_("It takes two people: it is done once another person has approved it too."))
    return Question(
        title=Step(step).label,
        button=_("Yes: %(step)s") % {"step": Step(step).label},
        consequences=said,
        back=reverse("backoffice:incident", args=[found.incident_id]),
        concerns=concerns,
        concerned=concerned,
    )


def _concerned(found: IncidentView, step: Step) -> tuple[int, str]:
    match step:
        case Step.SUSPEND_ACCOUNTS:
            return found.accounts, ngettext("staff account", "staff accounts", found.accounts)
        case Step.SIGN_OUT_EVERYONE:
            people = len(open_session_counts())
            return people, ngettext(
                "member of staff is signed in now", "members of staff are signed in now", people
            )
        case Step.NOTIFY_PEOPLE:
            reached = sum(((found.drafted or {}).get("languages") or {}).values())
            return reached, ngettext("notice is sent", "notices are sent", reached)
        case _:
            people = subscriber_count()
            return people, ngettext("person is sealed again", "people are sealed again", people)
