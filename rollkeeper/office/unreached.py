# SPDX-License-Identifier: EUPL-1.2
"""The page of the unreached: by which way they were tried, which lines they are by reference, and who answers for them.

Figures come from tallies and the list a page at a time, so that it holds at ten million lines. A campaign does not close
while anybody stands here for whom nobody answers.
"""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import demand
from rollkeeper.access.roles import Power
from rollkeeper.campaign import acts, queries
from rollkeeper.campaign.stages import ExcuseReason
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId
from rollkeeper.notices.kinds import Channel, NoticeState
from rollkeeper.notices.queries import reach
from rollkeeper.office.words import EXCUSES

PAGE = 100
_UNDER_WAY = frozenset({NoticeState.OWED, NoticeState.SENT})
_IN_VAIN = frozenset({NoticeState.BOUNCED, NoticeState.UNREACHABLE})


class AfterForm(forms.Form):
    """The last line of the page before."""

    after = forms.UUIDField(required=False)


class ExcuseForm(forms.Form):
    """Why nobody could be told about the lines that somebody answers for."""

    because = forms.ChoiceField(
        label=gettext_lazy("Why can nobody be told?"),
        choices=[(one.value, EXCUSES[one.value]) for one in ExcuseReason],
    )


@require_safe
def unreached(request: HttpRequest) -> HttpResponse:
    """Show by which ways telling got how far, and the lines whom nothing has reached."""
    return _page(request, ExcuseForm())


@require_POST
def excuse(request: HttpRequest) -> HttpResponse:
    """Answer, by name, for the lines that were marked."""
    form = ExcuseForm(request.POST)
    lines = [LineId(UUID(one)) for one in request.POST.getlist("lines")[:PAGE] if _is_reference(one)]
    if not form.is_valid() or not lines:
        return _page(request, form, status=422)
    because = ExcuseReason(form.cleaned_data["because"])
    done = acts.excuse_unreached(authority_in(request), lines, because=because, on=clock.today())
    messages.success(request, _("You answer for %(count)d lines.") % {"count": done.excused})
    return redirect("office:unreached")


def _page(request: HttpRequest, form: ExcuseForm, status: int = 200) -> HttpResponse:
    authority = authority_in(request)
    demand(authority, Power.SEE_CAMPAIGN)
    asked = AfterForm(request.GET)
    after = LineId(asked.cleaned_data["after"]) if asked.is_valid() and asked.cleaned_data["after"] else None
    seen = queries.overview(clock.today())
    lines = queries.unreached(after=after, limit=PAGE) if seen else []
    shown = {
        "overview": seen,
        "ways": ways_of(seen) if seen else [],
        "total": sum(seen.stage_counts.values()) if seen else 0,
        "lines": lines,
        "next": lines[-1].line_id if len(lines) == PAGE else None,
        "form": form,
        "is_wrong": status != 200,
        "may_excuse": authority.role_for(Power.EXCUSE_UNREACHED) is not None
        and authority.staff_id is not None,
    }
    return render(request, "office/unreached.html", shown, status=status)


def ways_of(seen: queries.CampaignOverview) -> list[dict[str, object]]:
    """Return for each way, and for what was tried by none, how many were reached, are under way and were tried in vain."""
    found = reach(seen.campaign_id)

    def count(way: Channel | None, states: frozenset[NoticeState]) -> int:
        return sum(one.count for one in found if one.channel is way and one.state in states)

    return [
        {
            "way": way.value if way else None,
            "reached": seen.reached_by_channel.get(way.value, 0) if way else 0,
            "under_way": count(way, _UNDER_WAY),
            "in_vain": count(way, _IN_VAIN),
        }
        for way in (*Channel, None)
    ]


def _is_reference(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
