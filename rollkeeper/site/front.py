# SPDX-License-Identifier: EUPL-1.2
"""The first page, open to everybody: what this is and where each face is. And the answer to "are you well?"."""

import os

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from rollkeeper.ledger.paper.page import check_page, header_policy
from rollkeeper.site.faces import FACES
from rollkeeper.site.gate import opens_to


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show what this is; whoever may enter the office goes on to it."""
    if request.user.is_authenticated and opens_to(request):
        return redirect("office:campaign")
    return render(request, "site/front.html", {"faces": _addresses(request)})


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say "ok" if this face reaches the register; break otherwise."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@csp_override(header_policy())
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Give anybody the page that checks receipts by itself; it asks nothing of this server, and may be saved."""
    del request
    return HttpResponse(check_page())


def _addresses(request: HttpRequest) -> list[dict[str, object]]:
    """Return each face with its address, None where a proxy stands before it and only the operator knows it."""
    served_on = os.environ.get("ROLLKEEPER_PORT", "")
    host, _, port = request.get_host().rpartition(":")
    direct = bool(served_on) and port == served_on
    return [
        {
            "name": face.name,
            "title": face.title,
            "address": f"{request.scheme}://{host}:{int(served_on) + face.port_offset}/" if direct else None,
        }
        for face in FACES
    ]
