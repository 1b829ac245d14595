# SPDX-License-Identifier: EUPL-1.2
"""The receipt after an act, and any receipt by its code: on the page, on a sheet, as a text. No receipt has personal data.

Suspensions, restorations and erasures do not happen at a counter; their receipts are found here by the code in the notice.
"""

import datetime as dt
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents.queries import is_of_own_outlet
from rollkeeper.counter.agent_guard import require_device
from rollkeeper.counter.approvals import waits
from rollkeeper.counter.carried_line import called_on_receipt, carried, is_about, is_set_aside
from rollkeeper.counter.errors import SUBMISSION_NOT_FOUND
from rollkeeper.counter.forms import CodeForm, faults_of
from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.phrasing import cite, write_day
from rollkeeper.ledger import printouts
from rollkeeper.ledger.choices import ErasureGround
from rollkeeper.ledger.errors import ReceiptsNotReady
from rollkeeper.ledger.labels import action_label
from rollkeeper.ledger.receipts import REGISTRATIONS, LedgerReceipt, erasures_of, find_by_code
from rollkeeper.lines.queries import registered_as
from rollkeeper.registration.receipts import ledger_receipt_of, receipt_for
from rollkeeper.registration.rules import is_page_key


@require_safe
def of_submission(request: HttpRequest, submission_key: str) -> HttpResponse:
    """Show the receipt of the submission, to be printed and handed over; an agent's counter shows only receipts of its own outlet."""
    authority = _reader(request)
    found = receipt_for(submission_key) if is_page_key(submission_key) else None
    if found is None:
        pending = waits(request, submission_key)
        if pending is None:
            raise SUBMISSION_NOT_FOUND()
        return pending
    try:
        given = ledger_receipt_of(found)
    except ReceiptsNotReady:
        given = None
    is_own = is_set_aside(request, submission_key) or (
        given and given.entry.content.get("actor") == authority.commitment
    )
    if not is_own and not is_of_own_outlet(authority, entry_id=found.entry_id):
        raise SUBMISSION_NOT_FOUND()
    line = carried(request, also_set_aside=True)
    shown = {
        "receipt": found, "done": action_label(found.verb, given.entry.facts if given else {}), "is_repeat": "again" in request.GET,
        "good_through": registered_as(found.line_id, begun_by=found.entry_id).good_through,
        "is_registration": found.verb in REGISTRATIONS,
        "called": called_on_receipt(request, submission_key), "carried": line, "goes_on": is_about(line, found.line_id),
    }  # fmt: skip
    return render(request, "counter/receipt.html", shown | _given(given))


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a receipt and go on to it."""
    _reader(request)
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and form.is_valid():
        try:
            with counted_lookups():
                code = find_by_code(form.cleaned_data["code"]).code
            return redirect("counter:receipt_by_code", code)
        except RollkeeperError as fault:
            form = CodeForm()
            form.show_faults(faults_of(form, fault))
            return render(request, "counter/receipts.html", {"form": form}, status=422)
    return render(request, "counter/receipts.html", {"form": form})


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Show any receipt by its code, and whether its record was erased since."""
    _reader(request)
    with counted_lookups():
        found = find_by_code(code)
        erasures = erasures_of(found.entry)
    entry = found.entry
    shown = {
        "done": action_label(entry.verb, entry.facts), "entry": entry, "day": _day(entry.day), "article": cite(entry.article),
        "erasures": [_erasure(one) for one in erasures],
    }  # fmt: skip
    return render(request, "counter/receipt_by_code.html", shown | _given(found))


@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Return a receipt as one sheet."""
    _reader(request)
    with counted_lookups():
        found = find_by_code(code)
    return _file(printouts.pdf(found), name=printouts.file_name(found, "pdf"), kind="application/pdf")


@require_safe
def text(request: HttpRequest, code: str) -> HttpResponse:
    """Return a receipt as a text."""
    _reader(request)
    with counted_lookups():
        found = find_by_code(code)
    return _file(
        printouts.plain_text(found).encode(),
        name=printouts.file_name(found, "txt"),
        kind="text/plain; charset=utf-8",
    )


def _reader(request: HttpRequest) -> Authority:
    """Return who reads receipts; an agent's counter needs its device. Refuses: NOT_ALLOWED; as `agent_guard.require_device`."""
    authority = authority_in(request)
    require(authority, Permission.REGISTER)
    require_device(request, authority)
    return authority


def _given(found: LedgerReceipt | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {"given": found, "square": f"data:image/svg+xml,{quote(printouts.qr_svg(found))}"}


def _erasure(one: LedgerReceipt) -> dict[str, str]:
    facts = one.entry.facts
    return {
        "code": one.code, "day": _day(one.entry.day), "article": cite(one.entry.article),
        "ground": label_of(str(facts.get("ground", "")), ErasureGround), "last_day_kept": _day(str(facts.get("last_day_kept", ""))),
    }  # fmt: skip


def _day(text: str) -> str:
    return write_day(dt.date.fromisoformat(text)) if text else ""


def _file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
