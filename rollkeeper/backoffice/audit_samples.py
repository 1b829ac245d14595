# SPDX-License-Identifier: EUPL-1.2
"""The auditor's samples: lines drawn by lot, by reference, and whether a subscriber consented. Entries are shown only with consent, once."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.agents import reports_page
from rollkeeper.backoffice.asking import Question, confirm, is_confirmed, say_refusal
from rollkeeper.backoffice.forms import ConsentRequestForm, SampleDrawForm
from rollkeeper.backoffice.vault_session import ask_vault, sign_in_form
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.phrasing import listed
from rollkeeper.reporting.audit_samples import queries, services
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.vault.fields import Field, field_label


@require_POST
def draw(request: HttpRequest, quarter: str) -> HttpResponse:
    """Draw a sample from a quarter. The text that decides the draw is not stored, only its hash."""
    authority, form = authority_in(request), SampleDrawForm(request.POST)
    require(authority, Permission.DRAW_AUDIT_SAMPLE)
    if not form.is_valid():
        return reports_page(request, quarter, draw=form)
    given = form.cleaned_data
    try:
        drawn = services.draw_sample(
            authority, quarter, SampledAction(given["kind"]), text=given["text"], on=clock.today()
        )
    except RollkeeperError as fault:
        say_refusal(fault, form)
        return reports_page(request, quarter, draw=form)
    messages.success(request, _("The lines are drawn. Keep your text."))
    return redirect("backoffice:sample", drawn)


@require_safe
def sample(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    """Show one sample to the auditor who drew it: references, and the published entries of each."""
    return _page(request, sample_id, ConsentRequestForm())


@require_POST
def ask(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    """Ask the subscribers of the sample's lines, once, whether this auditor may see some entries."""
    authority, form = authority_in(request), ConsentRequestForm(request.POST)
    if not form.is_valid():
        return _page(request, sample_id, form, status=422)
    fields = [Field(name) for name in form.cleaned_data["fields_asked"]]
    if not is_confirmed(request):
        return confirm(request, _question(request, sample_id, fields), fields_asked=fields)
    asked = services.ask_subscribers(authority, sample_id, fields, on=clock.today())
    messages.success(
        request,
        _("Lines whose subscriber is asked: %(asked)s. A subscriber who does not agree need not answer.")
        % {"asked": asked},
    )
    return redirect("backoffice:sample", sample_id)


@require_POST
def consented(request: HttpRequest, sample_id: UUID, consent_id: UUID) -> HttpResponse:
    """Show the entries that one subscriber agreed to show to this auditor, once: the vault service opens them and checks the consent."""
    require(replace(authority_in(request), is_recent=True), Permission.OPEN_WITH_CONSENT)
    sign_in = sign_in_form(request, bound=True)
    if sign_in is not None and not sign_in.is_valid():
        messages.error(request, _("Enter your password."))
        return redirect("backoffice:sample", sample_id)
    found = ask_vault(request, sign_in, "open-with-consent", consent=str(consent_id))
    values = [(field_label(name), value) for name, value in found.items()]
    return render(request, "backoffice/consented.html", {"values": values, "sample_id": sample_id})


def _question(request: HttpRequest, sample_id: UUID, fields: Sequence[Field]) -> Question:
    found = queries.sample(authority_in(request), sample_id, on=clock.today())
    return Question(
        title=_("Ask the subscribers of these lines?"), button=_("Ask them"),
        consequences=[
            _("The subscriber of each line is notified, and decides freely at the portal."),
            _("They are asked for: %(fields)s") % {"fields": listed(field_label(one) for one in fields)},
            _("They are asked once. For other entries you cannot ask them again."),
        ],
        back=reverse("backoffice:sample", args=[sample_id]), is_harmful=False, concerns=len(found.items),
        concerned=ngettext("line of this sample", "lines of this sample", len(found.items)),
    )  # fmt: skip


def _page(
    request: HttpRequest, sample_id: UUID, form: ConsentRequestForm, *, status: int = 200
) -> HttpResponse:
    found = queries.sample(authority_in(request), sample_id, on=clock.today())
    shown = {"sample": found, "form": form, "sign_in": sign_in_form(request)}
    return render(request, "backoffice/audit_sample.html", shown, status=status)
