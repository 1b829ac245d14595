# SPDX-License-Identifier: EUPL-1.2
"""The pages of the portal. Each page asks the portal worker again; nothing of an answer is kept."""

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.client_address import client_address
from rollkeeper.access.settings import passkey_domain
from rollkeeper.documents.choices import DocumentType
from rollkeeper.documents.offered import offered_types
from rollkeeper.documents.rules import TYPES_WITH_STATE
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import IdentityCheck, Service, label_of
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import bracketed, cite
from rollkeeper.ledger import labels as ledger_labels
from rollkeeper.lines.numbers import masked_number
from rollkeeper.portal import record_sheets
from rollkeeper.portal.after_post import (
    is_navigation,
    lead_on,
    say_again,
    wait_for_code,
    wait_no_more,
    waiting_for_code,
)
from rollkeeper.portal.data_export import FORM, DataExport
from rollkeeper.portal.forms import (
    CodeForm,
    ConsentForm,
    CopyForm,
    LetterForm,
    NumberForm,
    ReceiptForm,
    VerificationForm,
)
from rollkeeper.portal.own_lines import said_lines
from rollkeeper.portal.portal_requests import Answer, language_of_page, put
from rollkeeper.portal.tokens import HERE, issue, note_number, noted_number, numbers_of, revoke, token_of
from rollkeeper.registration.kind_rules import IDENTITY_CHECK
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.choices import DelegateRole, PortalRequestKind
from rollkeeper.selfcare.errors import (
    COMPANY_UNPROVED,
    DOCUMENT_NEVER_CHECKED,
    LINE_CONTESTED,
    SessionExpired,
    TooManyCodeRequests,
    WrongCode,
)
from rollkeeper.selfcare.handed_codes import page_figures
from rollkeeper.selfcare.rules import normalise_name
from rollkeeper.selfcare.settings import settings as portal_settings
from rollkeeper.subscribers.queries import indexes_shown
from rollkeeper.vault.blind_index import blind_once
from rollkeeper.vault.fields import field_label

_NO_PROOF: Final = (COMPANY_UNPROVED, DOCUMENT_NEVER_CHECKED, LINE_CONTESTED)
"""Reasons not to ask for the second proof: it would be refused."""

type View = Callable[..., HttpResponse]


def during_session(view: View) -> View:
    """Send a visitor whose session is over to the sign-in page, with a message."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except SessionExpired:
            return to_portal_sign_in(request)

    return within


def to_portal_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect a visitor without a valid session to the sign-in page, with a message."""
    if request.method == "POST":
        said = _(
            "Your session has ended, and what you sent was not recorded. Ask for a new code to sign in again."
        )
    else:
        said = _("Your session has ended. Ask for a new code to sign in again.")
    messages.info(request, said)
    return revoke(go_to(request, "portal:sign_in"))


def go_to(request: HttpRequest, page: str) -> HttpResponse:
    """Redirect to another page. A script is told to load the whole page, or it would put the answer into the present page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(page)})
    return redirect(page)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a line, and send a code there if the line may have one. The page is the same for every number."""
    if request.method != "POST":
        if token_of(request):
            return redirect("portal:lines")
        form = NumberForm()
        say_again(request, form)
        return render(request, "portal/sign_in.html", {"form": form} | _letters())
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _asking_for_number(request, form.blank(), status=422)
    try:
        number = form.cleaned_data["number"]
        code_request_id = portal_client.request_code(
            number, source=client_address(request), language=language_of_page()
        )
    except RollkeeperError as fault:
        status = 429 if isinstance(fault, TooManyCodeRequests) else 422
        return _asking_for_number(request, form.blank(translated_texts(fault)), status=status)
    note = note_number(code_request_id, masked_number(portal_client.normalised(number)))
    if is_navigation(request):
        wait_for_code(request, str(code_request_id), note)
        return redirect("portal:code")
    waiting = CodeForm(initial={"code_request": code_request_id, "note": note})
    return render(request, "portal/code.html", _waiting(waiting, code_request_id))


