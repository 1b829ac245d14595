# SPDX-License-Identifier: EUPL-1.2
"""The check before every page: a person must be signed in, with a role that opens this app and, in production, a second factor.

At the portal, a visitor needs a session. Closed by default: a view is open only if it is marked `login_not_required`. Each action
checks further requirements itself, with the Authority.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    REDIRECT_FIELD_NAME,
    SESSION_KEY,
    get_user,
)
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from rollkeeper.access.errors import NotSignedIn
from rollkeeper.access.models import Staff
from rollkeeper.access.services import authority_in
from rollkeeper.access.sessions import end_own_sessions, sessions_of
from rollkeeper.agents.queries import is_agent_account
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.portal.tokens import token_of
from rollkeeper.selfcare.errors import SessionExpired
from rollkeeper.site.errors import CLOSED_TO_AGENTS, NOT_FOR_THIS_APP, SECOND_FACTOR_NEEDED
from rollkeeper.site.http_errors import refuse
from rollkeeper.site.sessions import reference_of
from rollkeeper.site.web_apps import AppName, app_named, this_app

ACCOUNT = "account/"
"""Addresses that signed-in staff may use without a role: their own password and second factor."""
_TO_CONFIRM = frozenset({
    "account/logout/", "account/reauthenticate/", "account/2fa/reauthenticate/", "account/2fa/webauthn/reauthenticate/",
})  # fmt: skip
"""The addresses that a session may use before it has shown the second factor of its account."""


class AppSessionMiddleware(SessionMiddleware):
    """Django's middleware, but if a session ends during a request, the person is asked to sign in."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the answer, or a redirect to the sign-in page if the session ended; Django would answer with an error."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            return _ask_to_sign_in(request, django_settings.LOGIN_URL, REDIRECT_FIELD_NAME)


class StaffMiddleware(AuthenticationMiddleware):
    """Django's middleware, but it does not read an account again that was read with its session."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its user, found when it is first used."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


class AccessMiddleware(LoginRequiredMiddleware):
    """Refuse visitors who may not use this app."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Return None to allow the request, else the response."""
        if not getattr(view_func, "login_required", True):
            return None
        if this_app() == AppName.PORTAL:
            return None if token_of(request) else _to_portal_sign_in(request)
        if not request.user.is_authenticated:
            return self.handle_no_permission(request, view_func)
        if _is_page_of_another(request):
            return refuse(request, NotSignedIn(), status=401)
        route = request.resolver_match.route if request.resolver_match else ""
        if instance().kind is InstanceKind.PRODUCTION and (asked := _lacking_factor(request, route)):
            return asked
        if route.startswith(ACCOUNT):
            return None
        fault = _fault_of(request)
        return refuse(request, fault) if fault else None

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        """Ask the visitor to sign in."""
        return _ask_to_sign_in(
            request, self.get_login_url(view_func), self.get_redirect_field_name(view_func)
        )


def _is_page_of_another(request: HttpRequest) -> bool:
    """Tell whether a script sends a form from a page that another member of staff opened."""
    opened_by = request.headers.get("X-Page-Of")
    return opened_by is not None and unquote(opened_by) != request.user.get_username()


def _user_of(request: HttpRequest) -> Any:
    """Return the user of a request. In unusual cases Django decides, and reads the account again."""
    session: Any = request.session
    whose, sign = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    account: Staff | None = getattr(session, "account", None)  # the portal has other sessions
    if (
        account is not None
        and account.is_active
        and whose == str(account.pk)
        and session.get(BACKEND_SESSION_KEY) in django_settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(sign, account.get_session_auth_hash())
    ):
        return account
    return get_user(request)


def is_open_to(request: HttpRequest) -> bool:
    """Tell whether this app is open to the user."""
    return bool(request.user.is_authenticated) and _fault_of(request) is None


def has_shown_factor(request: HttpRequest) -> bool:
    """Tell whether this session has shown a second factor; one begun by a password alone, before the account had a factor, has not."""
    return any(one["method"] == "mfa" for one in get_authentication_records(request, request.user))


def note_added_factor(
    sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any
) -> None:
    """Note that the session that added a second factor has shown it."""
    del sender
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", type=authenticator.type)


authenticator_added.connect(note_added_factor, dispatch_uid="rollkeeper.added_factor")


def end_other_sessions(sender: Any, request: HttpRequest, **_: Any) -> None:
    """End a person's other sessions when they remove a second factor: a thief of the factor may have begun one."""
    del sender
    authority, here = authority_in(request), reference_of(request.session.session_key)
    if authority.staff_id is not None:
        others = [
            one.reference for one in sessions_of(authority.staff_id, source_mark=b"") if one.reference != here
        ]
        end_own_sessions(authority, others, on=clock.today())


authenticator_removed.connect(end_other_sessions, dispatch_uid="rollkeeper.removed_factor")


def _lacking_factor(request: HttpRequest, route: str) -> HttpResponse | None:
    """Return a request for a second factor: to add one if the account has none, to show it if this session has not."""
    if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
        return None if route.startswith(ACCOUNT) else _ask_for_second_factor(request)
    return None if has_shown_factor(request) or route in _TO_CONFIRM else _ask_to_show_factor(request)


def _fault_of(request: HttpRequest) -> RollkeeperError | None:
    app, authority = app_named(this_app() or ""), authority_in(request)
    if authority.roles & app.opens_to:
        is_closed = app.name == AppName.BACKOFFICE and is_agent_account(authority)
        return CLOSED_TO_AGENTS() if is_closed else None
    return NOT_FOR_THIS_APP(app=app.name, roles=", ".join(sorted(role.value for role in app.opens_to)))


def _ask_to_sign_in(request: HttpRequest, address: str, field: str | None) -> HttpResponse:
    """Send a person to the sign-in page, and from there back to where they were going; tell a machine what is missing.

    The target's query is left out, so that a redirect contains no personal values. A person who sent a form is told that nothing was
    recorded.
    """
    if "text/html" not in request.headers.get("Accept", "text/html"):
        return refuse(request, NotSignedIn(), status=401)
    if request.method == "POST":
        messages.info(request, _("Your session has ended, and nothing was recorded."), fail_silently=True)
    return redirect_to_login(request.path, address, field)


def _to_portal_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a visitor without a session to the sign-in page; tell a machine that the session has expired."""
    is_script = bool(request.headers.get("HX-Request"))
    if not is_script and "text/html" not in request.headers.get("Accept", "text/html"):
        return refuse(request, SessionExpired(), status=401)
    from rollkeeper.portal.views import to_portal_sign_in  # no other app has the portal's pages

    # A page was open, and its session has ended meanwhile, for example in another tab.
    return to_portal_sign_in(request) if is_script or request.method == "POST" else redirect("portal:sign_in")


def _ask_to_show_factor(request: HttpRequest) -> HttpResponse:
    """Send a person to show the second factor of their account, and from there back; tell a machine what is missing."""
    methods = [
        one for one in get_adapter().get_reauthentication_methods(request.user) if one["id"].startswith("mfa")
    ]
    if not methods or "text/html" not in request.headers.get("Accept", "text/html"):
        return refuse(request, SECOND_FACTOR_NEEDED())
    return redirect_to_login(request.path, methods[0]["url"], REDIRECT_FIELD_NAME)


def _ask_for_second_factor(request: HttpRequest) -> HttpResponse:
    if this_app() == "backoffice":
        return redirect("mfa_index")
    return refuse(request, SECOND_FACTOR_NEEDED())
