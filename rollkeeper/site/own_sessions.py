# SPDX-License-Identifier: EUPL-1.2
"""The page of a person's own sessions, at the back office and the counter; and an administrator's list, to end those of any account.

A counter shows the sessions of counters. The back office shows those of both apps.
"""

import datetime as dt
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.client_address import client_address
from rollkeeper.access.passwords import source_mark
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.sessions import (
    SessionView,
    end_own_sessions,
    end_sessions,
    open_session_counts,
    sessions_of,
)
from rollkeeper.backoffice.paging import paged
from rollkeeper.counter.settings import settings as counter_settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import StaffId
from rollkeeper.site.sessions import reference_of
from rollkeeper.site.web_apps import APPS

_TITLES = {app.name: app.title for app in APPS}


@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    """List the reader's own sessions."""
    here = reference_of(request.session.session_key)
    sessions = [
        {
            "view": one, "app": _TITLES.get(one.app, one.app), "is_current": one.reference == here,
            "used_at": one.expires_at - _idle(one.app),
        }
        for one in _own(request)
    ]  # fmt: skip
    shown = {"sessions": sessions, "others": len(sessions) > 1, "confirm_at": _where_to_confirm(request)}
    return render(request, "site/own_sessions.html", shown)


def _where_to_confirm(request: HttpRequest) -> str:
    """Return where the reader confirms their identity; empty if they did so lately. Scripts of forms that need this ask this page."""
    if authority_in(request).is_recent:
        return ""
    methods = get_adapter().get_reauthentication_methods(request.user)
    return f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: request.path})}" if methods else ""


@require_POST
def end_own(request: HttpRequest) -> HttpResponse:
    """End one of the reader's own sessions, or all but the present one."""
    asked, here = request.POST.get("session", ""), reference_of(request.session.session_key)
    chosen = [one.reference for one in _own(request) if asked in {"others", str(one.reference)}]
    if asked == "others":
        chosen = [reference for reference in chosen if reference != here]
    count = end_own_sessions(authority_in(request), chosen, on=clock.today())
    if here in chosen:
        return redirect(settings.LOGIN_URL)
    _say(request, count)
    return redirect("own_sessions")


@require_safe
def staff_sessions(request: HttpRequest) -> HttpResponse:
    """List the accounts that have open sessions."""
    authority = authority_in(request)
    require(authority, Permission.MANAGE_STAFF)
    return render(request, "site/staff_sessions.html", {"accounts": paged(request, open_session_counts())})


@require_POST
def end_of_staff(request: HttpRequest) -> HttpResponse:
    """End all sessions of an account."""
    count = end_sessions(authority_in(request), username=request.POST.get("username", ""), on=clock.today())
    _say(request, count)
    return redirect("staff_sessions")


def _own(request: HttpRequest) -> list[SessionView]:
    return sessions_of(StaffId(_staff_id(request)), source_mark=source_mark(client_address(request)))


def _staff_id(request: HttpRequest) -> UUID:
    staff_id = authority_in(request).staff_id
    assert staff_id is not None, "the gate lets in signed-in staff alone"  # noqa: S101
    return staff_id


def _idle(app: str) -> dt.timedelta:
    return dt.timedelta(minutes=counter_settings().idle_minutes if app == "counter" else 60)


def _say(request: HttpRequest, count: int) -> None:
    said = ngettext("%(count)s session has ended.", "%(count)s sessions have ended.", count) % {
        "count": count
    }
    messages.success(request, said)
