# SPDX-License-Identifier: EUPL-1.2
"""The pages about passkeys. A browser's answer goes to the portal worker unchanged; nothing is compared in this process."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.settings import passkey_domain
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger import labels as ledger_labels
from rollkeeper.portal.forms import PasskeyForm
from rollkeeper.portal.portal_requests import put
from rollkeeper.portal.views import during_session, refused, shown_to, to_all_lines
from rollkeeper.selfcare.choices import PortalRequestKind

OPTIONS = {"new": PortalRequestKind.PASSKEY_NEW, "show": PortalRequestKind.PASSKEY_OPTIONS}


@require_safe
@during_session
def passkeys(request: HttpRequest) -> HttpResponse:
    """List the subscriber's passkeys, with the means to add and remove passkeys."""
    shown = shown_to(request)
    if not shown["verified"]:
        return redirect("portal:verify")
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
@during_session
def options(request: HttpRequest, what: str) -> HttpResponse:
    """Return the browser's options to make or use a passkey."""
    answer = put(request, OPTIONS[what])
    if answer.done is None:
        return JsonResponse({"said": " ".join(answer.said)}, status=422)
    return JsonResponse(answer.done)


@require_POST
@during_session
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey that the browser made."""
    return _done(request, PortalRequestKind.PASSKEY_ADD)


@require_POST
@during_session
def remove(request: HttpRequest) -> HttpResponse:
    """Remove a passkey."""
    return _done(request, PortalRequestKind.PASSKEY_REMOVE)


@require_POST
@during_session
def verify(request: HttpRequest) -> HttpResponse:
    """Verify by a passkey who the subscriber is."""
    answer = put(request, PortalRequestKind.PASSKEY_VERIFY, PasskeyForm(request.POST).payload(request))
    if answer.done is None:
        return refused(request, answer)
    if answer.done["verified"]:
        return to_all_lines(request)
    messages.error(
        request,
        _("That passkey does not show the subscriber of this line. Tries left in this session: %(left)s")
        % {"left": answer.done["left"]},
    )
    return redirect("portal:verify")


def _done(request: HttpRequest, kind: PortalRequestKind) -> HttpResponse:
    answer = put(request, kind, PasskeyForm(request.POST).payload(request))
    if answer.done is None:
        return refused(request, answer)
    messages.success(request, ledger_labels.action_label(answer.done["verb"]))
    return redirect("portal:passkeys")
