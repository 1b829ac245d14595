# SPDX-License-Identifier: EUPL-1.2
"""The page on which the officer protects a subscriber who lives under a threat; a worker carries it out.

No one is listed, and no reason is asked: an attacker would look for just such a list of protected subscribers.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import do_by_worker, say_refusal
from rollkeeper.backoffice.forms import NumberIndexForm
from rollkeeper.kernel.errors import RollkeeperError


@require_http_methods(["GET", "HEAD", "POST"])
def protection(request: HttpRequest) -> HttpResponse:
    """Protect the subscriber of one line."""
    require(authority_in(request), Permission.PROTECT_SUBSCRIBER)
    form = NumberIndexForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            do_by_worker(
                request, "protect-subscriber", _("The subscriber is protected."), number_index=form.cleaned_data["number"]
            )  # fmt: skip
            return redirect("backoffice:protection")
        except RollkeeperError as fault:
            say_refusal(fault, form)
    shown = {"form": form.emptied() if request.method == "POST" else form}
    return render(
        request, "backoffice/protection.html", shown, status=422 if request.method == "POST" else 200
    )
