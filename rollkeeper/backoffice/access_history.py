# SPDX-License-Identifier: EUPL-1.2
"""The page that answers "who accessed my record?": for the subscriber of one line, every access, staff included."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.forms import LineForm
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.error_messages import translated
from rollkeeper.ledger.queries import AccessEntry
from rollkeeper.lines.access_history import accesses_by_number, acts_of
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.vault.fields import field_label, purpose_label


@require_http_methods(["GET", "HEAD", "POST"])
def access_history(request: HttpRequest) -> HttpResponse:
    """List, in plain words, every access to the data of a line's subscriber, by its exact number. The query itself is recorded, too."""
    authority = authority_in(request)
    require(authority, Permission.READ_LEDGER)
    today = clock.today()
    form = LineForm(request.POST if request.method == "POST" else None, today=today)
    if request.method != "POST":
        return render(request, "backoffice/access_history.html", {"form": form})
    if not form.is_valid():
        return render(request, "backoffice/access_history.html", {"form": form.emptied()}, status=422)
    shown: dict[str, Any] = {"form": LineForm(today=today), "asked": True}
    try:
        found = accesses_by_number(authority, form.cleaned_data["number"], on=today)
    except LineNotFound as fault:
        missed = shown | {"missed": translated(fault)}
        return render(request, "backoffice/access_history.html", missed, status=404)
    shown |= {"found": found, "acts": acts_of([_say(access) for access in reversed(found.accesses)])}
    return render(request, "backoffice/access_history.html", shown)


def _say(access: AccessEntry) -> dict[str, Any]:
    return {
        "at": access.at, "role": access.role, "purpose": access.purpose, "who": label_of(access.role, StaffRole), "what": str(field_label(access.field)),
        "why": purpose_label(access.purpose), "leaf": access.leaf_index,
        "withheld_until": access.withheld_until,
    }  # fmt: skip