def _asking_for_number(request: HttpRequest, form: NumberForm, *, status: int) -> HttpResponse:
    return lead_on(request, reverse("portal:sign_in"), form) or render(
        request, "portal/sign_in.html", {"form": form} | _letters(), status=status
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Sign in with the code that was sent to the line. The page waits for the code, also after a reload."""
    if request.method != "POST":
        return _code_awaited(request)
    form = CodeForm(request.POST)
    is_valid = form.is_valid()
    kept = {name: form.cleaned_data.get(name, "") for name in ("code_request", "note")}
    if not is_valid:
        return _wrong_code(request, form.blank(**kept), kept)
    try:
        token = portal_client.redeem_code(kept["code_request"], form.cleaned_data["code"])
    except WrongCode as fault:
        return _wrong_code(request, form.blank(translated_texts(fault), **kept), kept)
    wait_no_more(request)
    number = noted_number(kept["code_request"], kept["note"])
    return issue(redirect("portal:lines"), token, {HERE: number} if number else {})


def _code_awaited(request: HttpRequest) -> HttpResponse:
    waiting = waiting_for_code(request)
    if token_of(request) or waiting is None:
        return redirect("portal:lines" if token_of(request) else "portal:sign_in")
    form = CodeForm(initial=waiting)
    more = say_again(request, form)
    return render(
        request, "portal/code.html", _waiting(form, UUID(str(form.initial["code_request"]))) | dict(more)
    )


def _wrong_code(request: HttpRequest, form: CodeForm, kept: Mapping[str, Any]) -> HttpResponse:
    """Say what is wrong; only a form that names the waiting page leads a browser on."""
    if is_navigation(request) and kept["code_request"]:
        wait_for_code(request, str(kept["code_request"]), str(kept["note"]))
        if led := lead_on(request, reverse("portal:code"), form):
            return led
    return render(request, "portal/code.html", _waiting(form, kept["code_request"]), status=422)


@login_not_required
@require_POST
def letter(request: HttpRequest) -> HttpResponse:
    """Ask for a letter with a code. The page and its statements are the same for every number."""
    form = LetterForm(request.POST)
    if not form.is_valid() or not portal_client.offers_letters():
        return redirect("portal:sign_in")
    kept = form.cleaned_data
    portal_client.request_letter(kept["code_request"])
    if is_navigation(request):
        wait_for_code(request, str(kept["code_request"]), str(kept["note"]))
        if led := lead_on(request, reverse("portal:code"), CodeForm(initial=kept), letter_asked=True):
            return led
    waiting = _waiting(CodeForm(initial=kept), kept["code_request"])
    return render(request, "portal/code.html", waiting | {"letter_asked": True})


@require_safe
@during_session
def lines(request: HttpRequest) -> HttpResponse:
    """Show the line in hand and, after the second proof, all lines in the person's name: their status and what to do."""
    shown = shown_to(request)
    shown["lines"] = said_lines(shown, numbers_of(request), on=clock.today())
    shown["applied_until"] = shown["applied_until"] and dt.date.fromisoformat(shown["applied_until"])
    shown["named"] = [
        (DelegateRole(part).label, dt.date.fromisoformat(day)) for part, day in shown["named"].items()
    ]
    shown["consents"] = _said_consents(shown)
    shown["here"] = passkey_domain() is not None
    shown["has_too_many"] = any(one.get("has_too_many") for one in shown["limits"])
    shown["is_asked"] = any(
        one["must_reverify"] and one["deadline"] and one["deadline"]["lines"] for one in shown["lines"]
    )
    return render(request, "portal/lines.html", shown)


@require_safe
@during_session
def receipts(request: HttpRequest) -> HttpResponse:
    """List the actions on the subscriber's lines, each with its receipt."""
    shown = shown_to(request)
    shown["receipts"] = [
        one | {"done": ledger_labels.action_label(one["verb"], one), "day": dt.date.fromisoformat(one["day"])}
        for one in shown["receipts"]
    ]
    return render(request, "portal/receipts.html", shown)


@require_POST
@during_session
def receipt(request: HttpRequest) -> HttpResponse:
    """Return one whole receipt as a text that anyone can check."""
    form = ReceiptForm(request.POST)
    given = put(request, PortalRequestKind.RECEIPT, form.cleaned_data if form.is_valid() else {})
    if given.done is None:
        return refused(request, given)
    name = f"receipt-{given.done['code']}.txt"
    return HttpResponse(
        given.done["text"], content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@during_session
def personal_data(request: HttpRequest) -> HttpResponse:
    """Show what is kept about the subscriber, each value with article and last day; on request in clear, once."""
    if request.method != "POST":
        return render(
            request, "portal/personal_data.html", _with_kept(shown_to(request), numbers_of(request))
        )
    answer = put(request, PortalRequestKind.EXPORT)
    if answer.done is None:
        return refused(request, answer)
    return render(
        request,
        "portal/personal_data.html",
        _with_kept(answer.done, numbers_of(request)) | {"in_clear": True},
    )


@require_POST
@during_session
def document_copy(request: HttpRequest) -> HttpResponse:
    """Return one copy of a document as a picture. Nothing of it stays here."""
    form = CopyForm(request.POST)
    answer = put(request, PortalRequestKind.DOCUMENT_COPY, form.payload() if form.is_valid() else {})
    if answer.done is None:
        return refused(request, answer)
    return HttpResponse(
        base64.b64decode(answer.done["value"]), content_type=answer.done["media_type"],
        headers={"Content-Disposition": 'attachment; filename="document-copy.jpeg"'},
    )  # fmt: skip


@require_POST
@during_session
def export(request: HttpRequest) -> HttpResponse:
    """Return everything kept about the subscriber as one file that machines read. Nothing of it stays here."""
    answer = put(request, PortalRequestKind.EXPORT, {"images": True})
    if answer.done is None:
        return refused(request, answer)
    whole = {
        "form": FORM,
        "day": clock.today().isoformat(),
        "operator": instance().operator_name,
    }
    return JsonResponse(
        whole | {name: answer.done[name] for name in DataExport.model_fields if name not in whole},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": 'attachment; filename="data-export.json"'},
    )


@require_POST
@during_session
def export_sheets(request: HttpRequest) -> HttpResponse:
    """Return everything kept about the subscriber as sheets to print. Nothing of it stays here."""
    answer = put(request, PortalRequestKind.EXPORT)
    if answer.done is None:
        return refused(request, answer)
    return HttpResponse(
        record_sheets.pdf(
            _with_kept(answer.done, numbers_of(request)), on=clock.today(), language=language_of_page()
        ),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="data-export.pdf"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@during_session
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the second proof: number of the document and name. Both leave this process only as keyed hashes."""
    form = VerificationForm(request.POST if request.method == "POST" else None)
    around = {"session": True, "here": passkey_domain() is not None}
    if request.method != "POST":
        shown = shown_to(request)
        if not shown["held"] or shown["no_proof"] or (shown["limited"] and not around["here"]):
            return not_now(request)
        say_again(request, form)
        return render(request, "portal/verify.html", {"form": form, "limited": shown["limited"]} | around)
    if not form.is_valid():
        return lead_on(request, request.path, form.blank()) or render(
            request, "portal/verify.html", {"form": form.blank()} | around, status=422
        )
    request_id = new_uuid()
    marks = {
        "name": blind_once(request_id, normalise_name(form.cleaned_data["name"])),
        **dict(
            zip(("document", "without_state"), indexes_shown(form.document(), on=clock.today()), strict=False)
        ),
    }
    payload = {name: mark.hex() for name, mark in marks.items()}
    answer = put(request, PortalRequestKind.VERIFY, payload, request_id=request_id)
    if answer.done and answer.done["verified"]:
        return to_all_lines(request)
    faults = answer.said or (
        _(
            "Document number and name are not those registered for this line. Tries left in this session: %(left)s"
        )
        % {"left": answer.done["left"] if answer.done else 0},
    )
    return lead_on(request, request.path, form.blank(faults)) or render(
        request, "portal/verify.html", {"form": form.blank(faults)} | around, status=422
    )


@require_POST
@during_session
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session now."""
    put(request, PortalRequestKind.SIGN_OUT)
    wait_no_more(request)
    messages.success(request, _("You are signed out. Close this page on a device that is not yours."))
    return revoke(redirect("portal:sign_in"))


def shown_to(request: HttpRequest) -> dict[str, Any]:
    """Return what a session may see, freshly from the portal worker. Refuses: SessionExpired, REGISTER_UNAVAILABLE."""
    answer = put(request, PortalRequestKind.DASHBOARD)
    if answer.done is None:
        raise SessionExpired
    until = answer.done["alone_until"]
    return answer.done | {
        "session": True, "alone_until": until and dt.date.fromisoformat(until),
        "no_proof": [said for one in _NO_PROOF if one.code == answer.done["proof_refused"] for said in translated_texts(one())],
    }  # fmt: skip


def refused(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Say why something was refused, on the page where the subscriber can go on."""
    for one in answer.said:
        messages.error(request, one)
    return go_to(request, "portal:verify" if answer.refused == "verification_needed" else "portal:lines")


def not_now(request: HttpRequest) -> HttpResponse:
    """Redirect from a page that can do nothing for this line to the list of possible actions."""
    messages.info(
        request, _("That cannot be done with this line now. The list below shows what can be done.")
    )
    return redirect("portal:lines")


def _said_consents(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the requests for consent in words, each with the form of its button."""
    return [
        one | {
            "fields": [field_label(field) for field in one["fields"]],
            "answer_by": dt.date.fromisoformat(one["answer_by"]),
            "through": one["through"] and dt.date.fromisoformat(one["through"]),
            "form": ConsentForm.for_consent(one["line"], one["consent"]),
        }
        for one in shown["consents"]
    ]  # fmt: skip


def _with_kept(shown: dict[str, Any], numbers: Mapping[str, str]) -> dict[str, Any]:
    kept = [
        row | {
            "field": _("How the identity was checked") if row["field"] == IDENTITY_CHECK else field_label(row["field"]), "value": _said_value(row), "article": cite(row["article"]),
            "service": label_of(row["service"], Service), "kept_article": cite(row["kept_article"]),
            "last_day": row["last_day"] and dt.date.fromisoformat(row["last_day"]),
        }
        for row in shown["kept"]
    ]  # fmt: skip
    known = [
        {"kind": _said_kind(one["document_type"])} | {name: one[name] and dt.date.fromisoformat(one[name]) for name in ("since", "until")}
        for one in shown["documents"]
    ]  # fmt: skip
    here = next((line["line"] for line in shown["lines"] if line["here"]), "")
    named = dict(numbers) | {here: numbers.get(here) or numbers.get(HERE, "")}
    until = shown.get("applied_until") and dt.date.fromisoformat(shown["applied_until"])
    return shown | {
        "kept": kept, "records": by_record(kept, named), "session": True, "known_by": known, "applied_until": until,
    }  # fmt: skip


def by_record(kept: list[dict[str, Any]], numbers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Group what is kept by record: which line, the entries in one list, and once the last day and its article."""
    found: dict[str, dict[str, Any]] = {}
    for row in kept:
        record = found.setdefault(
            row["record"], row | {"number": numbers.get(row["line"], ""), "entries": [], "articles": []}
        )
        record["entries"].append(row)
        record["articles"] += (
            [row["article"]] if row["article"] and row["article"] not in record["articles"] else []
        )
    for record in found.values():
        record["fields"] = list(dict.fromkeys(row["field"] for row in record["entries"]))
        copies = (
            row for row in record["entries"] if row["media_type"] and row["last_day"] != record["last_day"]
        )
        record["copy"] = next(copies, None)
    return list(found.values())


def _said_value(row: dict[str, Any]) -> str:
    """Return a kind of document or a check in people's words, and every other value as it is kept."""
    value = str(row.get("value") or "")
    if row["field"] == IDENTITY_CHECK:
        return label_of(value, IdentityCheck) if value else ""
    return _said_kind(value) if row["field"] == "document_type" and value else value


def _said_kind(value: str) -> str:
    kind, _dash, state = value.rpartition("-")
    if value not in DocumentType.values and kind in TYPES_WITH_STATE:
        return f"{DocumentType(kind).label}{bracketed(state.upper())}"
    return str(dict(offered_types()).get(value) or dict(DocumentType.choices).get(value, value))


def _waiting(form: CodeForm, code_request_id: UUID | str) -> dict[str, Any]:
    """Return the context of the page that waits for a code, the same for every number."""
    chosen = portal_settings()
    page = page_figures(code_request_id) if isinstance(code_request_id, UUID) else ""
    return {
        "form": form,
        "page": page,
        "minutes": chosen.code_minutes,
        "care_menu": chosen.care_menu,
    } | _letters()


def _letters() -> dict[str, Any]:
    return {"letters": portal_client.offers_letters(), "days": portal_settings().letter_days}


def to_all_lines(request: HttpRequest) -> HttpResponse:
    """Redirect a person who has proved who they are to all their lines; the browser keeps the masked numbers."""
    messages.success(request, _("Thank you. You now see every line in your name."))
    token, answer = token_of(request), put(request, PortalRequestKind.LINE_NUMBERS)
    known = numbers_of(request) | (answer.done["numbers"] if answer.done else {})
    response = redirect("portal:lines")
    return issue(response, token, known) if token else response


@require_POST
@during_session
def consent(request: HttpRequest, what: str) -> HttpResponse:
    """Allow what an auditor asks, or withdraw the consent."""
    form = ConsentForm(request.POST)
    answer = put(request, PortalRequestKind(what), form.payload() if form.is_valid() else {})
    if answer.done is None:
        return refused(request, answer)
    messages.success(request, ledger_labels.action_label(answer.done["verb"]))
    return redirect("portal:lines")
