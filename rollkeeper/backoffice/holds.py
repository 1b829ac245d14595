# SPDX-License-Identifier: EUPL-1.2
"""The page of legal holds: which case keeps which record from erasure, and until when. The officer requests and ends holds; a worker does it.

A line is named by its number once, in the body of a request, and shown by a short reference.
"""

import datetime as dt
from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import require
from rollkeeper.access.dual_control import reference_of
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import (
    Question,
    confirm,
    do_by_worker,
    is_confirmed,
    say_refusal,
    shown_again,
)
from rollkeeper.backoffice.forms import NumberIndexForm, day_field
from rollkeeper.backoffice.paging import paged
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.retention.errors import LEGAL_HOLD_NOT_FOUND
from rollkeeper.retention.legal_holds import MAX_DAYS, current_legal_holds


class HoldForm(NumberIndexForm):
    """The record that is held, the case, and the last day."""

    kept: ClassVar[frozenset[str]] = frozenset({"last", "review_on"})
    case = forms.CharField(
        label=gettext_lazy("Reference of the case"), max_length=40,
        help_text=gettext_lazy("The court's or authority's own file number, such as 2012/7. No names."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )  # fmt: skip
    last = day_field(
        gettext_lazy("Last day of the hold"), gettext_lazy("At most a year ahead. It ends automatically.")
    )
    review_on = day_field(
        gettext_lazy("Review it on"), gettext_lazy("The day on which you ask whether it is still needed.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """List the current holds, the ones to be reviewed first at the top, and enter a new one."""
    authority, today = authority_in(request), clock.today()
    require(authority, Permission.MANAGE_LEGAL_HOLDS)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            do_by_worker(
                request, "add-hold", _("The record is held."), number_index=given["number"], case=given["case"],
                last=given["last"].isoformat(), review_on=given["review_on"].isoformat(),
            )  # fmt: skip
            return redirect("backoffice:holds")
        except RollkeeperError as fault:
            say_refusal(fault, form)
    shown = {
        "holds": paged(
            request,
            [
                (one, reference_of(str(one.line_id)), _is_due(one.review_on, today))
                for one in current_legal_holds(authority, on=today)
            ],
        ),
        "form": form.emptied() if request.method == "POST" else form,
        "most_days": MAX_DAYS,
    }
    return render(request, "backoffice/holds.html", shown, status=422 if request.method == "POST" else 200)


@require_POST
@shown_again("backoffice:holds", LEGAL_HOLD_NOT_FOUND.code)
def lift(request: HttpRequest) -> HttpResponse:
    """End a hold early, after a question: a record whose last day is over is then erased."""
    authority, today = authority_in(request), clock.today()
    require(authority, Permission.MANAGE_LEGAL_HOLDS)
    line, case = request.POST.get("line", ""), request.POST.get("case", "")
    if not is_confirmed(request):
        # Read it again: the list on the page may be older than the newest decision about the hold.
        held = [
            one
            for one in current_legal_holds(authority, on=today)
            if (str(one.line_id), one.case_reference) == (line, case) and one.last > today
        ]
        if not held:
            raise LEGAL_HOLD_NOT_FOUND()
        question = Question(
            title=_("Lift the hold of case %(case)s?") % {"case": case}, button=_("Lift the hold"),
            consequences=[
                _("The record of line …%(line)s is held until %(day)s.")
                % {"line": reference_of(line), "day": date_format(held[0].last, "DATE_FORMAT")},
                _("Today becomes its last day. A record that the law no longer allows to keep is erased from tomorrow, and cannot be brought back."),
            ],
            back=reverse("backoffice:holds"), concerns=1, concerned=_("record"),
        )  # fmt: skip
        return confirm(request, question, line=line, case=case)
    do_by_worker(request, "end-hold", _("The hold is lifted."), line=line, case=case)
    return redirect("backoffice:holds")


def _is_due(day: dt.date, today: dt.date) -> bool:
    return day <= today
