# SPDX-License-Identifier: EUPL-1.2
"""Authenticator apps of members of staff, and the codes that they show."""

import time
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from rollkeeper.access.models import Staff


class AuthenticatorApp:
    """One app, with the secret that it shares with an account."""

    def __init__(self, username: str) -> None:
        self._secret = generate_totp_secret()
        TOTP.activate(Staff.objects.get(username=username), self._secret)

    def code(self, *, steps: int = 0) -> str:
        """Return the code of now, or of so many half minutes later."""
        return format_hotp_value(hotp_value(self._secret, int(time.time()) // 30 + steps))

    def wrong_code(self) -> str:
        """Return a code that is not valid now, nor shortly before or after."""
        near = {self.code(steps=step) for step in range(-2, 4)}
        return next(code for number in range(100) if (code := f"{number:06}") not in near)


def add_passkey(staff_id: UUID) -> None:
    """Give an account a passkey, which no test uses."""
    Authenticator.objects.create(user_id=staff_id, type=Authenticator.Type.WEBAUTHN, data={})
