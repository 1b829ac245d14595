# SPDX-License-Identifier: EUPL-1.2
"""The page's answer to a picture: the fields of one part, filled with what was read of its document."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_http_methods
from django_htmx.http import retarget

from rollkeeper.access.authority import Authority
from rollkeeper.agents.capturing import note_picture
from rollkeeper.counter import words
from rollkeeper.counter.errors import PictureMissing
from rollkeeper.counter.places import demand_place, devices_in
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.counter.views import by_script, frame_of, kind_in, record_form
from rollkeeper.documents import proposing
from rollkeeper.documents.saying import READINGS
from rollkeeper.enrolment.registering import law_in_force
from rollkeeper.enrolment.submissions import Deed
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.sayings import mark, say
from rollkeeper.kernel.settings import settings
from rollkeeper.subscribers.kinds import Part


@require_http_methods(["POST"])
def read(request: HttpRequest, deed: str, part: str) -> HttpResponse:
    """Read a picture of a document; the clerk compares, corrects and confirms what comes back."""
    authority, chosen, make = record_form(request, deed)
    demand_place(request, authority)
    form = make(initial={"service": request.POST.get("service", "")})
    whose = next((one for one in form.pictured if one.key == part), None)
    if whose is None:
        raise Http404
    frame = frame_of(chosen, kind=kind_in(request), pack=law_in_force())
    shown: dict[str, Any] = {**frame, "form": form, "part": whose}
    try:
        reading = _read_picture(request, authority, form, whose, purpose=_purpose(chosen))
    except RollkeeperError as fault:
        form.show_faults({"": [mark(f"{said.sentence} {said.remedy}", said.language) for said in say(fault)]})
        if by_script(request):
            return retarget(render(request, "counter/faults.html", shown), "#faults")
        return render(request, "counter/record.html", shown, status=422)
    form.initial.update({f"{whose.key}__{name}": value for name, value in reading.values.items()})
    reasons = [READINGS[one] for one in reading.reasons]
    shown |= {"reading": reading, "group": form.group(whose), "reasons": reasons}
    return render(request, "counter/part.html" if by_script(request) else "counter/record.html", shown)


def _purpose(deed: Deed) -> str:
    """Return what is written across a copy, in the operator's first language."""
    with override(settings().languages[0]):
        return str(words.DEEDS[deed])


def _read_picture(
    request: HttpRequest, authority: Authority, form: RecordForm, part: Part, *, purpose: str
) -> proposing.Reading:
    picture = request.FILES.get("picture")
    if picture is None:
        raise PictureMissing
    note_picture(authority, devices=devices_in(request), on=clock.today())  # whatever comes of it
    return proposing.capture(
        picture.read(), name=picture.name or "", attributes=form.attributes[part], pack=law_in_force(), purpose=purpose,
        known=lambda kind: kind in words.DOCUMENTS, on=clock.today(),
    )  # fmt: skip
