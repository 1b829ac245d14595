# SPDX-License-Identifier: EUPL-1.2
"""How django-allauth treats staff: no self sign-up, attempts are counted, secrets are encrypted.

Only the back office has account pages that change a password or a second factor; see `operations/sql/roles.sql`.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.signals import authentication_failed
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import formats
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from rollkeeper.access.choices import SignInOutcome, SignInSource
from rollkeeper.access.client_address import client_address
from rollkeeper.access.errors import NotSignedIn, TooManyAttempts
from rollkeeper.access.field_encryption import INVALID, decrypt, encrypt
from rollkeeper.access.models import Staff
from rollkeeper.access.own_pages import is_own
from rollkeeper.access.passwords import CONSOLE, class_of, source_mark, staff_with
from rollkeeper.access.queries import staff_of
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.access.sign_ins import LastSignIn, last_sign_in, record_sign_in
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.instance import instance
from rollkeeper.site.sessions import SOURCE_MARK

_SOURCE_CLASS = "source_class"
"""The key under which a session stores the class of its source until the sign-in is complete."""
_SIGN = "password_sign"
"""The key under which a session stores, until the sign-in is complete, the account and a hash of the password that was typed."""
_PURPOSE = b"rollkeeper second factors v1"


class StaffBackend(ModelBackend):
    """Sign-in through the web, by the same rule for attempts as on the command line."""

    def get_user(self, user_id: Any) -> Staff | None:
        """Return the user of a session; None if the account is closed or gone."""
        staff = staff_of(user_id, on=clock.today())
        return staff if staff is not None and staff.is_active else None

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **__: Any
    ) -> Staff | None:
        """Return the user with this password; None if there is none."""
        if not username or password is None:
            return None
        source = client_address(request) if request else CONSOLE
        if request and not request.user.is_authenticated:
            request.session[_SOURCE_CLASS] = class_of(
                username, source
            ).value  # before this sign-in makes it known
        try:
            staff = staff_with(username, password, source=source)
        except NotSignedIn:
            return None
        if request and not request.user.is_authenticated:
            request.session[_SIGN] = [str(staff.staff_id), staff.get_session_auth_hash()]
        return staff


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, always."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether a sign-in may redirect to an address: only to a page of this app, not of another app at the same host."""
        return bool(super().is_safe_url(url)) and is_own(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address as the proxy reports it: otherwise all clients behind the proxy would count as one."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing here: `staff_with` counts by name and source, so that a stranger locks out no one else."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the user who signs in; report too many attempts."""
        try:
            return super().authenticate(request, **credentials)
        except TooManyAttempts as fault:
            raise self.validation_error("too_many_login_attempts") from fault

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin the session, with a hash of its source. If the password was changed after it was typed, no session begins."""
        whose, sign = request.session.pop(_SIGN, ("", ""))
        if whose == str(user.staff_id) and not constant_time_compare(sign, user.get_session_auth_hash()):
            raise ImmediateHttpResponse(redirect(settings.LOGIN_URL))
        super().login(request, user)
        request.session[SOURCE_MARK] = source_mark(client_address(request)).hex()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Record the sign-in, and show the person their last one and the failed attempts since."""
        last = last_sign_in(user.staff_id)
        known = request.session.pop(_SOURCE_CLASS, None) or class_of(user.username, client_address(request))
        record_sign_in(user, SignInOutcome.SUCCEEDED, source=SignInSource(known))
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        if last.at is not None or last.failed:
            (messages.warning if last.failed else messages.info)(request, _said(last))
        return answer

    def set_password(self, user: Any, password: str) -> None:
        """Save a new password and nothing else of the account: the back office may change no other column."""
        user.set_password(password)
        user.save(update_fields=["password"])


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals the shared secret of an authenticator app under the instance's staff key."""

    def encrypt(self, text: str) -> str:
        """Return the sealed text to store."""
        return encrypt(text, secret=stores.staff_secret(), purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; refuse one that was sealed under another key."""
        try:
            return decrypt(encrypted_text, secret=stores.staff_secret(), purpose=_PURPOSE)
        except INVALID as fault:
            raise self.validation_error("incorrect_code") from fault

    def get_totp_issuer(self) -> str:
        """Return the name that the authenticator app shows."""
        return f"Rollkeeper – {instance().operator_name}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the domain that a passkey belongs to: the one that all apps share, if it is set."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | ({"id": access_settings().passkey_domain or entity["id"]})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: staff have no e-mail address here."""


def record_wrong_second_factor(
    sender: Any, request: HttpRequest, user: Any, *, reauthentication: bool, **__: Any
) -> None:
    """Record a wrong code or passkey in the step after the password."""
    del sender
    if not reauthentication:
        source = class_of(user.username, client_address(request))
        record_sign_in(user, SignInOutcome.WRONG_SECOND_FACTOR, source=source)


authentication_failed.connect(record_wrong_second_factor, dispatch_uid="rollkeeper.wrong_second_factor")


def _said(last: LastSignIn) -> str:
    failed = _("Failed attempts to sign in to your account since then: %(count)s.") % {"count": last.failed}
    if last.at is None:
        return failed
    at = formats.date_format(last.at.astimezone(clock.zone()), "DATETIME_FORMAT")
    return " ".join([_("You last signed in on %(at)s.") % {"at": at}, failed])
