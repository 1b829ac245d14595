# SPDX-License-Identifier: EUPL-1.2
"""The pages on which a campaign is planned, its batches are prepared, stays are entered and ended, and it is closed.

Changes are requested here, and the worker makes them within seconds; the page updates by itself, or without script by a link.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.staff_requests import RequestView
from rollkeeper.backoffice.asking import Question, confirm, do_by_worker, is_confirmed, say_refusal
from rollkeeper.backoffice.batches import authority_to_see, page_language
from rollkeeper.backoffice.campaign_choice import campaign_choice, titles_of_open
from rollkeeper.backoffice.campaign_forms import CloseForm, DayForm, StayForm
from rollkeeper.campaign import court_stays, queries
from rollkeeper.campaign.choices import Stage, WorkKind
from rollkeeper.campaign.open_campaign import named_campaigns
from rollkeeper.campaign.work_requests import last_work, request_work
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.side_by_side import name_in, text_in
from rollkeeper.law.packs import load_pack


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Show how many lines a planning would add, and the result of the last planning."""
    authority = authority_to_see(request)
    check, done = last_work(WorkKind.PLAN_CHECK), last_work(WorkKind.PLAN)
    pack = load_pack(instance().pack)
    begins = [one.campaign.begins_on for one in pack.campaigns] if not pack.unsupported_fields else []
    titles = {
        one.id: text_in(page_language(), {"en": one.id} | one.title)[0] for one in pack.stated_campaigns
    }
    shown = {
        "pack_title": name_in(page_language(), pack.file.title),
        "begins_on": min(begins, default=None),
        "titles": titles,
        "overview": queries.overview(clock.today()),
        "check": _newer(check, done),
        "plan": done,
        "may": authority.role_for(Permission.PLAN_CAMPAIGN) is not None,
        "is_moving": _is_moving(check, done),
    }
    return render(request, "backoffice/plan.html", shown)


