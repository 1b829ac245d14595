# SPDX-License-Identifier: EUPL-1.2
"""The page on which a data protection officer opens one value of one person, by way of the vault service.

This app cannot open values. It passes on the person's sign-in: the service checks the password and the code of the authenticator app itself,
and its session lasts some minutes. The value is only in one answer and is stored nowhere; the ledger records the opening before it.
"""

from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import say_refusal
from rollkeeper.backoffice.forms import OpenValueForm
from rollkeeper.backoffice.vault_session import ask_vault, is_over, sign_in_form
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.vault.fields import field_label

_PAGE: Final = "backoffice/open_value.html"


@require_http_methods(["GET", "HEAD", "POST"])
def open_value(request: HttpRequest) -> HttpResponse:
    """Show one field of a line's present or last subscriber. Every opening is recorded, and the person sees it."""
    # The vault checks the password on this page itself, so the app need not ask for it a second time.
    require(replace(authority_in(request), is_recent=True), Permission.OPEN_SEALED)
    if request.method != "POST":
        return _page(request)
    form = OpenValueForm(request.POST)
    sign_in = sign_in_form(request, bound=True)
    if not form.is_valid() or (sign_in is not None and not sign_in.is_valid()):
        return _page(request, form=form.emptied(), sign_in=sign_in and sign_in.emptied(), status=422)
    try:
        asked = {name: form.cleaned_data[name] for name in ("line", "field", "purpose", "part")}
        value = str(ask_vault(request, sign_in, "open-field", **asked))
    except RollkeeperError as fault:
        if is_over(fault):
            return _page(request, form=form.emptied(), is_over=True, status=403)
        status = say_refusal(fault, form, sign_in)
        return _page(request, form=form.emptied(), sign_in=sign_in and sign_in.emptied(), status=status)
    return _page(request, value=value, field=field_label(form.cleaned_data["field"]))


def _page(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    shown = {"form": OpenValueForm(), "sign_in": sign_in_form(request)} | {
        name: one for name, one in shown.items() if one is not None
    }
    return render(request, _PAGE, shown, status=status)
