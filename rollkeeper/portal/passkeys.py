# SPDX-License-Identifier: EUPL-1.2
"""The pages about passkeys. What a browser says goes to the porter as it is; nothing is compared in this process."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.passkeys import passkey_domain
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger import words as ledger_words
from rollkeeper.portal.asking import put
from rollkeeper.portal.forms import PasskeyForm
from rollkeeper.portal.views import during_visit, refused, shown_to
from rollkeeper.rights.kinds import AskKind

OPTIONS = {"new": AskKind.PASSKEY_NEW, "show": AskKind.PASSKEY_ASK}


@require_safe
@during_visit
def passkeys(request: HttpRequest) -> HttpResponse:
    """List one's passkeys, to add one or to remove one."""
    shown = shown_to(request)
    if not shown["proved"]:
        return redirect("portal:prove")
    known = [
        one | {"key": str(new_uuid())}
        | {name: one[name] and dt.date.fromisoformat(one[name]) for name in ("added_on", "used_on")}
        for one in shown["passkeys"]
    ]  # fmt: skip
    here = passkey_domain() is not None
    return render(
        request, "portal/passkeys.html", shown | {"passkeys": known, "here": here, "key": str(new_uuid())}
    )


@require_POST
@during_visit
def options(request: HttpRequest, what: str) -> HttpResponse:
    """Give a browser what it needs to make or to show a passkey."""
    answer = put(request, OPTIONS[what])
    if answer.done is None:
        return JsonResponse({"said": " ".join(answer.said)}, status=422)
    return JsonResponse(answer.done)


@require_POST
@during_visit
def add(request: HttpRequest) -> HttpResponse:
    """Take a passkey that the browser made."""
    return _done(request, AskKind.PASSKEY_ADD)


@require_POST
@during_visit
def remove(request: HttpRequest) -> HttpResponse:
    """Take no more of one passkey."""
    return _done(request, AskKind.PASSKEY_REMOVE)


@require_POST
@during_visit
def prove(request: HttpRequest) -> HttpResponse:
    """Show who one is by a passkey."""
    answer = put(request, AskKind.PASSKEY_PROVE, PasskeyForm(request.POST).asked())
    if answer.done is None:
        return refused(request, answer)
    if answer.done["proved"]:
        messages.success(request, _("Thank you. You now see every line in your name."))
        return redirect("portal:mine")
    messages.error(
        request,
        _("That passkey does not show the holder of this line. Tries left in this visit: %(left)s")
        % {"left": answer.done["left"]},
    )
    return redirect("portal:prove")


def _done(request: HttpRequest, kind: AskKind) -> HttpResponse:
    answer = put(request, kind, PasskeyForm(request.POST).asked())
    if answer.done is None:
        return refused(request, answer)
    messages.success(request, ledger_words.say_done(answer.done["verb"]))
    return redirect("portal:passkeys")
