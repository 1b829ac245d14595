# SPDX-License-Identifier: EUPL-1.2
"""A passkey that is shown counts at the app that asked for it, and at no other of the same domain.

All apps share one domain, so that a passkey is added once. Without this check, an attacker who controls one app could pass
another app's challenge to a user who signs in, and sign in there with the answer: the browser reports on which page it was given,
and this compares it.
"""

import json
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import get_state
from fido2.utils import websafe_decode
from fido2.webauthn import UserVerificationRequirement


class _OfThisApp(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        if _origin_in(self.cleaned_data["credential"]) != _own_origin():
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class AuthenticateHere(_OfThisApp):
    """The second step of signing in."""


class LoginHere(_OfThisApp, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in by a passkey alone, which its owner unlocked by a PIN or a finger.

    The challenge of a second step lets a key answer that was only touched. One's own must not sign in a colleague whose key one found.
    """

    def clean_credential(self) -> Any:
        """Return the passkey, where the challenge was one of this page."""
        if (get_state() or {}).get("user_verification") != UserVerificationRequirement.REQUIRED:
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class ReauthenticateHere(_OfThisApp, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Proving it again before something that matters."""


def _origin_in(credential: Any) -> str | None:
    """Return the page on which the browser showed it; None if it cannot be read."""
    try:
        said = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
        return str(said["origin"])
    except (KeyError, TypeError, ValueError):
        return None


def _own_origin() -> str:
    """Return this app as a browser names it: what a form of it is held to as well."""
    return f"{context.request.scheme}://{context.request.get_host()}"
