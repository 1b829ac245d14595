# SPDX-License-Identifier: EUPL-1.2
"""The home page, open to all: what this is and where each app is. Also the health check."""

import os

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from rollkeeper.ledger.printouts.receipt_checker import check_page, header_policy
from rollkeeper.site.access_middleware import is_open_to
from rollkeeper.site.web_apps import APPS


@login_not_required
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Show the home page; users of the back office are redirected to it."""
    if request.user.is_authenticated and is_open_to(request):
        return redirect("backoffice:campaign")
    return render(request, "site/home_page.html", {"apps": _addresses(request)})


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say "ok" if this app reaches the register; break otherwise."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@csp_override(header_policy())
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Return the offline page that checks receipts; it sends nothing to this server, and may be saved."""
    del request
    return HttpResponse(check_page())


def _addresses(request: HttpRequest) -> list[dict[str, object]]:
    """Return each app with its address, None behind a proxy, where only the operator knows it."""
    served_on = os.environ.get("ROLLKEEPER_PORT", "")
    host, _, port = request.get_host().rpartition(":")
    direct = bool(served_on) and port == served_on
    return [
        {
            "name": app.name,
            "title": app.title,
            "address": f"{request.scheme}://{host}:{int(served_on) + app.port_offset}/" if direct else None,
        }
        for app in APPS
    ]
