# SPDX-License-Identifier: EUPL-1.2
"""Codes for the portal: a code for the subscriber of a suspended line, shown once, for the page on their own device; or one more
message with a code, for a line whose codes of the day strangers have used up.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.counter.agent_guard import require_outlet
from rollkeeper.counter.carried_line import CarriedLine, called, carried, is_lost
from rollkeeper.counter.forms import QuietForm, faults_of, number_field
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.registration.forms import QUIET
from rollkeeper.selfcare.handed_codes import hand_over_code
from rollkeeper.selfcare.reserved_codes import reserve_code
from rollkeeper.selfcare.settings import settings as portal_settings


class PortalCodeForm(QuietForm):
    """The number, and the figures on the subscriber's own page."""

    number = number_field()
    figures = forms.CharField(
        label=_("Figures on the subscriber's page"), max_length=8,
        help_text=_("The subscriber types the number at the portal, on their own device, and reads out four figures."),
        widget=forms.TextInput(attrs=QUIET | {"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )  # fmt: skip


class ReserveForm(QuietForm):
    """The number."""

    number = number_field()


@require_http_methods(["GET", "HEAD", "POST"])
def portal_code(request: HttpRequest) -> HttpResponse:
    """Hand over a code. Only this page shows it, and it works only on the subscriber's page."""
    minutes = portal_settings().code_minutes

    def hand_over(authority: Authority, given: dict[str, Any]) -> HttpResponse:
        code = hand_over_code(authority, given["number"], given["figures"], on=clock.today())
        return render(
            request, "counter/portal_code.html", {"code": f"{code[:4]} {code[4:]}", "minutes": minutes}
        )

    return _page(
        request, "counter/portal_code.html", Permission.HAND_OVER_CODE, make=PortalCodeForm, do=hand_over, minutes=minutes
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def reserve(request: HttpRequest) -> HttpResponse:
    """Reserve one code: the next code that is asked for at the portal is sent to the line, even if strangers used up the others."""
    minutes = portal_settings().reserved_code_minutes

    def keep(authority: Authority, given: dict[str, Any]) -> HttpResponse:
        reserve_code(authority, given["number"], on=clock.today())
        said = gettext(
            "The next code that is asked for at the portal within %(minutes)s minutes is sent to the line."
        )
        messages.success(request, said % {"minutes": minutes})
        return redirect("counter:reserve_code")

    return _page(
        request, "counter/reserve_code.html", Permission.RESERVE_CODE, make=ReserveForm, do=keep, minutes=minutes
    )  # fmt: skip


def _page(
    request: HttpRequest, template: str, permission: Permission, *, make: type[QuietForm],
    do: Callable[[Authority, dict[str, Any]], HttpResponse], minutes: int,
) -> HttpResponse:  # fmt: skip
    """Ask for what a code for a line needs and do it, or say what is wrong. The number of a carried line is not asked again."""
    authority = authority_in(request)
    require(authority, permission)
    require_outlet(request, authority)
    blank, line = make(), _carried(request)
    if line:
        del blank.fields["number"]
    if request.method == "POST":
        form = make(request.POST)
        try:
            if form.is_valid():
                return do(authority, form.cleaned_data)
            blank.show_faults({name: [str(one) for one in said] for name, said in form.errors.items()})
        except RollkeeperError as fault:
            if fault.kind is Kind.FORBIDDEN:
                raise
            blank.show_faults(faults_of(form, fault, called=called(request, form.cleaned_data["number"])))
    elif is_lost(request):
        blank.say_lost()
    shown = {"form": blank, "carried": line, "minutes": minutes}
    return render(request, template, shown, status=422 if request.method == "POST" else 200)


def _carried(request: HttpRequest) -> CarriedLine | None:
    """Return the line that the clerk goes on with, whose number is then not asked again."""
    line = carried(request)
    is_another = "other" in request.GET or (line and request.POST.get("number", line.handle) != line.handle)
    return None if is_another else line
