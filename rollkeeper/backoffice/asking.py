# SPDX-License-Identifier: EUPL-1.2
"""How a page has something done: it asks for a confirmation that says what will happen and to how many, then a worker does it.

This app's role in the database may write almost nothing: `access.staff_requests` says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollkeeper.access.errors import (
    ALREADY_APPROVED,
    INVALID_ADDRESS,
    INVALID_USER_NAME,
    NO_MAIL,
    STAFF_UNKNOWN,
    USER_NAME_TAKEN,
    NotSignedIn,
)
from rollkeeper.access.own_pages import page_at
from rollkeeper.access.services import authority_in
from rollkeeper.access.staff_requests import ask_worker
from rollkeeper.agents.errors import (
    AGENT_CODE_TAKEN,
    AGENT_UNKNOWN,
    ALREADY_ASSIGNED,
    INVALID_AGENT_CODE,
    INVALID_OPENING_HOURS,
    OUTLET_UNKNOWN,
)
from rollkeeper.campaign.errors import STAY_REVERSED
from rollkeeper.disclosures.errors import FINGERPRINT_MISMATCH, INVALID_RECIPIENT_KEY, NUMBER_MISMATCH
from rollkeeper.incidents.errors import EPOCH_NOT_FOUND
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError
from rollkeeper.lines.errors import LineNotFound, NumberNotRead
from rollkeeper.reporting.audit_samples.errors import SEED_TEXT_TOO_SHORT
from rollkeeper.retention.errors import INVALID_CASE_NUMBER, INVALID_LEGAL_HOLD_DAYS, RECORD_ERASED
from rollkeeper.vault.errors import VAULT_OUT_OF_REACH, VAULT_SESSION_OVER

type Text = str | Promise
OUT_OF_DATE: Final = gettext_lazy(
    "Nothing was changed: it was done before, or something changed since you opened the page. This is how it is now."
)
_PASSING: Final = {VAULT_SESSION_OVER.code: 403, VAULT_OUT_OF_REACH.code: 503}
"""Refusals that can go away when the form is sent once more, each with the page's status."""
_AT_FIELD: Final[Mapping[str, tuple[Refusal | type[RollkeeperError], ...]]] = {
    "username": (USER_NAME_TAKEN, INVALID_USER_NAME, STAFF_UNKNOWN, ALREADY_ASSIGNED),
    "usernames": (STAFF_UNKNOWN,),
    "address": (INVALID_ADDRESS, NO_MAIL),
    "agent": (AGENT_UNKNOWN, AGENT_CODE_TAKEN, INVALID_AGENT_CODE),
    "outlet": (OUTLET_UNKNOWN, AGENT_CODE_TAKEN, INVALID_AGENT_CODE),
    "hours": (INVALID_OPENING_HOURS,),
    "epoch": (EPOCH_NOT_FOUND,),
    "number": (LineNotFound, NumberNotRead, RECORD_ERASED, NUMBER_MISMATCH),
    "line": (LineNotFound, NumberNotRead),
    "case": (INVALID_CASE_NUMBER,),
    "last": (INVALID_LEGAL_HOLD_DAYS, STAY_REVERSED),
    "text": (SEED_TEXT_TOO_SHORT,),
    "key": (INVALID_RECIPIENT_KEY,),
    "read_out": (FINGERPRINT_MISMATCH,),
}
"""By the name of a field, the refusals of what is typed there."""


@dataclass(frozen=True, slots=True)
class Question:
    """The question before an action that cannot simply be undone."""

    title: Text
    button: Text
    consequences: Sequence[Text]
    back: str
    """The address for a person who decides not to do it."""
    is_harmful: bool = True
    concerns: int | None = None
    """How many people, lines or accounts it concerns."""
    concerned: Text = ""
    """The words for them."""


def is_confirmed(request: HttpRequest) -> bool:
    """Tell whether the person confirmed on the page that asks."""
    return request.POST.get("confirmed") == "yes"


def confirm(request: HttpRequest, question: Question, **hidden: str | Sequence[str]) -> HttpResponse:
    """Show the question before an action. `hidden` is sent with the answer."""
    sent = [
        (name, one)
        for name, given in hidden.items()
        for one in ([given] if isinstance(given, str) else given)
    ]
    return render(request, "backoffice/confirm.html", {"question": question, "hidden": sent})


def do_by_worker(
    request: HttpRequest, kind: str, said: Text, *, subject: UUID | None = None, **payload: Any
) -> Mapping[str, Any] | None:
    """Have a worker do an action, and say so; return its result, None if it is not done yet. Refuses: what the worker refuses."""
    result = ask_worker(authority_in(request), kind, subject=subject, **payload)
    if result is None:
        messages.warning(
            request, _("It was passed on and will be done within minutes. Reload this page later.")
        )
    else:
        messages.success(request, str(said) % result)
    return result


def shown_again[**P](
    page: str, *codes: str
) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """Show a row's page if an action is refused with one of these `codes`: it was already done, or the row has changed meanwhile.

    So after a double click, on an old page, or after a colleague's decision, the person sees the present state.
    """

    def guarding(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                return view(*args, **kwargs)
            except RollkeeperError as fault:
                if fault.code not in codes:
                    raise
                is_own = fault.code == ALREADY_APPROVED.code
                said = translated_texts(fault)[0] if is_own else OUT_OF_DATE
            request = args[0]
            assert isinstance(request, HttpRequest)  # noqa: S101 - each view's first argument
            messages.warning(request, said)
            request.method = "GET"
            shown: HttpResponse = page_at(reverse(page, args=args[1:], kwargs=kwargs)).func(*args, **kwargs)
            shown.status_code = HTTPStatus.CONFLICT
            return shown

        return guarded

    return guarding


def say_refusal(fault: RollkeeperError, form: forms.Form, sign_in: forms.Form | None = None) -> int:
    """Show a refusal next to the field that it is about, else above the form, and return the page's status: so the values filled in are not lost.

    A wrong password is shown at the form that asked for it; if the password must be given once more, the page says why. A refusal that no
    correction of the form can help is raised again.
    """
    said = translated_texts(fault)
    if fault.code == NotSignedIn.code and sign_in is not None:
        password = next(name for name in sign_in.fields if name.endswith("password"))
        sign_in.add_error(password, forms.ValidationError([*said]))
        return 403
    status = _PASSING.get(fault.code)
    if fault.kind in {Kind.FORBIDDEN, Kind.INTERNAL} and status is None:
        raise fault
    named = (name for name in form.fields if fault.code in {one.code for one in _AT_FIELD.get(name, ())})
    form.add_error(next(named, None), forms.ValidationError([*said]))
    return status or 422
