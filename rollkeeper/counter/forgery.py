# SPDX-License-Identifier: EUPL-1.2
"""The page on which staff who saw a document report that it may be forged: a case opens, and the line stays as it is.

Two people decide it in the back office. Law: art. 4 ¶3.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.counter.agent_guard import require_outlet
from rollkeeper.counter.forms import QuietForm, number_field
from rollkeeper.counter.views import action_page
from rollkeeper.kernel import clock
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare import forgeries
from rollkeeper.selfcare.choices import ForgerySign


class ForgeryForm(QuietForm):
    """What is wrong with the document of a line's registration: chosen, never typed."""

    number = number_field()
    sign = forms.ChoiceField(
        label=_("What is wrong with the document?"),
        choices=ForgerySign.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with the document.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def suspect_forgery(request: HttpRequest) -> HttpResponse:
    """Open a case about the document of a line's registration."""
    authority = authority_in(request)
    require(authority, Permission.SUSPECT_FORGERY)
    require_outlet(request, authority)

    def do(form: ForgeryForm) -> Receipt:
        given = form.cleaned_data
        return forgeries.suspect_forgery(
            authority, submission_key=given["submission_key"], number=given["number"],
            sign=ForgerySign(given["sign"]), on=clock.today(),
        )  # fmt: skip

    return action_page(request, "counter/suspect_forgery.html", make=ForgeryForm, do=do)
