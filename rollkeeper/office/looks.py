# SPDX-License-Identifier: EUPL-1.2
"""The page that answers "who looked at my record?": for the holder of one line, every look, staff included."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.ledger.queries import Look
from rollkeeper.ledger.words import FIELDS, PURPOSES, ROLES, say_word
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.looks import who_looked_at
from rollkeeper.office.forms import LineForm


@require_http_methods(["GET", "HEAD", "POST"])
def who_looked(request: HttpRequest) -> HttpResponse:
    """List every look at whoever holds a line, by its exact number, in plain words. Asking is a look as well."""
    authority = authority_in(request)
    demand(authority, Power.READ_LEDGER)
    today = clock.today()
    form = LineForm(request.POST if request.method == "POST" else None, today=today)
    if request.method != "POST":
        return render(request, "office/who_looked.html", {"form": form})
    if not form.is_valid():
        return render(request, "office/who_looked.html", {"form": form.emptied()}, status=422)
    shown: dict[str, Any] = {"form": LineForm(today=today), "asked": True}
    try:
        found = who_looked_at(authority, form.cleaned_data["number"], on=today)
    except LineNotFound:
        return render(request, "office/who_looked.html", shown, status=404)
    shown |= {"found": found, "looks": [_say(look) for look in reversed(found.looks)]}
    return render(request, "office/who_looked.html", shown)


def _say(look: Look) -> dict[str, Any]:
    return {
        "at": look.at, "who": say_word(look.role, ROLES), "what": say_word(look.field, FIELDS),
        "why": say_word(look.purpose, PURPOSES), "leaf": look.leaf_index,
        "withheld_until": look.withheld_until,
    }  # fmt: skip
