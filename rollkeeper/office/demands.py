# SPDX-License-Identifier: EUPL-1.2
"""The pages on which two people decide a third party's demand. Nothing is opened here, and no number is shown.

Whoever says yes types the number and the day as the instrument has them; the instrument itself is read by a command.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import Power
from rollkeeper.disclosures import acts, queries
from rollkeeper.disclosures.kinds import Because, DemandState
from rollkeeper.kernel import clock
from rollkeeper.office.forms import DemandYesForm, RefuseDemandForm


@require_safe
def demands(request: HttpRequest) -> HttpResponse:
    """List the demands that are kept: how they stand, no number and nobody's name."""
    found = queries.demands(authority_in(request))
    shown = {"open": [one for one in found if one.is_open], "past": [one for one in found if not one.is_open]}
    return render(request, "office/demands.html", shown)


@require_safe
def demand(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """Show one demand and what whoever looks may do with it."""
    return _page(request, authority_in(request), demand_id)


@require_POST
def approve(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """Say yes, with the number and the day as read in the instrument. Neither is shown again."""
    authority = authority_in(request)
    form = DemandYesForm(request.POST)
    if not form.is_valid():
        return _page(request, authority, demand_id, yes=form.emptied(), status=422)
    acts.approve_demand(
        authority,
        demand_id,
        number=form.cleaned_data["number"],
        held_on=form.cleaned_data["held_on"],
        on=clock.today(),
    )
    messages.success(request, _("Your yes is recorded."))
    return redirect("office:demand", demand_id)


@require_POST
def refuse(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """Refuse it, alone, for a reason that is counted."""
    authority = authority_in(request)
    form = RefuseDemandForm(request.POST)
    if not form.is_valid():
        return _page(request, authority, demand_id, no=form, status=422)
    acts.refuse_demand(authority, demand_id, because=Because(form.cleaned_data["because"]), on=clock.today())
    messages.success(request, _("The demand is refused."))
    return redirect("office:demand", demand_id)


def _page(
    request: HttpRequest,
    authority: Authority,
    demand_id: UUID,
    *,
    yes: DemandYesForm | None = None,
    no: RefuseDemandForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.demand_view(authority, demand_id)
    name = request.user.get_username()
    decides = authority.role_for(Power.DECIDE_DEMAND) is not None
    waiting = found.state is DemandState.WAITING
    shown = {
        "demand": found, "yes": yes or DemandYesForm(), "no": no or RefuseDemandForm(),
        "may_approve": decides and waiting and name not in {found.entered_by, *found.approved_by},
        "may_refuse": decides and found.state in {DemandState.WAITING, DemandState.APPROVED},
        "entered_it": name == found.entered_by,
    }  # fmt: skip
    return render(request, "office/demand.html", shown, status=status)
