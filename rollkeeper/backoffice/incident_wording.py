# SPDX-License-Identifier: EUPL-1.2
"""The page on which an officer changes the text of an incident's notice, in one language, before anyone approves its sending."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import do_by_worker, say_refusal
from rollkeeper.backoffice.forms import BackofficeForm
from rollkeeper.incidents import queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.notices.wordings import MOST, is_deceptive, missing_marks, standard_wordings, wordings


class WordingForm(BackofficeForm):
    """The text of the notice, with marks that are replaced for each person."""

    text = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "What is in braces is filled in for each person: {fields} what may have been seen, {care} the care number, {code} their code,"
            " {operator} the operator. Keep all four."
        ),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 18}),
    )

    def clean_text(self) -> str:
        """Refuse a text that lacks a mark, or that leads people to another address."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")
        if missing := missing_marks(text):
            raise forms.ValidationError(_("These are missing: %(marks)s") % {"marks": " ".join(missing)})
        if is_deceptive(text):
            raise forms.ValidationError(
                _(
                    "Name no link, no other braces and no telephone number: subscribers are told to call {care} alone."
                )
            )
        return text


@require_http_methods(["GET", "HEAD", "POST"])
def word_notice(request: HttpRequest, incident_id: UUID, language: str) -> HttpResponse:
    """Show the text in one language, and store a changed one; with `standard`, restore the standard text."""
    authority = authority_in(request)
    require(authority, Permission.MANAGE_INCIDENT)
    found = queries.incident(authority, incident_id, now=clock.now())
    standard = standard_wordings().get(language)
    if standard is None or found.notified_at or found.closed_at:
        raise Http404
    if request.method != "POST":
        text = wordings(incident_id).get(language, standard)
        return _page(request, incident_id, language, WordingForm(initial={"text": text}))
    form = WordingForm({"text": standard} if "standard" in request.POST else request.POST)
    if not form.is_valid():
        return _page(request, incident_id, language, form, status=422)
    said = _("The text is kept. Read it below before you approve that it goes out.")
    try:
        do_by_worker(
            request, "word-incident-notice", said,
            incident=str(incident_id), language=language, text=form.cleaned_data["text"],
        )  # fmt: skip
    except RollkeeperError as fault:
        return _page(request, incident_id, language, form, status=say_refusal(fault, form))
    return redirect("backoffice:incident", incident_id)


def _page(
    request: HttpRequest, incident_id: UUID, language: str, form: WordingForm, *, status: int = 200
) -> HttpResponse:
    form.fields["text"].widget.attrs["lang"] = language
    shown: dict[str, Any] = {"form": form, "incident_id": incident_id, "language": language}
    return render(request, "backoffice/incident_wording.html", shown, status=status)
