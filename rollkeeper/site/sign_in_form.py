# SPDX-License-Identifier: EUPL-1.2
"""The forms by which staff sign in: the cursor is in the first field, and a code has the same name as on other pages."""

import datetime as dt
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from rollkeeper.kernel import clock


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password, with the cursor in the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True


class _Named:
    """Gives the field of the code a label that says what the code is for, though English says only "Code"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]  # type: ignore[attr-defined]
        code.label = pgettext_lazy("sign-in code", "Code")
        code.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        """Return the code, if it was not used at any app before: the cache knows only this process, the register all of them.

        An authenticator app shows one code for each half minute, and the instant of its use is recorded.
        """
        code: str = super().clean_code()  # type: ignore[misc]
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP:
            now, period = clock.true_now(), dt.timedelta(seconds=app_settings.TOTP_PERIOD)
            begun = now - dt.timedelta(seconds=now.timestamp() % period.total_seconds())
            # A use in the future was recorded while the machine's clock was ahead.
            was_not = Q(last_used_at=None) | Q(last_used_at__lt=begun) | Q(last_used_at__gt=now + period)
            unused = Authenticator.objects.filter(was_not, pk=authenticator.pk)
            if not unused.update(last_used_at=now):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Named, AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor, to sign in."""


class CodeAgainForm(_Named, ReauthenticateForm):  # type: ignore[misc]
    """The code of the second factor, once more before something that needs it."""
