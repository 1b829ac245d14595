# SPDX-License-Identifier: EUPL-1.2
"""The only place that turns a refusal into an answer of the web, and that logs requests.

A person gets a page, a machine a problem document (RFC 9457). Neither repeats typed values. The log has the route as in the code,
never the address with its values, and no query string or name.
"""

import logging
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.core.signals import got_request_exception
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rollkeeper.access.errors import ReauthenticationNeeded
from rollkeeper.access.own_pages import is_own, page_at
from rollkeeper.access.settings import portal_runs_scripts
from rollkeeper.counter.settings import settings as counter_settings
from rollkeeper.kernel import clock, room
from rollkeeper.kernel.database import is_disk_full, is_out_of_reach
from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import cite
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rights import ComplaintBody, complaint_body
from rollkeeper.site.errors import (
    BAD_REQUEST,
    FORM_EXPIRED,
    NO_ROOM,
    PAGE_NOT_FOUND,
    REGISTER_UNREACHABLE,
    SERVER_ERROR,
)
from rollkeeper.site.web_apps import AppName, app_named, this_app

STATUS = {
    Kind.MALFORMED: 422,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.REFUSED: 409,
    Kind.INTERNAL: 500,
}
requests = logging.getLogger("rollkeeper.requests")
crashes = logging.getLogger("rollkeeper.crashes")
refusals = logging.getLogger("rollkeeper.refusals")


class RequestLogMiddleware:
    """Write one line a request: app, method, route, status, time taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and log the outcome."""
        began = time.monotonic()
        response = self.get_response(request)
        taken_ms = (time.monotonic() - began) * 1000
        route = request.resolver_match.route if request.resolver_match else "(no route)"
        requests.info(
            "%s %s /%s %s %.0f ms", this_app(), request.method, route, response.status_code, taken_ms
        )
        return response


class RefusalMiddleware:
    """Turn a `RollkeeperError` into a page, or a problem document for a machine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; pages are never cached. An address with a NUL, which no table can hold, is not found.

        An address that only accepts forms redirects to the page above it: a person can reach it after a new sign-in, or by the address bar.
        """
        response = not_found(request) if "\0" in request.path else self.get_response(request)
        if (
            response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            and request.method == "GET"
            and _is_for_a_person(request)
        ):
            response = HttpResponseRedirect(_page_above(request.path))
        response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Answer a refusal in the form that was asked for; send a person who must first confirm their identity to the page for that."""
        if isinstance(fault, RollkeeperError) and fault.kind is Kind.FORBIDDEN:
            _log_refused(request, fault)
        if isinstance(fault, ReauthenticationNeeded) and _is_for_a_person(request):
            methods = get_adapter().get_reauthentication_methods(request.user)
            return _ask_to_confirm(request, methods[0]["url"]) if methods else refuse(request, fault)
        if isinstance(
            fault, DataError
        ):  # such as a NUL, which no table can hold: no form of a page sends such a value
            _log_refused(request, BAD_REQUEST())
            return not_read(request)
        return refuse(request, fault) if isinstance(fault, RollkeeperError) else None


def _page_above(path: str) -> str:
    """Return the nearest address above this one that has a page, or that redirects again."""
    while len(path := f"{path.rstrip('/').rpartition('/')[0]}/") > len(get_script_prefix()):
        with suppress(Resolver404):
            page_at(path)
            return path
    return get_script_prefix()


def _log_refused(request: HttpRequest, fault: RollkeeperError) -> None:
    """Log a forbidden request: the account by its reference, the route and the refusal's code; no name and no value."""
    user = getattr(request, "user", None)
    who = user.pk if user is not None and user.is_authenticated else "a visitor"
    route = request.resolver_match.route if request.resolver_match else "(no route)"
    refusals.warning("%s %s /%s refused to %s: %s", this_app(), request.method, route, who, fault.code)


def refuse(request: HttpRequest, fault: RollkeeperError, *, status: int | None = None) -> HttpResponse:
    """Return the answer to a refusal: a page for people, a problem document for machines."""
    status = status or STATUS[fault.kind]
    article = fault.facts.get("article")
    if not _is_for_a_person(request):
        sentences = [str(one) for one in fault.faults]
        problem: dict[str, object] = {
            "type": f"urn:rollkeeper:{fault.code}",
            "title": " ".join(sentences),
            "detail": fault.advice,
            "status": status,
        }
        if article:
            problem["article"] = str(article)
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    shown: dict[str, object] = {
        "faults": translated(fault),
        "remedies": list({said.remedy: said for said in translated(fault)}.values()),
        "article": cite(str(article)) if article else "",
        "kind": fault.kind.value,
        "code": fault.code,
        "back": _page_before(request) if request.method == "POST" else "",
    }
    return render(request, "site/error.html", shown, status=status)


