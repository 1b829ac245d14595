# SPDX-License-Identifier: EUPL-1.2
"""The page's answer to a picture: the fields of one part, filled with the values that were read from its document."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods
from django_htmx.http import retarget

from rollkeeper.access.authority import Authority
from rollkeeper.agents.registrations import count_document_image
from rollkeeper.counter.agent_guard import devices_in, require_outlet
from rollkeeper.counter.errors import IMAGE_MISSING
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.counter.views import by_script, kind_in, page_context, record_form
from rollkeeper.documents import form_prefill
from rollkeeper.documents.choices import MESSAGES
from rollkeeper.documents.offered import is_offered
from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import spoken_here
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.registration.pipeline import active_pack
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyRole


@require_http_methods(["POST"])
def scan(request: HttpRequest, action_kind: str, part: str) -> HttpResponse:
    """Read a picture of a document; the clerk compares, corrects and confirms the values."""
    authority, chosen, make = record_form(request, action_kind)
    require_outlet(request, authority)
    form = make(initial={"service": request.POST.get("service", "")})
    whose = next((one for one in form.with_image if one.key == part), None)
    if whose is None:
        raise Http404
    pack = active_pack()
    frame = page_context(chosen, kind=kind_in(request, pack), pack=pack)
    shown: dict[str, Any] = {**frame, "form": form, "part": whose}
    try:
        reading = _read_image(request, authority, form, whose, purpose=_purpose(chosen))
    except RollkeeperError as fault:
        form.show_faults({"": translated_texts(fault)})
        if by_script(request):
            return retarget(render(request, "counter/faults.html", shown), "#faults")
        return render(request, "counter/record.html", shown, status=422)
    form.initial.update({f"{whose.key}__{name}": value for name, value in reading.values.items()})
    reasons = [MESSAGES[one] for one in reading.reasons]
    shown |= {"reading": reading, "group": form.group(whose), "reasons": reasons}
    return render(request, "counter/form_part.html" if by_script(request) else "counter/record.html", shown)


def _purpose(action_kind: RegistrationKind) -> str:
    """Return the text that is written across a copy, in the operator's first language."""
    with override(spoken_here()[0]):
        return str(action_kind.label)


def _read_image(
    request: HttpRequest, authority: Authority, form: RecordForm, part: PartyRole, *, purpose: str
) -> form_prefill.Reading:
    picture = request.FILES.get("picture")
    if picture is None:
        raise IMAGE_MISSING()
    law = active_pack().for_service(request.POST.get("service"))
    count_document_image(authority, devices=devices_in(request), on=clock.today())  # with any outcome
    return form_prefill.prefill(
        picture.read(), name=picture.name or "", attributes=form.attributes[part], pack=law, purpose=purpose,
        known=is_offered, on=clock.today(),
    )  # fmt: skip
