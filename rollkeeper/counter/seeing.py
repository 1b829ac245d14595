# SPDX-License-Identifier: EUPL-1.2
"""The page for whoever applied from afar and brings the document: it is compared, and the carrier records what they gave."""

import time
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import demand
from rollkeeper.access.roles import Power
from rollkeeper.counter.forms import SeenForm
from rollkeeper.counter.places import demand_place
from rollkeeper.counter.views import act_page
from rollkeeper.enrolment.queries import receipt_for
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel import clock
from rollkeeper.kernel.settings import settings
from rollkeeper.rights.errors import ApplicationRefused, PorterAway
from rollkeeper.rights.seeing import outcome_of, see_document

WAIT_SECONDS: Final = 8.0


@require_http_methods(["GET", "HEAD", "POST"])
def see(request: HttpRequest) -> HttpResponse:
    """Compare the document with what was given from afar, and give the receipt of the registration."""
    authority = authority_in(request)
    demand(authority, Power.ENROL)
    demand_place(request, authority)

    def do(form: SeenForm) -> Receipt:
        given = form.cleaned_data
        see_document(
            authority, submission_key=given["submission_key"], number=given["number"], document=form.shown(),
            name=given["name"], language=get_language() or settings().languages[0], on=clock.today(),
        )  # fmt: skip
        return _recorded(given["submission_key"])

    return act_page(request, "counter/see.html", make=SeenForm, do=do)


def _recorded(key: str) -> Receipt:
    """Wait for the carrier. Refuses: ApplicationRefused, PorterAway, where it is not done yet: the same form may be sent again."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        outcome = outcome_of(key)
        if outcome is None:
            break
        if outcome.state == "refused":
            raise ApplicationRefused(
                why=" ".join(f"{one['sentence']} {one['remedy']}" for one in outcome.said)
            )
        receipt = receipt_for(key) if outcome.state == "registered" else None
        if receipt is not None:
            return receipt
        time.sleep(0.1)
    raise PorterAway