def _ask_to_confirm(request: HttpRequest, asking: str) -> HttpResponse:
    """Send a person to confirm their identity, and then to the page that they opened, or back to the page of the form that they sent.

    Nothing of a form is kept, since its values may be personal: the person sends it again.
    """
    back = request.path
    if request.method == "POST":
        back = _page_before(request) or get_script_prefix()
        messages.info(request, _("Nothing was done yet. Confirm that it is you, then do it again."))
    return HttpResponseRedirect(f"{asking}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def _page_before(request: HttpRequest) -> str:
    """Return the path of the page of this app from which a request came; empty if that is not known."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_ours = came_from.netloc == request.get_host() and not came_from.path.startswith("//")
    return came_from.path if is_ours and is_own(came_from.path) else ""


def page_context(request: HttpRequest) -> dict[str, object]:
    """Give every page the operator's name, the day and whether this is a demo."""
    del request
    app = this_app()
    return {
        "instance": instance(),
        "idle_minutes": counter_settings().idle_minutes,
        "today": clock.today(),
        "demo_date": clock.demo_date(),
        "app": app,
        "runs_scripts": app != AppName.PORTAL or portal_runs_scripts(),
        "first_page": get_script_prefix(),
        "app_name": app_named(app).title if app else "",
        "csrf_cookie_name": settings.CSRF_COOKIE_NAME,
        "complaint_body": _complaint_body,
    }


def _complaint_body() -> ComplaintBody | None:
    """Return the body to which people can complain; only pages that show it call this."""
    return complaint_body(load_pack(instance().pack), get_language() or "en", on=clock.today())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that does not exist."""
    del exception
    return refuse(request, PAGE_NOT_FOUND())


def not_read(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a request that cannot be read."""
    del exception
    return refuse(request, BAD_REQUEST(), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Answer for a form without its CSRF token."""
    del exception, reason
    return refuse(request, FORM_EXPIRED())


def crashed(request: HttpRequest) -> HttpResponse:
    """Answer for a crash with a page, or with plain text if what broke the first page breaks the error page too."""
    broke = sys.exc_info()[1]
    is_away = is_out_of_reach(broke)
    if is_disk_full(broke) or (is_away and room.is_out()):
        fault = NO_ROOM()
    elif is_away:
        fault = REGISTER_UNREACHABLE()
    else:
        fault = SERVER_ERROR(reference=getattr(request, "error_reference", "-"))
    status = 500 if fault.code == SERVER_ERROR.code else 503
    try:
        answer = refuse(_without_register(request) if is_away else request, fault, status=status)
    except Exception:  # noqa: BLE001 - whatever broke may break the page of the error too
        answer = HttpResponse(
            f"{fault}\n{fault.advice}\n", status=status, content_type="text/plain; charset=utf-8"
        )
    if status != STATUS[Kind.INTERNAL]:
        answer["Retry-After"] = "5"
    return answer


def _without_register(request: HttpRequest) -> HttpRequest:
    """Return a request whose page reads nothing from the register: no account and no messages."""
    request.user = AnonymousUser()
    if hasattr(request, "_messages"):  # where Django's `get_messages` looks
        del request._messages  # noqa: SLF001
    return request


def note_crash(sender: Any, request: HttpRequest | None = None, **_: Any) -> None:
    """Log where it failed and the type of fault, but no message and no values, which could be personal."""
    del sender
    kind, _fault, trace = sys.exc_info()
    reference = secrets.token_hex(4)
    if request is not None:
        request.error_reference = reference  # type: ignore[attr-defined]
    places = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(traceback.extract_tb(trace)))
    crashes.error("%s %s at %s", reference, kind.__name__ if kind else "-", places)


got_request_exception.connect(note_crash, dispatch_uid="rollkeeper.note_crash")


def _is_for_a_person(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "") or request.headers.get("HX-Request") == "true"
