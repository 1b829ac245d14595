# SPDX-License-Identifier: EUPL-1.2
"""What an auditor asks to see: allowed or taken back, with one button each. Doing nothing is a no."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from rollkeeper.ledger import words as ledger_words
from rollkeeper.portal.asking import put
from rollkeeper.portal.forms import ConsentForm
from rollkeeper.portal.views import during_visit, refused
from rollkeeper.rights.kinds import AskKind


@require_POST
@during_visit
def consent(request: HttpRequest, what: str) -> HttpResponse:
    """Allow what one auditor asks, or take it back."""
    form = ConsentForm(request.POST)
    answer = put(request, AskKind(what), form.asked() if form.is_valid() else {})
    if answer.done is None:
        return refused(request, answer)
    messages.success(request, ledger_words.say_done(answer.done["verb"]))
    return redirect("portal:mine")
