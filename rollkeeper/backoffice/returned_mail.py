# SPDX-License-Identifier: EUPL-1.2
"""The page of returned mail: references that were scanned or typed, Rollkeeper's verdict, and lines that no letter reached.

This app records references and nothing else. Another process finds out whether a slip is genuine, and so whether a clock
starts: this app has no key for the slips.
"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.forms import EmptiedForm
from rollkeeper.backoffice.paging import PAGE
from rollkeeper.backoffice.unreachable import AfterForm
from rollkeeper.campaign.statistics import not_notified_by_post
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.ids import LineId
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.queries import attempt_counts
from rollkeeper.notices.returned_mail import record_returned_letters, returned_letters

NEWEST, MOST_LETTERS = 20, 20_000
_SHOWN_OUTCOMES = (Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.BOUNCED, Outcome.UNPROVEN)


class LettersForm(EmptiedForm):
    """References, one a line, as a scanner writes them."""

    references = forms.CharField(
        label=gettext_lazy("References, one a line"),
        help_text=gettext_lazy(
            "From the window of an undeliverable envelope, or from a slip that was torn off and sent back."
        ),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(
            attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
    )

    def said(self) -> list[str]:
        """Return the references given, one for each line of the text."""
        lines = (line.strip() for line in str(self.cleaned_data["references"]).splitlines())
        return [line for line in lines if line]


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """Show the returned letters and slips, and record the references given."""
    if request.method != "POST":
        return _page(request, LettersForm())
    authority, form = authority_in(request), LettersForm(request.POST)
    require(authority, Permission.RECORD_RETURNED_LETTERS)
    if not form.is_valid():
        return _page(request, form.emptied(), status=422)
    noted = record_returned_letters(authority, form.said(), on=clock.today())
    if noted.unread:
        messages.warning(
            request,
            ngettext(
                "%(count)d line is not the reference of a letter; it was not stored.",
                "%(count)d lines are not references of letters; they were not stored.",
                noted.unread,
            )
            % {"count": noted.unread},
        )
    messages.success(
        request,
        _(
            "%(noted)d recorded, %(known)d known before. Envelopes are processed within a minute, slips after an hour."
        )
        % {"noted": noted.noted, "known": noted.known},
    )
    return redirect("backoffice:letters")


def _page(request: HttpRequest, form: LettersForm, *, status: int = 200) -> HttpResponse:
    authority = authority_in(request)
    require(authority, Permission.SEE_CAMPAIGN)
    asked = AfterForm(request.GET)
    after = LineId(asked.cleaned_data["after"]) if asked.is_valid() and asked.cleaned_data["after"] else None
    found = not_notified_by_post(after=after, limit=PAGE + 1)
    lines = found[:PAGE]
    counts = {one.outcome: one.count for one in attempt_counts() if one.channel is Channel.POST}
    shown = {
        "counts": [(one.value, counts.get(one, 0)) for one in _SHOWN_OUTCOMES],
        "total": sum(counts.values()),
        "newest": returned_letters(limit=NEWEST),
        "lines": lines,
        "next": lines[-1].line_id if len(found) > PAGE else None,
        "form": form,
        "may_note": authority.role_for(Permission.RECORD_RETURNED_LETTERS) is not None,
    }
    return render(request, "backoffice/returned_mail.html", shown, status=status)
