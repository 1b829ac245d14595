# SPDX-License-Identifier: EUPL-1.2
"""The page of the authorities that may request: proposed by one person with their key, approved by another with its fingerprint."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.disclosure_actions import ask_or_say_over
from rollkeeper.backoffice.disclosure_forms import FingerprintForm, ProposeAuthorityForm
from rollkeeper.backoffice.labels import AUTHORITY_KINDS, say
from rollkeeper.backoffice.vault_session import sign_in_form
from rollkeeper.disclosures import queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import instance
from rollkeeper.law.disclosures import disclosure_laws
from rollkeeper.law.packs import load_pack


@require_http_methods(["GET", "HEAD", "POST"])
def authorities(request: HttpRequest) -> HttpResponse:
    """List the authorities, and propose one."""
    authority = authority_in(request)
    may = authority.role_for(Permission.APPROVE_AUTHORITY) is not None
    found = queries.authorities(authority)
    form, sign_in, kinds = ProposeAuthorityForm(kinds=_kinds()), sign_in_form(request), _kinds()
    status = 200
    if request.method == "POST":
        require(authority, Permission.APPROVE_AUTHORITY)
        form = ProposeAuthorityForm(request.POST, kinds=kinds)
        sign_in = sign_in_form(request, bound=True)
        if all([form.is_valid(), sign_in is None or sign_in.is_valid()]):
            given = form.cleaned_data
            if ask_or_say_over(
                request, sign_in, "propose-authority", title=given["title"], kind=given["kind"], key=given["key"],
                valid_until=given["valid_until"],
            ):  # fmt: skip
                messages.success(
                    request, _("It is proposed. Another person approves it with the fingerprint of its key.")
                )
            return redirect("backoffice:authorities")
        status = 422
    shown = {
        "authorities": found, "form": form if may else None, "sign_in": sign_in.emptied() if sign_in and sign_in.is_bound else sign_in,
        "fingerprint": FingerprintForm() if may else None, "may": may,
    }  # fmt: skip
    return render(request, "backoffice/authorities.html", shown, status=status)


@require_POST
def approve(request: HttpRequest, authority_id: UUID) -> HttpResponse:
    """Approve an authority, as the second person."""
    require(authority_in(request), Permission.APPROVE_AUTHORITY)
    form, sign_in = FingerprintForm(request.POST), sign_in_form(request, bound=True)
    if not all([form.is_valid(), sign_in is None or sign_in.is_valid()]):
        messages.error(request, _("Enter the fingerprint and your password."))
    elif ask_or_say_over(
        request,
        sign_in,
        "approve-authority",
        authority=str(authority_id),
        read_out=form.cleaned_data["read_out"],
    ):
        messages.success(request, _("The authority is approved."))
    return redirect("backoffice:authorities")


@require_POST
def remove(request: HttpRequest, authority_id: UUID) -> HttpResponse:
    """Take an authority off the list; nothing is sealed to its key any more."""
    require(authority_in(request), Permission.APPROVE_AUTHORITY)
    sign_in = sign_in_form(request, bound=True)
    if sign_in is not None and not sign_in.is_valid():
        messages.error(request, _("Enter your password."))
    elif ask_or_say_over(request, sign_in, "remove-authority", authority=str(authority_id)):
        messages.success(request, _("The authority was removed from the list."))
    return redirect("backoffice:authorities")


def _kinds() -> list[tuple[str, str]]:
    """Return the kinds that the law knows; of a law that knows none, the usual ones, so that a request is entered as refused and counted."""
    found = sorted({law.to for law in disclosure_laws(load_pack(instance().pack), on=clock.today())})
    return [(kind, say(kind, "authority_kind")) for kind in found or AUTHORITY_KINDS]
