# SPDX-License-Identifier: EUPL-1.2
"""The pages on which a file of lines is handed in, its mapping is corrected by hand, counted, and imported by the worker.

No value of a person is shown or kept: the app seals the file as it comes and cannot open it (`imports/uploads.py`).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import Question, confirm, do_by_worker, is_confirmed, shown_again
from rollkeeper.backoffice.campaign_forms import UploadForm
from rollkeeper.backoffice.import_map import (
    choices_of,
    columns_of,
    date_form_of,
    date_forms,
    map_of,
    meanings_of,
    missing_in,
)
from rollkeeper.backoffice.paging import paged
from rollkeeper.documents.choices import DocumentType
from rollkeeper.imports.choices import UploadState
from rollkeeper.imports.errors import UPLOAD_COUNTED_AGAIN, UPLOAD_NOT_IN_STATE
from rollkeeper.imports.queries import past_import, past_imports
from rollkeeper.imports.uploads import UploadView, decide_upload, receive_upload, upload, uploads
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service

_STEPS = {
    "count": UploadState.COUNT_REQUESTED,
    "import": UploadState.IMPORT_REQUESTED,
    "discard": UploadState.DISCARD_REQUESTED,
}


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """List the files handed in, and accept a new one."""
    authority = authority_in(request)
    require(authority, Permission.IMPORT_LINES)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        upload_id = receive_upload(authority, form.cleaned_data["file"].read(), on=clock.today())
        return redirect("backoffice:import", upload_id)
    shown = {"form": form, "uploads": uploads(authority), "imports": paged(request, past_imports())}
    return render(request, "backoffice/imports.html", shown, status=422 if form.errors else 200)


@require_safe
def import_page(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show one file: its mapping, the counts, or the result."""
    return render(request, "backoffice/import.html", _shown(upload(authority_in(request), upload_id)))


@require_POST
@shown_again("backoffice:import", UPLOAD_NOT_IN_STATE.code, UPLOAD_COUNTED_AGAIN.code)
def decide(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Count the rows with the mapping of the page, import the file as counted, or discard it."""
    authority = authority_in(request)
    step = _STEPS.get(request.POST.get("step", ""))
    seen = upload(authority, upload_id)
    if step is None:
        return redirect("backoffice:import", upload_id)
    if step is UploadState.COUNT_REQUESTED:
        answers = {name: str(said) for name, said in request.POST.items()}
        chosen = map_of(seen.proposal, answers)
        missing = missing_in(chosen["raw"])
        for one in missing:
            messages.error(request, one)
        if missing:
            return render(request, "backoffice/import.html", _shown(seen, chosen), status=422)
        decide_upload(authority, upload_id, step, on=clock.today(), chosen=chosen)
    else:
        counted = request.POST.get("counted", "")
        decide_upload(authority, upload_id, step, on=clock.today(), counted_as=counted)
    if step is UploadState.DISCARD_REQUESTED:
        messages.success(request, _("The file is destroyed within seconds. Nothing was imported."))
    return redirect("backoffice:import", upload_id)


@require_POST
def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Undo an import whose lines were not used yet, after a question. A worker undoes all of it or nothing."""
    require(authority_in(request), Permission.IMPORT_LINES)
    made = past_import(import_id)
    if not is_confirmed(request):
        question = Question(
            title=_("Undo this import?"), button=_("Undo the import"), back=reverse("backoffice:imports"),
            consequences=[
                _("It is undone only if no one has been notified or registered since; otherwise nothing changes."),
                _("The numbers are free at once, and the right file can be imported. The sealed data of people is erased."),
            ],
            concerns=made.lines, concerned=_("lines that this import made"),
        )  # fmt: skip
        return confirm(request, question)
    meant: dict[str, Any] = {"import": str(import_id)}
    do_by_worker(request, "undo-import", _("%(lines)s lines are undone."), **meant)
    return redirect("backoffice:imports")


def _shown(seen: UploadView, chosen: Mapping[str, Any] | None = None) -> dict[str, object]:
    chosen = chosen or seen.map
    raw = chosen.get("raw") or seen.proposal.get("raw", {})
    columns = columns_of(seen.proposal, chosen)
    activated = raw.get("activated_on", {})
    day = activated.get("unknown") or activated.get("constant")
    return {
        "upload": seen,
        "columns": [(one, choices_of(one.meaning)) for one in columns],
        "meanings": meanings_of(seen.proposal).items(),
        "has_service": any(one.meaning == "service" for one in columns),
        "has_registration": any(
            one.meaning.endswith(("name", "address", "document_number")) for one in columns
        ),
        "services": Service.choices,
        "service": raw.get("service", {}).get("constant", ""),
        "date_forms": date_forms(),
        "date_form": date_form_of(raw),
        "proposed_forms": "|".join(activated.get("formats", ())),
        "since": day if isinstance(day, str) else day.isoformat() if isinstance(day, dt.date) else "",
        "document_types": DocumentType.choices,
        "document_type_is": raw.get("registration", {}).get("document_type_is", ""),
        "expires_at": seen.uploaded_at + dt.timedelta(hours=24),
    }
