# SPDX-License-Identifier: EUPL-1.2
"""The pages on which a disclosure request is entered, read, answered and delivered: the vault service does it, after it checked the people.

One number, one day, one instrument; two people open it. There is no list of numbers here, and no opened value is shown: an answer
leaves this page sealed to the authority's key.
"""

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import require
from rollkeeper.access.dual_control import reference_of
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import say_refusal
from rollkeeper.backoffice.disclosure_forms import (
    DeferralForm,
    EnterDisclosureForm,
    NumberForm,
    SecondPersonForm,
)
from rollkeeper.backoffice.vault_session import ask_vault, is_over, sign_in_form
from rollkeeper.disclosures import queries
from rollkeeper.disclosures.errors import DisclosureRefused
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.vault import client

_GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(_GET_OR_POST)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a disclosure request. The person who enters it may not decide or open it afterwards."""
    authority = authority_in(request)
    require(authority, Permission.ENTER_DISCLOSURE)
    known = [
        (str(one.authority_id), one.title)
        for one in queries.authorities(authority)
        if one.is_approved and not one.removed_on
    ]
    if request.method != "POST":
        return _form_page(request, "enter_disclosure", EnterDisclosureForm(authorities=known))
    form = EnterDisclosureForm(request.POST, request.FILES, authorities=known)
    sign_in = sign_in_form(request, bound=True)

    def again(status: int) -> HttpResponse:
        empty = form.filled_into(EnterDisclosureForm(authorities=known))
        return _form_page(request, "enter_disclosure", empty, sign_in=sign_in, status=status)

    if not _valid(form, sign_in):
        return again(422)
    given = form.cleaned_data
    try:
        made = ask_vault(
            request, sign_in, "enter-disclosure", authority=given["authority"], instrument=given["instrument"],
            reference=given["reference"], file=b64encode(given["file"].read()).decode(), fields=given["fields_named"],
            number=given["number"], held_on=given["held_on"],
            held_at=given["held_at"].isoformat() if given["held_at"] else None, received_on=given["received_on"],
            expires_on=given["expires_on"],
        )  # fmt: skip
    except DisclosureRefused as refused:
        called = f"…{reference_of(str(refused.facts['disclosure']))}"  # as in the list of requests
        (said,) = translated_texts(refused.with_facts(disclosure=called))
        messages.warning(request, said)
        return redirect("backoffice:disclosures")
    except RollkeeperError as fault:
        return again(say_refusal(fault, form, sign_in))
    messages.success(
        request, _("The request is entered. A supervisor and a data protection officer decide it.")
    )
    return redirect("backoffice:disclosure", made)


@require_POST
def instrument(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Return the instrument as it came, as a file. It may be malicious: the browser is told not to open it."""
    require(authority_in(request), Permission.DECIDE_DISCLOSURE)
    sign_in = sign_in_form(request, bound=True)
    if sign_in is not None and not sign_in.is_valid():
        messages.error(request, _("Enter your password to read the instrument."))
        return redirect("backoffice:disclosure", disclosure_id)
    file = ask_vault(request, sign_in, "read-instrument", disclosure=str(disclosure_id))
    return _file(b64decode(file), f"instrument-{disclosure_id}.bin")


