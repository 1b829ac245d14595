# SPDX-License-Identifier: EUPL-1.2
"""The page of the authorities that may request: proposed by one person with their key, approved by another with its fingerprint."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import say_refusal
from rollkeeper.backoffice.disclosure_actions import ask_or_say_over
from rollkeeper.backoffice.disclosure_forms import FingerprintForm, ProposeAuthorityForm
from rollkeeper.backoffice.forms import VaultSignInForm
from rollkeeper.backoffice.labels import AUTHORITY_KINDS, say
from rollkeeper.backoffice.vault_session import ask_vault, sign_in_form
from rollkeeper.disclosures import queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.law.disclosures import disclosure_laws
from rollkeeper.law.packs import load_pack


@require_http_methods(["GET", "HEAD", "POST"])
def authorities(request: HttpRequest) -> HttpResponse:
    """List the authorities, and propose a new one."""
    if request.method != "POST":
        return _page(request)
    require(authority_in(request), Permission.APPROVE_AUTHORITY)
    form, sign_in = ProposeAuthorityForm(request.POST, kinds=_kinds()), sign_in_form(request, bound=True)
    if not all([form.is_valid(), sign_in is None or sign_in.is_valid()]):
        return _page(request, form=form, sign_in=sign_in, status=422)
    given = form.cleaned_data
    try:
        ask_vault(
            request, sign_in, "propose-authority", title=given["title"], kind=given["kind"], key=given["key"],
            valid_until=given["valid_until"],
        )  # fmt: skip
    except RollkeeperError as fault:
        return _page(request, status=say_refusal(fault, form, sign_in), form=form, sign_in=sign_in)
    messages.success(
        request, _("It is proposed. Another person approves it with the fingerprint of its key.")
    )
    return redirect("backoffice:authorities")


@require_POST
def approve(request: HttpRequest, authority_id: UUID) -> HttpResponse:
    """Approve an authority, as the second person."""
    require(authority_in(request), Permission.APPROVE_AUTHORITY)
    form, sign_in = FingerprintForm(request.POST), sign_in_form(request, bound=True)
    if not all([form.is_valid(), sign_in is None or sign_in.is_valid()]):
        return _tried(request, authority_id, form, sign_in, status=422)
    read_out = form.cleaned_data["read_out"]
    try:
        ask_vault(request, sign_in, "approve-authority", authority=str(authority_id), read_out=read_out)
    except RollkeeperError as fault:
        return _tried(request, authority_id, form, sign_in, status=say_refusal(fault, form, sign_in))
    messages.success(request, _("The authority is approved."))
    return redirect("backoffice:authorities")


@require_POST
def remove(request: HttpRequest, authority_id: UUID) -> HttpResponse:
    """Remove an authority from the list; nothing is sealed to its key any more."""
    require(authority_in(request), Permission.APPROVE_AUTHORITY)
    sign_in = sign_in_form(request, bound=True)
    if sign_in is not None and not sign_in.is_valid():
        messages.error(request, _("Enter your password."))
    elif ask_or_say_over(request, sign_in, "remove-authority", authority=str(authority_id)):
        messages.success(request, _("The authority was removed from the list."))
    return redirect("backoffice:authorities")


def _tried(
    request: HttpRequest,
    authority_id: UUID,
    form: FingerprintForm,
    sign_in: VaultSignInForm | None,
    *,
    status: int,
) -> HttpResponse:
    """Show the list again with the refused approval open, and the fingerprint as it was typed."""
    asked = sign_in.emptied() if sign_in else sign_in_form(request)
    form.auto_id = "tried_%s"  # The page has other fields with these names.
    if asked is not None:
        asked.auto_id = "tried_%s"
    return _page(request, status=status, tried=authority_id, fingerprint=form, tried_sign_in=asked)


def _page(
    request: HttpRequest, *, sign_in: VaultSignInForm | None = None, status: int = 200, **tried: Any
) -> HttpResponse:
    """Show the list; if a form was refused, also the form as it was filled in, with its faults."""
    authority = authority_in(request)
    found, may = queries.authorities(authority), authority.role_for(Permission.APPROVE_AUTHORITY) is not None
    shown = {
        "form": ProposeAuthorityForm(kinds=_kinds()) if may else None,
        "sign_in": sign_in.emptied() if sign_in else sign_in_form(request),
        "fingerprint": FingerprintForm(),
        "authorities": found, "may": may,
    }  # fmt: skip
    return render(request, "backoffice/authorities.html", shown | tried, status=status)


def _kinds() -> list[tuple[str, str]]:
    """Return the law's kinds of authorities; if it has none, the usual kinds, so that a request can be entered, refused and counted."""
    found = sorted({law.to for law in disclosure_laws(load_pack(instance().pack), on=clock.today())})
    return [(kind, say(kind, "authority_kind")) for kind in found or AUTHORITY_KINDS]
