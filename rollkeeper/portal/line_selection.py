# SPDX-License-Identifier: EUPL-1.2
"""The page on which a subscriber chooses which lines to keep, if the law limits them: each termination is an act with a receipt."""

import datetime as dt
from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.kernel.choices import Service, label_of
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.phrasing import cite
from rollkeeper.lines.choices import LineState
from rollkeeper.portal.forms import LineSelectionForm
from rollkeeper.portal.portal_requests import put
from rollkeeper.portal.views import during_session, not_now, refused, shown_to
from rollkeeper.selfcare.choices import PortalRequestKind


@require_http_methods(["GET", "HEAD", "POST"])
@during_session
def line_selection(request: HttpRequest) -> HttpResponse:
    """Show which limits are reached and, on request, the lines that count, each with its number."""
    if request.method != "POST":
        shown = shown_to(request)
        if not shown["held"] or shown["limited"]:
            return not_now(request)
        return render(request, "portal/line_selection.html", shown | _said(shown["limits"]))
    return _draw(request, LineSelectionForm(initial={"key": str(new_uuid())}))


@require_http_methods(["GET", "HEAD", "POST"])
@during_session
def counter_code(request: HttpRequest) -> HttpResponse:
    """Show a code for the line in the hand, to be read out to a clerk."""
    if request.method != "POST":
        shown = shown_to(request)
        return not_now(request) if shown["limited"] else render(request, "portal/counter_code.html", shown)
    answer = put(request, PortalRequestKind.COUNTER_CODE)
    if answer.done is None:
        return refused(request, answer)
    code = answer.done["code"]
    spaced = " ".join((code[:3], code[3:6], code[6:]))
    return render(
        request,
        "portal/counter_code.html",
        {"session": True, "code": spaced, "minutes": answer.done["minutes"]},
    )


@require_POST
@during_session
def terminate_selected(request: HttpRequest) -> HttpResponse:
    """End the lines that were chosen, one act each; the line in the hand last, since the session ends with it."""
    form = LineSelectionForm(request.POST)
    if not form.is_valid():
        return _draw(request, form.blank(key=form.cleaned_data.get("key") or str(new_uuid())), status=422)
    key, here = form.cleaned_data["key"], shown_to(request)["lines"][0]["line"]
    chosen = sorted(form.cleaned_data["lines"], key=lambda line: line == here)
    ended = 0
    for line in chosen:
        answer = put(request, PortalRequestKind.TERMINATE, {"key": str(uuid5(key, line)), "line": line})
        if answer.done is None and answer.refused == "verification_needed":
            return refused(request, answer)
        ended += answer.done is not None
        for one in answer.said:
            messages.error(request, one)
    if ended:
        messages.success(
            request, _("Lines that were ended: %(ended)s. Each has a receipt.") % {"ended": ended}
        )
    return redirect("portal:lines")


def _draw(request: HttpRequest, form: LineSelectionForm, *, status: int = 200) -> HttpResponse:
    answer = put(request, PortalRequestKind.LINE_SELECTION)
    if answer.done is None:
        return refused(request, answer)
    lines = [
        one | {
            "service": label_of(one["service"], Service), "state": label_of(one["state"], LineState),
            "since": dt.date.fromisoformat(one["since"]),
        }
        for one in answer.done["lines"]
    ]  # fmt: skip
    shown = {
        **_said(answer.done["limits"]),
        "choice": lines,
        "form": form,
        "session": True,
        "proved": True,
    }
    return render(request, "portal/line_selection.html", shown, status=status)


def _said(limits: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the page says of the limits, and whether the law requires the subscriber to give up lines."""
    return {
        "limits": [one | {"article": cite(one["article"]), "held": len(one["lines"])} for one in limits],
        "has_too_many": any(one.get("has_too_many") for one in limits),
    }
