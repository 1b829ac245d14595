# SPDX-License-Identifier: EUPL-1.2
"""The pages about agents and reports: each agent, its cases, and the figures that the authority gets."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents import queries
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.choices import AgentState, SuspensionCause, Verdict
from rollkeeper.agents.errors import AGENT_CASE_UNKNOWN, AGENT_NOT_IN_STATE
from rollkeeper.agents.review_cases import settle_case
from rollkeeper.agents.settings import settings as agents_settings
from rollkeeper.agents.suspension import suspend_agent
from rollkeeper.backoffice.agent_actions import reverification_question, suspension_question
from rollkeeper.backoffice.asking import OUT_OF_DATE, confirm, is_confirmed, shown_again
from rollkeeper.backoffice.finding import find_in
from rollkeeper.backoffice.forms import SampleDrawForm
from rollkeeper.backoffice.paging import paged
from rollkeeper.backoffice.report_actions import report_state
from rollkeeper.backoffice.report_figures import coverage, how_made, parts
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.reporting.audit_samples.queries import samples_of
from rollkeeper.reporting.queries import report_of, report_periods


@require_http_methods(["GET", "HEAD", "POST"])
def agent_list(request: HttpRequest) -> HttpResponse:
    """List the agents in the order of their codes, or find some, and the open cases. No figure ranks the agents."""
    authority = authority_in(request)
    require(authority, Permission.SEE_AGENTS)
    label = _("Code of an agent or an outlet, or a user name")
    found = find_in(request, queries.agent_list(), lambda one: [one.code, *one.known_by], label=label)
    if found.only:
        return redirect("backoffice:agent", found.only.code)
    shown = {
        "found": found,
        "agents": paged(request, found.rows),
        "cases": paged(request, queries.open_cases(), "cases"),
        "may_settle": authority.role_for(Permission.SETTLE_AGENT_CASE) is not None,
        "verdicts": Verdict.choices,
        "may_add": authority.role_for(Permission.APPROVE_AGENT) is not None,
    }
    return render(request, "backoffice/agents.html", shown, status=found.status)


@require_safe
def agent(request: HttpRequest, code: str) -> HttpResponse:
    """Show one agent: checklist, audits, outlets, cases, its own figures."""
    authority = authority_in(request)
    require(authority, Permission.SEE_AGENTS)
    view = queries.agent_called(code, on=clock.today(), window_days=agents_settings().window_days)
    language = get_language() or "en"
    can_suspend = view.state in {AgentState.APPROVED, AgentState.CANDIDATE, AgentState.SUSPENDED}
    shown = {
        "agent": view,
        "requirements": [(checklist()[one.requirement].said(language), one) for one in view.requirements],
        "window_days": agents_settings().window_days,
        "outlets": paged(request, view.outlets, "outlets"),
        "cases": paged(request, [one for one in queries.open_cases() if one.agent == view.code], "cases"),
        "findings": [(checklist()[one.requirement].said(language), one) for one in view.findings],
        "may_approve": authority.role_for(Permission.APPROVE_AGENT) is not None
        and view.state != AgentState.TERMINATED,
        "all_met": all(one.is_met for one in view.requirements),
        "may_suspend": can_suspend and authority.role_for(Permission.SUSPEND_AGENT) is not None,
        "reasons": [
            (b.value, b.label)
            for b in SuspensionCause
            if view.state != AgentState.SUSPENDED or b is SuspensionCause.FRAUD
        ],
    }
    return render(request, "backoffice/agent.html", shown)


@require_POST
@shown_again("backoffice:agent", AGENT_NOT_IN_STATE.code)
def suspend(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend an agent at once, after a question that says how many people it concerns."""
    because = request.POST.get("because", "")
    if because not in set(SuspensionCause):
        messages.error(request, _("Choose a reason."))
        return redirect("backoffice:agent", code)
    require(authority_in(request), Permission.SUSPEND_AGENT)
    if not is_confirmed(request):
        is_fraud = SuspensionCause(because) is SuspensionCause.FRAUD
        return confirm(request, suspension_question(code, is_fraud=is_fraud), because=because)
    done = suspend_agent(authority_in(request), code, SuspensionCause(because), on=clock.today())
    messages.success(
        request,
        _(
            "The agent is suspended. Accounts closed: %(accounts)s. Lines whose subscribers are asked to confirm (none suspended): %(lines)s."
        )
        % {"accounts": done.accounts, "lines": done.lines},
    )
    return redirect("backoffice:agent", code)


@require_POST
def settle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record the outcome of a case."""
    verdict = request.POST.get("verdict", "")
    if verdict not in set(Verdict):
        messages.error(request, _("Choose the result."))
        return redirect("backoffice:agents")
    authority, chosen = authority_in(request), Verdict(verdict)
    require(authority, Permission.SETTLE_AGENT_CASE)
    if chosen is Verdict.REVERIFY and not is_confirmed(request):
        return confirm(request, reverification_question(), verdict=verdict)
    try:
        settle_case(authority, case_id, chosen, on=clock.today())
        messages.success(request, _("The case is settled."))
    except RollkeeperError as fault:
        if fault.code != AGENT_CASE_UNKNOWN.code:
            raise
        messages.warning(request, OUT_OF_DATE)
    return redirect("backoffice:agents")


@require_safe
def reports(request: HttpRequest, period: str = "") -> HttpResponse:
    """Show the newest report to the authority, or the report of a period: the same figures as in its files."""
    return reports_page(request, period)


def reports_page(request: HttpRequest, period: str, *, draw: SampleDrawForm | None = None) -> HttpResponse:
    """Show a report; also the form for drawing a sample of its lines, with its faults if it was refused."""
    authority = authority_in(request)
    periods = report_periods(authority)
    chosen = period or (periods[0] if periods else "")
    language = get_language() or "en"
    report = report_of(authority, chosen) if chosen else None
    draws = authority.role_for(Permission.DRAW_AUDIT_SAMPLE) is not None
    can_draw = draws and report is not None and len(report["quarters"]) == 1
    shown_parts, empty = parts(report, language, law=load_pack(instance().pack)) if report else ([], [])
    shown = {
        "periods": periods,
        "chosen": chosen,
        "report": report,
        "state": report_state(authority, chosen, username=request.user.get_username()),
        "samples": samples_of(authority, chosen) if draws and chosen else [],
        "draw": (draw.emptied() if draw else SampleDrawForm()) if can_draw else None,
        "coverage": coverage(report, language) if report else [],
        "parts": shown_parts,
        "empty_tables": empty,
        "made": how_made(report, language) if report else [],
    }
    return render(request, "backoffice/reports.html", shown, status=422 if draw else 200)
