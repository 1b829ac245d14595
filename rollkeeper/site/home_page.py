# SPDX-License-Identifier: EUPL-1.2
"""The home page, open to all: what this is and where each app is. Also whether this app is alive, and ready."""

import os

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from rollkeeper.kernel.health import Part, answer_text, disk_part, register_part
from rollkeeper.ledger.printouts.receipt_checker import check_page, header_policy
from rollkeeper.ledger.signed_entry_timestamps import vkey
from rollkeeper.site.access_middleware import is_open_to
from rollkeeper.site.web_apps import APPS, app_named, this_app
from rollkeeper.vault.epochs import require_genuine
from rollkeeper.vault.root import index_key


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
    """Say "ok": this app answers."""
    return _health(request)


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say "ready", or which parts this app has not that it needs: the register, keys to seal with, the key of the index, room."""
    return _health(request)


def _health(request: HttpRequest) -> HttpResponse:
    status, said = answer_text(request.path, _parts())
    return HttpResponse(said, status=status, content_type="text/plain")


def _parts() -> list[Part]:
    seals = [Part("keys", require_genuine)] if app_named(this_app() or "").seals else []
    return [register_part(), *seals, Part("root", lambda: index_key().digests([b"ready"])), disk_part()]


@login_not_required
@require_safe
@csp_override(header_policy())
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Return the offline page that checks receipts; it sends nothing to this server, and may be saved."""
    del request
    return HttpResponse(check_page(vkey() or ""))


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
