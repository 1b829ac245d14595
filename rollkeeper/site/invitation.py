# SPDX-License-Identifier: EUPL-1.2
"""The page on which an invited person sets the password of their account, with a code that is valid once."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rollkeeper.access.errors import INVITATION_INVALID, PASSWORD_TOO_WEAK
from rollkeeper.access.invitations import accept_invitation
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError


class AcceptForm(forms.Form):
    """User name, code, and the password that the person chooses."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "class": "govuk-input--width-20"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of the invitation"),
        help_text=gettext_lazy("Four groups of five letters and digits."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("A password of your own"),
        help_text=gettext_lazy("At least 12 characters; several plain words are good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Require that both passwords are the same."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two passwords differ. Type the same one twice."))
        return again


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Accept an invitation, and go on to sign in and add a second factor."""
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_accepted(form):
        messages.success(
            request, _("Your password is set. Sign in with it, and add a second factor for your account.")
        )
        return redirect(f"{reverse('account_login')}?next={reverse('mfa_index')}")
    return render(request, "site/invitation.html", {"form": form}, status=422 if form.errors else 200)


def _is_accepted(form: AcceptForm) -> bool:
    given = form.cleaned_data
    try:
        accept_invitation(
            username=given["username"], code=given["code"], password=given["password"], on=clock.today()
        )
    except RollkeeperError as fault:
        if fault.code not in {INVITATION_INVALID.code, PASSWORD_TOO_WEAK.code}:
            raise
        field = "code" if fault.code == INVITATION_INVALID.code else "password"
        form.add_error(field, forms.ValidationError([*translated_texts(fault)]))
        return False
    return True
