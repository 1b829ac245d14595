# SPDX-License-Identifier: EUPL-1.2
"""An auditor's request: allowed or withdrawn, with one button each. Doing nothing is a no."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from rollkeeper.ledger import labels as ledger_labels
from rollkeeper.portal.forms import ConsentForm
from rollkeeper.portal.portal_requests import put
from rollkeeper.portal.views import during_session, refused
from rollkeeper.selfcare.choices import PortalRequestKind


@require_POST
@during_session
def consent(request: HttpRequest, what: str) -> HttpResponse:
    """Allow what one auditor asks, or take it back."""
    form = ConsentForm(request.POST)
    answer = put(request, PortalRequestKind(what), form.payload() if form.is_valid() else {})
    if answer.done is None:
        return refused(request, answer)
    messages.success(request, ledger_labels.action_label(answer.done["verb"]))
    return redirect("portal:lines")
