# SPDX-License-Identifier: EUPL-1.2
"""The page of the unreachable subscribers: the channels tried, their lines by reference, and who waived them.

Figures come from tallies and the list is paged, so that it works for ten million lines. A campaign does not close while any
listed line is not waived.
"""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.campaign_choice import campaign_choice
from rollkeeper.backoffice.forms import BackofficeForm
from rollkeeper.backoffice.paging import PAGE
from rollkeeper.campaign import closure, queries
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.ids import LineId
from rollkeeper.notices.choices import NoticeState
from rollkeeper.notices.queries import reach_by_channel

_UNDER_WAY = frozenset({NoticeState.QUEUED, NoticeState.SENT})
_ASKED = ("campaign", "region", "channel", "after")
_IN_VAIN = frozenset({NoticeState.BOUNCED, NoticeState.UNREACHABLE})


class AfterForm(BackofficeForm):
    """The last line of the previous page, and the region and channel whose lines are shown."""

    after = forms.UUIDField(required=False)
    region = forms.CharField(required=False, max_length=64)
    channel = forms.ChoiceField(required=False, choices=[("none", ""), *Channel.choices])


class WaiveForm(BackofficeForm):
    """Why the subscribers of the waived lines could not be notified."""

    because = forms.ChoiceField(
        label=gettext_lazy("Why can they not be notified?"),
        choices=WaiverReason.choices,
    )


@require_safe
def unreachable(request: HttpRequest) -> HttpResponse:
    """Show the state of notification by channel, and the lines that no notice has reached."""
    return _page(request, WaiveForm())


@require_POST
def waive(request: HttpRequest) -> HttpResponse:
    """Waive the marked lines, under the reader's name."""
    form = WaiveForm(request.POST)
    lines = [LineId(UUID(one)) for one in request.POST.getlist("lines")[:PAGE] if _is_reference(one)]
    if not form.is_valid() or not lines:
        return _page(request, form, status=422)
    because = WaiverReason(form.cleaned_data["because"])
    done = closure.waive_unreachable(authority_in(request), lines, because=because, on=clock.today())
    said = ngettext("You answer for %(count)d line.", "You answer for %(count)d lines.", done.waived)
    messages.success(request, said % {"count": done.waived})
    return redirect(reverse("backoffice:unreachable") + _asked_for(request))


def _asked_for(request: HttpRequest) -> str:
    """Return the query part of the page's address that selects the lines; empty if it selects none."""
    asked = {name: request.GET[name] for name in _ASKED if name in request.GET}
    return f"?{urlencode(asked)}" if asked else ""


def _page(request: HttpRequest, form: WaiveForm, status: int = 200) -> HttpResponse:
    authority = authority_in(request)
    require(authority, Permission.SEE_CAMPAIGN)
    asked = AfterForm(request.GET)
    chosen = asked.cleaned_data if asked.is_valid() else {}
    after = LineId(chosen["after"]) if chosen.get("after") else None
    region = chosen.get("region", "") if "region" in request.GET else None
    channel = chosen.get("channel") or None
    choice = campaign_choice(request)
    seen = choice.overview()
    lines = (
        queries.unreachable(
            after=after,
            limit=PAGE + 1,
            region=region,
            channel="" if channel == "none" else channel,
            name=choice.name,
        )
        if seen
        else []
    )
    lines, further = lines[:PAGE], lines[PAGE:]
    groups = queries.unreachable_groups(choice.name) if seen else []
    shown = {
        "choice": choice,
        "groups": [(one, next_channel(one.channel)) for one in groups],
        "most": max((one.lines for one in groups), default=0),
        "is_filtered": region is not None or channel is not None,
        "region": region,
        "asked": _asked_for(request),
        "channel": channel,
        "waivable": sum(line.waiver_reason is None for line in lines),
        "overview": seen,
        "channels": by_channel(seen) if seen else [],
        "total": sum(seen.stage_counts.values()) if seen else 0,
        "lines": lines,
        "next": lines[-1].line_id if further else None,
        "form": form,
        "is_wrong": status != 200,
        "may_waive": authority.role_for(Permission.WAIVE_UNREACHABLE) is not None
        and authority.staff_id is not None,
    }
    return render(request, "backoffice/unreachable.html", shown, status=status)


def by_channel(seen: queries.CampaignOverview) -> list[dict[str, object]]:
    """Return, for each channel and for notices without a channel, how many arrived, are in progress or failed."""
    found = reach_by_channel(seen.campaign_id)

    def count(channel: Channel | None, states: frozenset[NoticeState]) -> int:
        return sum(one.count for one in found if one.channel is channel and one.state in states)

    return [
        {
            "channel": channel.value if channel else None,
            "reached": seen.reached_by_channel.get(channel.value, 0) if channel else 0,
            "under_way": count(channel, _UNDER_WAY),
            "in_vain": count(channel, _IN_VAIN),
        }
        for channel in (*Channel, None)
    ]


def next_channel(channel: str | None) -> str | None:
    """Return the channel to try after one that failed; None if none is left."""
    order = [one.value for one in Channel]
    if channel is None:
        return order[0]
    after = order[order.index(channel) + 1 :]
    return after[0] if after else None


def _is_reference(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
