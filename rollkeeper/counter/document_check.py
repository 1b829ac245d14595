# SPDX-License-Identifier: EUPL-1.2
"""The page for a remote applicant who brings the document: the document is compared, and the offline worker records the application."""

import time
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.counter.agent_guard import require_outlet
from rollkeeper.counter.forms import DocumentCheckForm
from rollkeeper.counter.views import action_page
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import one_text
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import gap
from rollkeeper.registration.receipts import receipt_for
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.document_check import check_document, outcome_of
from rollkeeper.selfcare.errors import APPLICATION_REFUSED, REGISTER_UNAVAILABLE

ANSWER_TIMEOUT_S: Final = 8.0


@require_http_methods(["GET", "HEAD", "POST"])
def document_check(request: HttpRequest) -> HttpResponse:
    """Compare the document with the remote application, and show the receipt of the registration."""
    authority = authority_in(request)
    require(authority, Permission.REGISTER)
    require_outlet(request, authority)

    def do(form: DocumentCheckForm) -> Receipt:
        given = form.cleaned_data
        check_document(
            authority, submission_key=given["submission_key"], number=given["number"], document=form.shown(),
            name=given["name"], language=get_language() or instance().languages[0], on=clock.today(),
        )  # fmt: skip
        return _recorded(given["submission_key"])

    return action_page(request, "counter/document_check.html", make=DocumentCheckForm, do=do)


def _recorded(key: str) -> Receipt:
    """Wait for the offline worker. Refuses: APPLICATION_REFUSED, REGISTER_UNAVAILABLE, if it is not done yet: the same form may be sent again."""
    until = time.monotonic() + ANSWER_TIMEOUT_S
    while time.monotonic() < until:
        outcome = outcome_of(key)
        if outcome is None:
            break
        if outcome.state == "refused":
            raise APPLICATION_REFUSED(
                why=gap().join(
                    one_text(one["sentence"], one["remedy"], one["language"]) for one in outcome.said
                )
            )
        receipt = receipt_for(key) if outcome.state == "registered" else None
        if receipt is not None:
            return receipt
        time.sleep(0.1)
    raise REGISTER_UNAVAILABLE()
