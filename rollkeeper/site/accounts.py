# SPDX-License-Identifier: EUPL-1.2
"""How django-allauth treats staff: nobody signs up by themselves, attempts are counted, secrets do not lie open.

Account pages that change a password or a second factor exist at the office's face alone; see `site/sql/roles.sql`.
"""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from rollkeeper.access.errors import NotSignedIn, TooManyAttempts
from rollkeeper.access.models import Staff
from rollkeeper.access.passwords import staff_with
from rollkeeper.kernel import server
from rollkeeper.kernel.settings import settings


class StaffBackend(ModelBackend):
    """Sign-in through the web, by the same count of attempts as on the command line."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Staff | None:
        """Return whoever knows the password; None where nobody does."""
        if not username or password is None:
            return None
        try:
            return staff_with(username, password)
        except NotSignedIn:
            return None


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False, always."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return whoever signs in; say so where there were too many attempts."""
        try:
            return super().authenticate(request, **credentials)
        except TooManyAttempts as fault:
            raise self.validation_error("too_many_login_attempts") from fault


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The shared secret of an authenticator app is kept encrypted under the home's web key."""

    def encrypt(self, text: str) -> str:
        """Return what is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; what was encrypted under another key is no secret of ours."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as fault:
            raise self.validation_error("incorrect_code") from fault

    def get_totp_issuer(self) -> str:
        """Return the name that the authenticator app shows."""
        return f"Rollkeeper – {settings().operator_name}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return to what a passkey belongs: the domain that all faces share, where one is set."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | ({"id": settings().passkey_domain or entity["id"]})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: staff have no e-mail address here."""


def _cipher() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rollkeeper second factors v1")
    return Fernet(base64.urlsafe_b64encode(derive.derive(server.staff_secret().encode())))
