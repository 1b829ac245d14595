# SPDX-License-Identifier: EUPL-1.2
"""The page on which a subscriber registers the line in hand: what the law asks, read from a picture or typed, and confirmed.

The picture is in memory for the length of one request. This process seals the confirmed data to the public half of a key; only the
portal worker can open it.
"""

import base64
import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import retarget

from rollkeeper.documents import form_prefill
from rollkeeper.documents.choices import MESSAGES
from rollkeeper.documents.image_intake import start_in_background
from rollkeeper.documents.offered import is_offered
from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import spoken_here
from rollkeeper.kernel.choices import Service, label_of
from rollkeeper.kernel.error_messages import mark, one_text, translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.phrasing import cite
from rollkeeper.ledger import labels as ledger_labels
from rollkeeper.portal.after_post import lead_on, say_again
from rollkeeper.portal.portal_requests import Answer, language_of_page, put
from rollkeeper.portal.record_form import RecordForm
from rollkeeper.portal.views import during_session, go_to, refused
from rollkeeper.registration.party_kinds import kinds_offered_remotely, labelled_kinds
from rollkeeper.registration.pipeline import active_pack
from rollkeeper.registration.submissions import LINES_ELSEWHERE
from rollkeeper.selfcare.applications import ApplicationData
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.vault.offline_keys import seal_offline, verified_sealer


@require_http_methods(["GET", "HEAD", "POST"])
@during_session
def register(request: HttpRequest) -> HttpResponse:
    """Ask what the law asks of the subscriber, and submit it once they have confirmed it."""
    begun = put(request, PortalRequestKind.APPLY_BEGIN)
    if request.method != "POST":
        if begun.done is None:
            return refused(request, begun)
        start_in_background()
        form = _form(request, begun.done)
        say_again(request, form)
        return _draw(request, begun.done, form)
    if begun.done is None:  # sent twice: the answer is the outcome of the first time
        again = put(request, PortalRequestKind.APPLY, {"key": str(request.POST.get("key", ""))})
        return _to_receipts(request, again.done) if again.done else refused(request, begun)
    form = _form(request, begun.done, request.POST)
    if not form.is_valid():
        return _faulty(request, begun.done, form)
    answer = _apply(request, begun.done, form)
    if answer.done is None:
        return _faulty(request, begun.done, form, answer.said)
    if faults := answer.done.get("faults"):
        said = [
            mark(one_text(one["sentence"], one["remedy"], one["language"]), one["language"]) for one in faults
        ]
        return _faulty(request, begun.done, form, said)
    return _to_receipts(request, answer.done)


@require_POST
@during_session
def read(request: HttpRequest) -> HttpResponse:
    """Read a picture of the document; the subscriber compares, corrects and confirms the values."""
    begun = put(request, PortalRequestKind.APPLY_BEGIN)
    if begun.done is None:
        return refused(request, begun)
    form, picture = _form(request, begun.done), request.FILES.get("picture")
    if picture is None:
        return _faulty(request, begun.done, form, [_("Choose a picture of the document first.")])
    law = active_pack().for_service(begun.done["service"])
    allowed = put(request, PortalRequestKind.APPLY_IMAGE)
    if allowed.done is None:
        return _faulty(request, begun.done, form, allowed.said)
    try:
        reading = form_prefill.prefill(
            picture.read(), name=picture.name or "", attributes=form.attributes, pack=law, purpose=_purpose(),
            known=is_offered, on=clock.today(),
        )  # fmt: skip
    except RollkeeperError as fault:
        return _faulty(
            request,
            begun.done,
            form,
            translated_texts(fault),
        )
    form.initial.update(reading.values)
    shown: dict[str, Any] = {"reading": reading, "reasons": [MESSAGES[one] for one in reading.reasons]}
    return _draw(request, begun.done, form, **shown)


def _apply(request: HttpRequest, begun: dict[str, Any], form: RecordForm) -> Answer:
    key, application_id = str(form.cleaned_data["key"]), new_uuid()
    given = ApplicationData(
        form.values_of(), form.copies_of(), language_of_page(), form.was_read(), kind=_kind(request),
        lines_elsewhere=form.cleaned_data.get(LINES_ELSEWHERE),
    )  # fmt: skip
    sealer = verified_sealer(begun["key"], base64.b64decode(begun["half"]), bytes.fromhex(begun["signature"]))
    sealed = seal_offline(sealer, given.packed(), submission_key=key, ticket_id=UUID(str(application_id)))
    return put(
        request, PortalRequestKind.APPLY, {"key": key, "application": str(application_id)}, sealed=sealed
    )  # fmt: skip


def _form(request: HttpRequest, begun: dict[str, Any], data: Any = None) -> RecordForm:
    return RecordForm(
        data,
        pack=active_pack(),
        service=begun["service"],
        kind=_kind(request),
        asks_elsewhere=_kind(request) in begun["elsewhere"],
        payment=begun["payment"],
        initial={"key": str(new_uuid())},
    )


def _kind(request: HttpRequest) -> str:
    """Return the kind of person that the address asks for, by its word."""
    offered, asked = kinds_offered_remotely(active_pack()), request.GET.get("kind", "")
    return asked if asked in offered else offered[0]


def _draw(
    request: HttpRequest, begun: dict[str, Any], form: RecordForm, *, status: int = 200, **shown: Any
) -> HttpResponse:
    pack, kind = active_pack().for_service(begun["service"]), _kind(request)
    offered = kinds_offered_remotely(pack)
    kinds = (
        [(code, name) for code, name in labelled_kinds(pack) if code in offered] if len(offered) > 1 else []
    )
    shown |= {"kind": kind, "kinds": kinds}
    shown |= {
        "form": form, "session": True, "service": label_of(begun["service"], Service), "sight": cite(pack.sight_article(kind, payment=begun["payment"]) or begun["sight"]),
        "until": clock.today() + dt.timedelta(days=begun["days"]), "article": cite(pack.act_article("register")),
        "copy_article": cite(pack.document_copy.article) if pack.document_copy else "", "retention": pack.retention,
        "copy_retention": pack.copy_retention,
        "copy_kept_article": cite(pack.copy_retention.article) if pack.copy_retention else "",
    }  # fmt: skip
    whole = not (request.headers.get("HX-Request") and status == 200)
    return render(
        request, "portal/register.html" if whole else "portal/record_read.html", shown, status=status
    )


def _faulty(request: HttpRequest, begun: dict[str, Any], form: RecordForm, said: Any = ()) -> HttpResponse:
    """Say what is wrong; with a script the typed values stay in the page, without one they are gone."""
    blank = form.blank(said, key=form.data.get("key") or str(new_uuid()))
    if request.headers.get("HX-Request"):
        return retarget(render(request, "portal/record_faults.html", {"form": blank}), "#faults")
    return lead_on(request, f"{reverse('portal:register')}?kind={_kind(request)}", blank) or _draw(
        request, begun, blank, status=422
    )


def _to_receipts(request: HttpRequest, done: dict[str, Any]) -> HttpResponse:
    messages.success(request, ledger_labels.action_label(done["verb"]))
    return go_to(request, "portal:lines")


def _purpose() -> str:
    """Return the text that is written across a copy, in the operator's first language."""
    with override(spoken_here()[0]):
        return _("Register")
