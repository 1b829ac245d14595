# SPDX-License-Identifier: EUPL-1.2
"""The page on who accessed a record: one entry for each act, which unfolds, filtered by role and by days."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import label_of
from rollkeeper.lines.access_history import acts_of
from rollkeeper.portal.views import during_session, shown_to
from rollkeeper.vault.fields import field_label, purpose_label

ACTS_SHOWN: Final = 100
OWN: Final = "subscriber"


class HistoryFilter(forms.Form):
    """By whom, and since when. Both come in the address, which names no person."""

    who = forms.ChoiceField(
        required=False,
        label=_("By whom"),
        choices=[("", _("Everyone")), ("others", _("Everyone except me")), (OWN, _("Me"))],
    )
    days = forms.ChoiceField(
        required=False, label=_("Since"),
        choices=[("", _("The beginning")), ("7", _("7 days")), ("30", _("30 days")), ("365", _("A year"))],
    )  # fmt: skip


@require_safe
@during_session
def access_history(request: HttpRequest) -> HttpResponse:
    """Show who accessed the record, staff too, in plain words."""
    shown, asked = shown_to(request), HistoryFilter(request.GET)
    chosen = asked.cleaned_data if asked.is_valid() else {"who": "", "days": ""}
    accesses = [_said(one) for one in shown["accesses"]]
    acts = acts_of([one for one in accesses if _is_asked(one, chosen, now=clock.now())])
    more = max(0, len(acts) - ACTS_SHOWN)
    return render(
        request, "portal/access_history.html",
        shown | {"missing": [dt.date.fromisoformat(one) for one in shown["missing"]], "acts": acts[:ACTS_SHOWN], "more": more, "filter": asked, "is_filtered": any(chosen.values())},
    )  # fmt: skip


def _said(access: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": dt.datetime.fromisoformat(access["at"]).astimezone(clock.zone()), "leaf": access["leaf"], "code": access["code"],
        "withheld_until": access["withheld_until"] and dt.date.fromisoformat(access["withheld_until"]),
        "role": access["role"], "purpose": access["purpose"],
        "who": label_of(access["role"], StaffRole), "what": str(field_label(access["field"])), "why": purpose_label(access["purpose"]),
    }  # fmt: skip


def _is_asked(access: dict[str, Any], chosen: dict[str, Any], *, now: dt.datetime) -> bool:
    is_own = access["role"] == OWN
    by_whom = not chosen["who"] or is_own == (chosen["who"] == OWN)
    return by_whom and (not chosen["days"] or access["at"] > now - dt.timedelta(days=int(chosen["days"])))
