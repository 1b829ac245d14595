# SPDX-License-Identifier: EUPL-1.2
"""The forms by which staff sign in: staff type at once, and a code has the name that it has on our own pages."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.utils.translation import pgettext_lazy


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password; the first of them has the cursor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True


class _Named:
    """What English calls a code alone is named by what it is for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]  # type: ignore[attr-defined]
        code.label = pgettext_lazy("sign-in code", "Code")
        code.widget.attrs.pop("placeholder", None)


class CodeForm(_Named, AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor, to sign in."""


class CodeAgainForm(_Named, ReauthenticateForm):  # type: ignore[misc]
    """The code of the second factor, once more before something that needs it."""
