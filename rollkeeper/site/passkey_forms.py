# SPDX-License-Identifier: EUPL-1.2
"""A passkey's answer counts only at the app that asked for it, and at no other app of the same domain.

All apps share one domain, so that staff add a passkey only once. Without this check, an attacker who controls one app could pass
another app's challenge to a user who signs in, and sign in there with the answer. The browser reports the page on which the answer
was given, and this module compares it.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import get_state
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import UserVerificationRequirement

from rollkeeper.access.passkey_origins import is_from_here


class _OfThisApp(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        if not is_from_here(context.request, self.cleaned_data["credential"]):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class AuthenticateHere(_OfThisApp):
    """The second step of signing in."""


class LoginHere(_OfThisApp, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in by a passkey alone, which its owner unlocked by a PIN or a finger.

    A key answers the challenge of a second step after only a touch. Such an answer must not be enough here: else anyone who finds a
    colleague's key could sign in with it.
    """

    def clean_credential(self) -> Any:
        """Return the passkey, if the challenge was made by this page."""
        if (get_state() or {}).get("user_verification") != UserVerificationRequirement.REQUIRED:
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class ReauthenticateHere(_OfThisApp, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Showing a passkey again before an important action."""


class AddHere(AddWebAuthnForm):  # type: ignore[misc]
    """Adding a passkey. The label of its name is translated; the library's label is in English only."""

    name = forms.CharField(label=_("Name"), required=False, max_length=100)


class EditHere(EditWebAuthnForm):  # type: ignore[misc]
    """Renaming a passkey."""

    name = forms.CharField(label=_("Name"), max_length=100)
