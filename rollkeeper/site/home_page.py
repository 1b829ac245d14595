# SPDX-License-Identifier: EUPL-1.2
"""The home page, open to all: it says what this is and where each app is. Also the health pages of this app."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.settings import portal_runs_scripts
from rollkeeper.kernel.health import Part, answer_text, disk_part, register_part
from rollkeeper.ledger.printouts.receipt_checker import check_page, header_policy
from rollkeeper.ledger.signed_entry_timestamps import vkey
from rollkeeper.site.access_middleware import is_open_to
from rollkeeper.site.entrances import entrances, own_apps
from rollkeeper.site.web_apps import AppName, app_named, this_app
from rollkeeper.vault.epochs import require_genuine
from rollkeeper.vault.root import index_key


@login_not_required
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """Show the home page; users of the back office are redirected to it."""
    if request.user.is_authenticated and is_open_to(request):
        return redirect(_first_page(request))
    return render(request, "site/home_page.html", {"own_apps": own_apps(request)})


@login_not_required
@require_safe
def other_app(request: HttpRequest, name: str, rest: str = "") -> HttpResponse:
    """Redirect a path of this app's address to another app, so that people need to know only one address."""
    address = entrances(request).addresses.get(name)
    if not address:
        raise Http404
    return redirect(f"{address.rstrip('/')}/{quote(rest)}")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say "ok": this app answers."""
    return _health(request)


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say "ready", or which parts this app needs and lacks: the register, keys to seal with, the key of the index, room."""
    return _health(request)


def _first_page(request: HttpRequest) -> str:
    """Return the page on which a member of staff begins."""
    if authority_in(request).role_for(Permission.MANAGE_STAFF):
        return "backoffice:administration"
    return "backoffice:campaign"


def _health(request: HttpRequest) -> HttpResponse:
    status, said = answer_text(request.path_info, _parts())
    return HttpResponse(said, status=status, content_type="text/plain")


def _parts() -> list[Part]:
    seals = [Part("keys", require_genuine)] if app_named(this_app() or "").has_sealer else []
    return [register_part(), *seals, Part("root", lambda: index_key().digests([b"ready"])), disk_part()]


@login_not_required
@require_safe
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Return the offline page that checks receipts; if this app runs no scripts, say that the page works once it is saved."""
    if this_app() != AppName.PORTAL or portal_runs_scripts():
        return _check_page(request)
    if "save" not in request.GET:
        return render(request, "site/check_receipt.html")
    page = _check_page(request)
    page["Content-Disposition"] = 'attachment; filename="check-receipt.html"'
    return page


@csp_override(header_policy())
def _check_page(request: HttpRequest) -> HttpResponse:
    """Return the page; it sends nothing to this server, and may be saved."""
    del request
    return HttpResponse(check_page(vkey() or ""))
