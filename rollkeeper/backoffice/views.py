# SPDX-License-Identifier: EUPL-1.2
"""The pages of the back office: the campaign as a chart, and one line. Counts, dates and reasons; no names."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.batches import CAN_STOP, page_language
from rollkeeper.backoffice.campaign_choice import campaign_choice
from rollkeeper.backoffice.chart import NARROW, STACK, WIDE, chart, stacked, thinned
from rollkeeper.backoffice.finding import find_in
from rollkeeper.backoffice.forms import LineForm, ReconnectForm
from rollkeeper.backoffice.paging import PAGE, paged
from rollkeeper.backoffice.stepper import campaign_steps
from rollkeeper.backoffice.unreachable import by_channel
from rollkeeper.campaign import queries, statistics
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.line_lookup import look_up_line
from rollkeeper.campaign.stage_counts import DayCount
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.ids import CampaignId, LineId
from rollkeeper.kernel.side_by_side import name_in
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import count_past_last_day, masked_input, view_line
from rollkeeper.lines.reconnection import may_reconnect, reconnect_temporarily
from rollkeeper.provisioning.queries import last_comparison
from rollkeeper.selfcare.queries import case_inbox

MOST_TABLE_ROWS = PAGE
OPEN = CAN_STOP | {BatchState.UNDO_REQUESTED}


@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: HttpRequest) -> HttpResponse:
    """Show the campaign as a chart, the lines that fall due, and the batches; or find a batch by its reference."""
    authority = authority_in(request)
    require(authority, Permission.SEE_CAMPAIGN)
    today = clock.today()
    choice = campaign_choice(request)
    seen = choice.overview()
    states = queries.batch_states(choice.key.campaign_id if choice.key and choice.offered else None)
    found = find_in(request, states, lambda one: [one[0]], label=_("Reference of a batch"))
    if found.only:
        return redirect("backoffice:batch", found.only[0])
    open_batches = [batch_id for batch_id, state in states if state in OPEN]
    past = paged(request, [batch_id for batch_id, state in found.rows if state not in OPEN], "batches")
    batches = queries.batches(batch_ids=[*open_batches, *past])
    shown: dict[str, Any] = {
        "choice": choice,
        "found": found,
        "overview": seen,
        "stays": [
            one for one in queries.stays() if one.covers(today) and one.campaign in {None, choice.name}
        ],
        "past_last_day": count_past_last_day(on=today),
        "steps": campaign_steps(seen),
        "open_batches": [batch for batch in batches if batch.state in OPEN],
        "past": past,
        "past_batches": [batch for batch in batches if batch.state not in OPEN],
        "is_running": any(batch.state == BatchState.RUNNING for batch in batches),
        "form": LineForm(today=today),
        "may_explain": authority.role_for(Permission.EXPLAIN_LINE) is not None,
    }
    if seen is not None:
        total = sum(seen.stage_counts.values())
        shown |= {
            "law_title": name_in(page_language(), load_pack(seen.pack_id).file.title),
            "wide": chart(seen.series, WIDE, begins_on=seen.begins_on),
            "narrow": chart(seen.series, NARROW, begins_on=seen.begins_on),
            "stages": [(stage, seen.stage_counts.get(stage, 0)) for stage in reversed(STACK)],
            "total": total,
            "table": [
                {"day": day, "counts": [counts.get(stage, 0) for stage in reversed(STACK)]}
                for day, counts in thinned(seen.series, MOST_TABLE_ROWS)
            ],
            "due": _due_by_day(seen.due_soon),
            "tomorrow": statistics.action_counts(seen.due_soon, first=today + dt.timedelta(days=1), days=1),
            "week": statistics.action_counts(seen.due_soon, first=today + dt.timedelta(days=1), days=7),
            "regions": _regions(seen.campaign_id),
            "unproven": statistics.unproven(),
            "compared": last_comparison(),
            "undone": statistics.undone(seen.campaign_id),
            "most_due": max((one.count for one in seen.due_soon), default=0),
            "channels": [row for row in by_channel(seen) if row["channel"]],
        }
    return render(request, "backoffice/campaign.html", shown, status=found.status)


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest) -> HttpResponse:
    """Explain one line by its exact number. The number comes in the body, is not kept, and is shown only masked."""
    authority = authority_in(request)
    require(authority, Permission.EXPLAIN_LINE)
    today = clock.today()
    if request.method != "POST":
        return render(request, "backoffice/line.html", {"form": LineForm(today=today)})
    form = LineForm(request.POST, today=today)
    if not form.is_valid():
        return render(request, "backoffice/line.html", {"form": form.emptied()}, status=422)
    about = form.cleaned_data["on"]
    shown: dict[str, Any] = {"form": LineForm(today=today), "asked": True, "about": about}
    try:
        found = look_up_line(
            authority, number=form.cleaned_data["number"], about=about, on=today, language=page_language()
        )
    except LineNotFound as fault:
        return render(request, "backoffice/line.html", shown | {"missed": translated(fault)}, status=404)
    found_line, may = (
        view_line(found.line_id),
        authority.role_for(Permission.RECONNECT_TEMPORARILY) is not None,
    )
    shown |= {
        "found": found,
        "called": masked_input(form.data["number"]),
        "may_reconnect": may and found_line is not None and may_reconnect(found_line),
        "cases": [one for one in case_inbox(authority) if one.line_id == found.line_id]
        if authority.role_for(Permission.SEE_CASES)
        else [],
    }
    return render(request, "backoffice/line.html", shown)


@require_POST
def reconnect(request: HttpRequest) -> HttpResponse:
    """Reconnect a suspended line for some hours. Its reference is in the body; no reason is asked."""
    authority, form = authority_in(request), ReconnectForm(request.POST)
    require(authority, Permission.RECONNECT_TEMPORARILY)
    if not form.is_valid():
        return render(request, "backoffice/line.html", {"form": LineForm(today=clock.today())}, status=422)
    reconnect_temporarily(authority, LineId(form.cleaned_data["line"]), on=clock.today())
    messages.success(
        request,
        _("The line works again within minutes, for some hours; the reconnection ends automatically."),
    )
    return redirect("backoffice:line")


def _regions(campaign_id: CampaignId) -> list[dict[str, Any]]:
    """Return a row for each region: its stages in the order of the table, and its bar."""
    found = statistics.regions(campaign_id)
    most = max((one.total for one in found), default=0)
    return [
        {
            "name": one.region, "total": one.total, "is_rest": one.region == "",
            "counts": [one.counts.get(stage, 0) for stage in reversed(STACK)],
            "parts": stacked([(stage, one.counts.get(stage, 0)) for stage in STACK], most),
        }
        for one in found
    ]  # fmt: skip


def _due_by_day(due: tuple[DayCount, ...]) -> list[dict[str, Any]]:
    """Return a row for each day: the day and its counts by action."""
    by_day: dict[Any, dict[str, int]] = {}
    for one in due:
        counts = by_day.setdefault(one.day, {})
        counts[one.action] = counts.get(one.action, 0) + one.count
    return [
        {
            "day": day,
            "suspend": counts.get("suspend", 0),
            "terminate": counts.get("terminate", 0),
            "named": [one for one in due if one.day == day and one.title],
        }
        for day, counts in sorted(by_day.items())
    ]