@require_POST
def ask_plan(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a dry run of the plan, or for the plan."""
    kind = WorkKind.PLAN if request.POST.get("kind") == WorkKind.PLAN else WorkKind.PLAN_CHECK
    request_work(authority_to_see(request), kind, on=clock.today())
    return redirect("backoffice:plan")


@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """Count the lines due on a day, then prepare its batches."""
    authority = authority_to_see(request)
    form = DayForm(request.POST if request.method == "POST" else None, today=clock.today())
    if form.is_bound and form.is_valid():
        kind = WorkKind.PREPARE if request.POST.get("kind") == WorkKind.PREPARE else WorkKind.BATCH_CHECK
        request_work(authority, kind, due_on=form.cleaned_data["due_on"], on=clock.today())
        return redirect("backoffice:prepare")
    check, done = last_work(WorkKind.BATCH_CHECK), last_work(WorkKind.PREPARE)
    shown = {
        "form": form,
        "overview": queries.overview(clock.today()),
        "check": _newer(check, done),
        "done": done,
        "titles": titles_of_open(),
        "may": authority.role_for(Permission.PREPARE_BATCH) is not None,
        "is_moving": _is_moving(check, done),
        "is_due": any(one["count"] for one in (check.outcome.get("found", ()) if check else ())),
    }
    return render(request, "backoffice/prepare.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def stays(request: HttpRequest) -> HttpResponse:
    """List the stays, and enter a new one."""
    authority = authority_to_see(request)
    form = StayForm(
        request.POST if request.method == "POST" else None, today=clock.today(), titles=titles_of_open()
    )
    if form.is_bound and form.is_valid():
        first, last, reason = (form.cleaned_data[name] for name in ("first", "last", "reason"))
        name = form.cleaned_data.get("campaign")
        paused = named_campaigns(name)[0] if name else None
        try:
            court_stays.enter_stay(
                authority, first=first, last=last, reason=reason, on=clock.today(), campaign=paused
            )
        except RollkeeperError as fault:
            say_refusal(fault, form)
            return _stays_page(request, authority, form)
        if paused:
            messages.success(
                request, _("The stay is entered: the clocks of this campaign are paused while it lasts.")
            )
        else:
            messages.success(request, _("The stay is entered: every clock is paused while it lasts."))
        for batch_id in queries.batches_that_acted(first, last, campaign=paused):
            messages.warning(request, _("It covers days on which a batch acted. Undo it: batch %(batch)s.") % {"batch": str(batch_id)[-6:].upper()})  # fmt: skip
        return redirect("backoffice:stays")
    return _stays_page(request, authority, form)


@require_POST
def end_stay(request: HttpRequest, stay_id: UUID) -> HttpResponse:
    """Agree, as one of two people, that today is the last day of a stay; the page asks first, since the clocks go on."""
    authority = authority_to_see(request)
    require(authority, Permission.END_STAY)
    if not is_confirmed(request):
        return confirm(request, _end_of_stay(stay_id))
    ended = court_stays.end_stay(authority, stay_id=stay_id, on=clock.today())
    if ended:
        messages.success(request, _("Today is the last day of the stay."))
    else:
        messages.success(request, _("Your approval is recorded. A second approver is needed."))
    return redirect("backoffice:stays")


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Show what a campaign still has to finish; request its close."""
    authority = authority_to_see(request)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and campaign_choice(request).is_asked_in(request):
        request_work(authority, WorkKind.CLOSE, on=clock.today(), campaign=campaign_choice(request).key)
        return redirect(reverse("backoffice:close") + campaign_choice(request).query)
    choice = campaign_choice(request, also_closed=True)
    asked, seen = last_work(WorkKind.CLOSE, choice.key.campaign_id if choice.key else None), choice.overview()
    left = [(stage, seen.stage_counts.get(stage, 0)) for stage in (Stage.NOT_NOTIFIED, Stage.RUNNING, Stage.SUSPENDED)] if seen else []  # fmt: skip
    shown = {
        "choice": choice,
        "overview": seen,
        "left": left,
        "form": form,
        "asked": asked,
        "may": authority.role_for(Permission.CLOSE_CAMPAIGN) is not None,
        "may_cancel": seen is not None and not seen.stage_counts.get(Stage.SUSPENDED),
        "is_moving": _is_moving(asked),
    }
    return render(request, "backoffice/close.html", shown, status=422 if form.is_bound else 200)


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Cancel a campaign that should not have been planned, after a question. The worker refuses once a line is suspended."""
    authority = authority_to_see(request)
    require(authority, Permission.CLOSE_CAMPAIGN)
    choice = campaign_choice(request)
    seen = choice.overview()
    if not is_confirmed(request) or not choice.is_asked_in(request):
        question = Question(
            title=_("Cancel the campaign?"), button=_("Cancel the campaign"), back=reverse("backoffice:close") + choice.query,
            consequences=[
                _("Notices that wait are withdrawn, and all clocks stop. A new plan begins with new notices."),
                _("Subscribers who were notified must be told that their last day no longer applies."),
            ],
            concerns=sum(seen.stage_counts.values()) if seen else 0, concerned=_("lines in the campaign"),
        )  # fmt: skip
        return confirm(request, question, shown=choice.reference)
    do_by_worker(request, "cancel-campaign", _("The campaign is cancelled: it concerned %(members)s lines, %(notified)s of them notified."), subject=choice.key.campaign_id if choice.key else None, campaign=choice.name)  # fmt: skip
    return redirect("backoffice:close")


def _stays_page(request: HttpRequest, authority: Authority, form: StayForm) -> HttpResponse:
    today = clock.today()
    found: list[dict[str, Any]] = [
        {"stay": one, "is_open": one.last is None or one.last > today} for one in queries.stays()
    ]
    shown = {
        "titles": titles_of_open(),
        "stays": found,
        "form": form,
        "may_enter": authority.role_for(Permission.ENTER_STAY) is not None,
        "may_end": authority.role_for(Permission.END_STAY) is not None,
    }
    return render(request, "backoffice/stays.html", shown, status=422 if form.errors else 200)


def _end_of_stay(stay_id: UUID) -> Question:
    paused = next((one.campaign for one in queries.stays() if one.stay_id == stay_id), None)
    running = sum(one.stage_counts.get(Stage.RUNNING, 0) for one in queries.overviews(clock.today(), paused))
    return Question(
        title=_("Approve that the stay ends today?"), button=_("Approve its end today"), back=reverse("backoffice:stays"),
        consequences=[
            _("Once two people have approved it on the same day, every clock goes on from tomorrow."),
            _("Lines can then lose service when their days are over, in batches that two people approve."),
        ],
        concerns=running, concerned=_("lines whose clock goes on"),
    )  # fmt: skip


def _newer(check: RequestView | None, done: RequestView | None) -> RequestView | None:
    """Return the dry run, None if the real run was requested after it."""
    return check if check and (done is None or check.requested_at > done.requested_at) else None


def _is_moving(*asked: RequestView | None) -> bool:
    return any(one is not None and one.is_under_way for one in asked)