@require_http_methods(_GET_OR_POST)
def answer(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Open the requested data, by the two people who approved it, and return it sealed to the authority's key."""
    authority = authority_in(request)
    require(authority, Permission.OPEN_ON_DISCLOSURE)
    found = queries.disclosure_view(authority, disclosure_id)
    form, second = NumberForm(request.POST or None), SecondPersonForm(request.POST or None)
    sign_in = sign_in_form(request, bound=request.method == "POST")

    def again(status: int) -> HttpResponse:
        return _form_page(
            request, "answer_disclosure", form.emptied(), sign_in=sign_in, status=status, disclosure=found,
            second=second.emptied(),
        )  # fmt: skip

    if request.method != "POST":
        return _form_page(request, "answer_disclosure", form, disclosure=found, second=second)
    if not _valid(form, second, sign_in):
        return again(422)
    who = second.cleaned_data
    try:
        other = client.sign_in(who["second"], who["second_password"], lambda: who["second_code"])
    except RollkeeperError as fault:
        return again(say_refusal(fault, form, second))
    try:
        done = ask_vault(
            request, sign_in, "answer-disclosure", disclosure=str(disclosure_id), second=other.token,
            number=form.cleaned_data["number"], held_on=form.cleaned_data["held_on"],
        )  # fmt: skip
    except RollkeeperError as fault:
        return again(say_refusal(fault, form, sign_in))
    finally:
        other.sign_out()
    return _file(b64decode(done["sealed"]), f"answer-{disclosure_id}.age")


@require_http_methods(_GET_OR_POST)
def defer(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Defer the notification of the person, as one of two people who must both do so."""
    authority = authority_in(request)
    require(authority, Permission.DEFER_NOTIFICATION)
    shown = {"disclosure": queries.disclosure_view(authority, disclosure_id)}
    form, sign_in = DeferralForm(request.POST or None), sign_in_form(request, bound=request.method == "POST")
    if request.method != "POST" or not _valid(form, sign_in):
        status = 422 if request.method == "POST" else 200
        return _form_page(request, "defer_notification", form, sign_in=sign_in, status=status, **shown)
    given = form.cleaned_data
    try:
        agreed = ask_vault(
            request, sign_in, "defer-notification", disclosure=str(disclosure_id), until=given["until"],
            because=given["because"],
        )  # fmt: skip
    except RollkeeperError as fault:
        status = say_refusal(fault, form, sign_in)
        return _form_page(request, "defer_notification", form, sign_in=sign_in, status=status, **shown)
    messages.success(
        request,
        _("Agreed: the person is notified the day after.")
        if agreed
        else _("Recorded. A second person must enter the same."),
    )
    return redirect("backoffice:disclosure", disclosure_id)


@require_http_methods(_GET_OR_POST)
def delivered(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Record that the sealed answer went to the authority: after that, nothing more is opened for this request."""
    authority = authority_in(request)
    require(authority, Permission.DECIDE_DISCLOSURE)
    shown = {"disclosure": queries.disclosure_view(authority, disclosure_id)}
    sign_in = sign_in_form(request, bound=request.method == "POST")
    if request.method != "POST" or not _valid(sign_in):
        return _form_page(
            request,
            "disclosure_delivered",
            forms.Form(),
            sign_in=sign_in,
            status=422 if request.method == "POST" else 200,
            **shown,
        )
    ask_vault(request, sign_in, "record-delivery", disclosure=str(disclosure_id))
    messages.success(request, _("The delivery of the answer is recorded."))
    return redirect("backoffice:disclosure", disclosure_id)


def ask_or_say_over(request: HttpRequest, sign_in: Any, operation: str, **asked: Any) -> bool:
    """Have the vault do something; tell whether it was done. If the session with the vault was over, say that nothing was done."""
    try:
        ask_vault(request, sign_in, operation, **asked)
    except RollkeeperError as fault:
        if not is_over(fault):
            raise
        messages.warning(
            request,
            _(
                "Your session with the vault is over. Nothing was done; confirm that it is you, and ask again."
            ),
        )
        return False
    return True


def _valid(*given: Any) -> bool:
    return all([form.is_valid() for form in given if form is not None])  # noqa: C419 - every form says its faults


def _form_page(
    request: HttpRequest, name: str, form: forms.Form, *, sign_in: Any = None, status: int = 200, **more: Any
) -> HttpResponse:
    asked = sign_in.emptied() if sign_in is not None and sign_in.is_bound else sign_in_form(request)
    back = more["disclosure"].disclosure_id if "disclosure" in more else None
    shown = {
        "form": form, "sign_in": asked,
        "back": reverse("backoffice:disclosure", args=[back]) if back else reverse("backoffice:disclosures"),
    }  # fmt: skip
    return render(request, f"backoffice/{name}.html", shown | more, status=status)


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
    )  # fmt: skip
