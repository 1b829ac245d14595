# SPDX-License-Identifier: EUPL-1.2
"""The pages on which two people decide a third party's disclosure request. Nothing is opened here, and no number is shown.

The approver reads the instrument (`disclosure_actions`) and types the number and the day as written there.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.errors import ALREADY_APPROVED
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import Question, confirm, is_confirmed, say_refusal, shown_again
from rollkeeper.backoffice.finding import find_in
from rollkeeper.backoffice.forms import DisclosureApprovalForm, DisclosureRefusalForm
from rollkeeper.backoffice.paging import paged
from rollkeeper.backoffice.vault_session import sign_in_form
from rollkeeper.disclosures import queries, services
from rollkeeper.disclosures.choices import DisclosureState, RefusalReason
from rollkeeper.disclosures.errors import DISCLOSURE_NOT_PENDING
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError

_OUT_OF_DATE = (DISCLOSURE_NOT_PENDING.code, ALREADY_APPROVED.code)


@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_list(request: HttpRequest) -> HttpResponse:
    """List the stored disclosure requests, or find some: their state, no numbers and no names."""
    found = find_in(
        request, queries.disclosures(authority_in(request)), lambda one: [one.disclosure_id, one.authority, one.entered_by],
        label=_("Reference, authority or user name"),
    )  # fmt: skip
    if found.only:
        return redirect("backoffice:disclosure", found.only.disclosure_id)
    shown = {
        "found": found,
        "open": paged(request, [one for one in found.rows if one.is_open]),
        "past": paged(request, [one for one in found.rows if not one.is_open], "past"),
    }
    return render(request, "backoffice/disclosures.html", shown, status=found.status)


@require_safe
def disclosure(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Show one disclosure request and what the user may do with it."""
    return _page(request, authority_in(request), disclosure_id)


@require_POST
@shown_again("backoffice:disclosure", *_OUT_OF_DATE)
def approve(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Approve a request, with the number and the day as read in the instrument. Neither is shown again."""
    authority = authority_in(request)
    form = DisclosureApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, authority, disclosure_id, yes=form.emptied(), status=422)
    given = form.cleaned_data
    try:
        services.approve_disclosure(
            authority, disclosure_id, number=given["number"], held_on=given["held_on"], on=clock.today()
        )
    except RollkeeperError as fault:
        if fault.code in _OUT_OF_DATE:
            raise
        status = say_refusal(fault, form)
        return _page(request, authority, disclosure_id, yes=form.emptied(), status=status)
    messages.success(request, _("Your approval is recorded."))
    return redirect("backoffice:disclosure", disclosure_id)


@require_POST
@shown_again("backoffice:disclosure", *_OUT_OF_DATE)
def refuse(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Refuse a request, which one person may do alone, for a reason that is counted."""
    authority = authority_in(request)
    form = DisclosureRefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, authority, disclosure_id, no=form, status=422)
    require(authority, Permission.DECIDE_DISCLOSURE)
    if not is_confirmed(request):
        question = _refusal(authority, disclosure_id, RefusalReason(form.cleaned_data["because"]))
        return confirm(request, question, because=form.cleaned_data["because"])
    services.refuse_disclosure(
        authority, disclosure_id, because=RefusalReason(form.cleaned_data["because"]), on=clock.today()
    )
    messages.success(request, _("The disclosure request is refused."))
    return redirect("backoffice:disclosure", disclosure_id)


def _refusal(authority: Authority, disclosure_id: UUID, because: RefusalReason) -> Question:
    found = queries.disclosure_view(authority, disclosure_id)
    return Question(
        title=_("Refuse this disclosure request of %(authority)s?") % {"authority": found.authority}, button=_("Refuse it"),
        consequences=[
            _("Reason: %(reason)s") % {"reason": because.label},
            _("Nothing was opened, and nothing will be. You alone decide it."),
            _("It cannot be taken back: the authority must make another request. The refusal is counted in the report."),
        ],
        back=reverse("backoffice:disclosure", args=[disclosure_id]), concerns=1,
        concerned=_("person whom the request is about"),
    )  # fmt: skip


def _page(
    request: HttpRequest,
    authority: Authority,
    disclosure_id: UUID,
    *,
    yes: DisclosureApprovalForm | None = None,
    no: DisclosureRefusalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.disclosure_view(authority, disclosure_id)
    name = request.user.get_username()
    decides = authority.role_for(Permission.DECIDE_DISCLOSURE) is not None
    waiting = found.state is DisclosureState.WAITING
    shown = {
        "disclosure": found, "yes": yes or DisclosureApprovalForm(), "no": no or DisclosureRefusalForm(),
        "may_approve": decides and waiting and name not in {found.entered_by, *found.approved_by},
        "may_refuse": decides and found.state in {DisclosureState.WAITING, DisclosureState.APPROVED},
        "may_open": authority.role_for(Permission.OPEN_ON_DISCLOSURE) is not None and name in found.approved_by,
        "may_defer": authority.role_for(Permission.DEFER_NOTIFICATION) is not None
        and found.notified_on is None and found.state is not DisclosureState.REFUSED and name != found.entered_by,
        "sign_in": sign_in_form(request),
        "entered_it": name == found.entered_by,
    }  # fmt: skip
    return render(request, "backoffice/disclosure.html", shown, status=status)
