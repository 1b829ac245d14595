# SPDX-License-Identifier: EUPL-1.2
"""The pages of the portal. Each asks the porter anew; nothing of an answer is kept."""

import base64
import datetime as dt
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.passkeys import passkey_domain
from rollkeeper.documents.rules import WITH_STATE
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.sayings import cite, mark, say
from rollkeeper.kernel.settings import HomeKind, settings
from rollkeeper.ledger import words as ledger_words
from rollkeeper.portal import words
from rollkeeper.portal.asking import Answer, language_of_page, put
from rollkeeper.portal.forms import (
    CodeForm,
    ConsentForm,
    CopyForm,
    CorrectForm,
    DeceasedForm,
    DeedForm,
    EndForm,
    NameForm,
    NumberForm,
    PauseForm,
    ProofForm,
    ReceiptForm,
    UnnameForm,
)
from rollkeeper.portal.own_record import FORM, OwnRecord
from rollkeeper.portal.tokens import give, take_back, token_of
from rollkeeper.rights import door
from rollkeeper.rights.errors import CodeNotRight, TooManyKnocks, VisitOver
from rollkeeper.rights.kinds import AskKind
from rollkeeper.rights.rules import spell_name
from rollkeeper.vault.blind import blind_once

type View = Callable[..., HttpResponse]
FORMS: dict[str, type[DeedForm]] = {
    "pause": PauseForm,
    "correct": CorrectForm,
    "end": EndForm,
    "name": NameForm,
    "unname": UnnameForm,
    "deceased": DeceasedForm,
}
LOOKS_SHOWN = 100
_NETWORK_BITS = 64


def during_visit(view: View) -> View:
    """Let a visit that is over end at the first page, with a word about it."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except VisitOver:
            return to_the_door(request)

    return within


def to_the_door(request: HttpRequest) -> HttpResponse:
    """Lead whoever holds no living visit to the door, with a word about it."""
    messages.info(request, _("Your visit is over. Ask for a new code to come in again."))
    return take_back(go_to(request, "portal:sign_in"))


def go_to(request: HttpRequest, page: str) -> HttpResponse:
    """Lead to another page, whole: a script that asked would put it into its place on this one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(page)})
    return redirect(page)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a line; a code goes there, if it is one that may have a code. The page is the same for all."""
    if request.method != "POST":
        if token_of(request):
            return redirect("portal:mine")
        return render(request, "portal/sign_in.html", {"form": NumberForm()})
    form = NumberForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/sign_in.html", {"form": form.blank()}, status=422)
    try:
        knock_id = door.knock(
            form.cleaned_data["number"], source=source_of(request), language=language_of_page()
        )
    except RollkeeperError as fault:
        status = 429 if isinstance(fault, TooManyKnocks) else 422
        return render(request, "portal/sign_in.html", {"form": form.blank(_said(fault))}, status=status)
    return render(request, "portal/code.html", {"form": CodeForm(initial={"knock": knock_id})} | _minutes())


@login_not_required
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Let in whoever types the code that came to the line."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        kept = {"knock": form.cleaned_data.get("knock", "")}
        return render(request, "portal/code.html", {"form": form.blank(**kept)} | _minutes(), status=422)
    try:
        token = door.show_code(form.cleaned_data["knock"], form.cleaned_data["code"])
    except CodeNotRight as fault:
        blank = form.blank(_said(fault), knock=form.cleaned_data["knock"])
        return render(request, "portal/code.html", {"form": blank} | _minutes(), status=422)
    return give(redirect("portal:mine"), token)


@require_safe
@during_visit
def mine(request: HttpRequest) -> HttpResponse:
    """Show the line in the hand and, after the second proof, every line in one's name: where it stands and what to do."""
    shown = shown_to(request)
    shown["lines"] = [_said_line(line) for line in shown["lines"]]
    shown["applied_until"] = shown["applied_until"] and dt.date.fromisoformat(shown["applied_until"])
    shown["named"] = [(words.PARTS[part], dt.date.fromisoformat(day)) for part, day in shown["named"].items()]
    shown["consents"] = _said_consents(shown)
    return render(request, "portal/mine.html", shown)


@require_safe
@during_visit
def looks(request: HttpRequest) -> HttpResponse:
    """Show who looked, staff included, in plain words."""
    shown = shown_to(request)
    shown["more"] = max(0, len(shown["looks"]) - LOOKS_SHOWN)
    shown["looks"] = [
        {
            "at": dt.datetime.fromisoformat(look["at"]).astimezone(clock.zone()), "leaf": look["leaf"],
            "withheld_until": look["withheld_until"] and dt.date.fromisoformat(look["withheld_until"]),
            "who": ledger_words.say_word(look["role"], ledger_words.ROLES),
            "what": ledger_words.say_word(look["field"], ledger_words.FIELDS),
            "why": ledger_words.say_word(look["purpose"], ledger_words.PURPOSES),
        }
        for look in shown["looks"][:LOOKS_SHOWN]
    ]  # fmt: skip
    return render(request, "portal/looks.html", shown)


@require_safe
@during_visit
def receipts(request: HttpRequest) -> HttpResponse:
    """List what was done to one's lines, each with its receipt."""
    shown = shown_to(request)
    shown["receipts"] = [
        one | {"done": ledger_words.say_done(one["verb"]), "day": dt.date.fromisoformat(one["day"])}
        for one in shown["receipts"]
    ]
    return render(request, "portal/receipts.html", shown)


@require_POST
@during_visit
def receipt(request: HttpRequest) -> HttpResponse:
    """Give one whole receipt as a text that anybody can check."""
    form = ReceiptForm(request.POST)
    given = put(request, AskKind.RECEIPT, form.cleaned_data if form.is_valid() else {})
    if given.done is None:
        return refused(request, given)
    name = f"receipt-{given.done['code']}.txt"
    return HttpResponse(
        given.done["text"], content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@during_visit
def held(request: HttpRequest) -> HttpResponse:
    """Show what is held about oneself, each with article and last day; in clear when asked to, once."""
    if request.method != "POST":
        return render(request, "portal/held.html", _with_kept(shown_to(request)))
    answer = put(request, AskKind.READ)
    if answer.done is None:
        return refused(request, answer)
    return render(request, "portal/held.html", _with_kept(answer.done) | {"in_clear": True})


@require_POST
@during_visit
def copy(request: HttpRequest) -> HttpResponse:
    """Give one copy of a document as a picture. Nothing of it stays here."""
    form = CopyForm(request.POST)
    answer = put(request, AskKind.COPY, form.asked() if form.is_valid() else {})
    if answer.done is None:
        return refused(request, answer)
    return HttpResponse(
        base64.b64decode(answer.done["value"]), content_type=answer.done["media_type"],
        headers={"Content-Disposition": 'attachment; filename="document-copy.jpeg"'},
    )  # fmt: skip


@require_POST
@during_visit
def export(request: HttpRequest) -> HttpResponse:
    """Give all that is held about oneself as one file that machines read. Nothing of it stays here."""
    answer = put(request, AskKind.READ, {"pictures": True})
    if answer.done is None:
        return refused(request, answer)
    whole = {
        "form": FORM,
        "day": clock.today().isoformat(),
        "operator": settings().operator_name,
    }
    return JsonResponse(
        whole | {name: answer.done[name] for name in OwnRecord.model_fields if name not in whole},
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": 'attachment; filename="own-record.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@during_visit
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for the second proof: number of the document and name. Both leave this process as keyed hashes alone."""
    form = ProofForm(request.POST if request.method == "POST" else None)
    around = {"visit": True, "here": passkey_domain() is not None}
    if request.method != "POST":
        return render(request, "portal/prove.html", {"form": form} | around)
    if not form.is_valid():
        return render(request, "portal/prove.html", {"form": form.blank()} | around, status=422)
    ask_id, document = new_uuid(), form.mark(clock.today())
    name = blind_once(ask_id, spell_name(form.cleaned_data["name"]))
    answer = put(request, AskKind.PROVE, {"document": document, "name": name.hex()}, ask_id=ask_id)
    if answer.done and answer.done["proved"]:
        messages.success(request, _("Thank you. You now see every line in your name."))
        return redirect("portal:mine")
    faults = answer.said or (
        _(
            "Document number and name are not those registered for this line. Tries left in this visit: %(left)s"
        )
        % {"left": answer.done["left"] if answer.done else 0},
    )
    return render(request, "portal/prove.html", {"form": form.blank(faults)} | around, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@during_visit
def deed(request: HttpRequest, what: str) -> HttpResponse:
    """Do one thing to one line, once."""
    make, shown = (
        FORMS.get(what, DeedForm),
        {"title": words.DEEDS[what], "note": words.NOTES[what], "what": what, "visit": True},
    )
    if request.method != "POST":
        return render(
            request, "portal/deed.html", shown | {"form": make.for_line(request.GET.get("line", ""))}
        )
    form = make(request.POST)
    if not form.is_valid():
        kept = {name: form.cleaned_data.get(name, "") for name in ("key", "line")}
        return render(request, "portal/deed.html", shown | {"form": form.blank(**kept)}, status=422)
    answer = put(request, AskKind(what.replace("-", "_")), form.asked())
    if answer.done is None:
        kept = {name: form.cleaned_data[name] for name in ("key", "line")}
        needs_proof = answer.refused == "proof_needed"
        return render(
            request, "portal/deed.html",
            shown | {"form": form.blank(answer.said, **kept), "needs_proof": needs_proof}, status=422,
        )  # fmt: skip
    messages.success(request, _said_done(what, answer.done))
    return redirect("portal:mine")


@require_POST
@during_visit
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit now."""
    put(request, AskKind.LEAVE)
    messages.success(request, _("You are signed out. Close this page on a device that is not yours."))
    return take_back(redirect("portal:sign_in"))


def shown_to(request: HttpRequest) -> dict[str, Any]:
    """Return what a visit may see, from the porter anew. Refuses: VisitOver, PorterAway."""
    answer = put(request, AskKind.SHOW)
    if answer.done is None:
        raise VisitOver
    return answer.done | {"visit": True}


def refused(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Say why something was refused, on the page where one can go on."""
    for one in answer.said:
        messages.error(request, one)
    return go_to(request, "portal:prove" if answer.refused == "proof_needed" else "portal:mine")


def source_of(request: HttpRequest) -> str:
    """Return where a request comes from, to be counted and not kept; of an IPv6 address the network alone."""
    source = str(request.META.get("REMOTE_ADDR", ""))
    if settings().kind is HomeKind.PRODUCTION and request.headers.get("X-Forwarded-For"):
        source = (
            request.headers["X-Forwarded-For"].split(",")[-1].strip()
        )  # the proxy's own word is the last one
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((int(address), _NETWORK_BITS), strict=False))


def _said_line(line: dict[str, Any]) -> dict[str, Any]:
    days = {
        name: line[name] and dt.date.fromisoformat(line[name]) for name in ("since", "until", "contested_on")
    }
    return line | days | {
        "service": words.SERVICES.get(line["service"], line["service"]), "state_said": words.STATES.get(line["state"], ""),
        "reasons": [words.REASONS.get(reason, reason) for reason in line["reasons"]],
        "is_claimed": any(one["kind"] == "inherit" and not one["settled_on"] for one in line["cases"]),
        "sentences": [one | {"article": cite(one["article"])} for one in line["sentences"]],
        "cases": [
            one | {"kind": words.CASES.get(one["kind"], one["kind"]), "about": words.FIELDS.get(one["about"], ""),
                   "due_on": dt.date.fromisoformat(one["due_on"])}
            for one in line["cases"]
        ],
    }  # fmt: skip


def _said_consents(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is asked, in words, each with the form of its button."""
    return [
        one | {
            "fields": [words.FIELDS.get(field, field) for field in one["fields"]],
            "answer_by": dt.date.fromisoformat(one["answer_by"]),
            "through": one["through"] and dt.date.fromisoformat(one["through"]),
            "form": ConsentForm.for_consent(one["line"], one["consent"]),
        }
        for one in shown["consents"]
    ]  # fmt: skip


def _with_kept(shown: dict[str, Any]) -> dict[str, Any]:
    kept = [
        row | {
            "field": words.FIELDS.get(row["field"], row["field"]), "value": _said_value(row), "article": cite(row["article"]),
            "service": words.SERVICES.get(row["service"], row["service"]), "kept_article": cite(row["kept_article"]),
            "last_day": row["last_day"] and dt.date.fromisoformat(row["last_day"]),
        }
        for row in shown["kept"]
    ]  # fmt: skip
    known = [
        {"kind": _said_kind(one["document_type"])} | {name: one[name] and dt.date.fromisoformat(one[name]) for name in ("since", "until")}
        for one in shown["documents"]
    ]  # fmt: skip
    return shown | {"kept": kept, "visit": True, "known_by": known}


def _said_value(row: dict[str, Any]) -> str:
    """Say a kind of document as people call it; every other value as it is held."""
    value = str(row.get("value") or "")
    return _said_kind(value) if row["field"] == "document_type" and value else value


def _said_kind(value: str) -> str:
    kind, _dash, state = value.rpartition("-")
    said = words.DOCUMENTS.get(value) or (kind in WITH_STATE and f"{words.DOCUMENTS[kind]} ({state.upper()})")
    return str(said or value)


def _said_done(what: str, done: dict[str, Any]) -> str:
    if what == "correct":
        return _("It is noted. Come to any counter with your document; it is put right there.")
    return ledger_words.say_done(done["verb"])


def _said(fault: RollkeeperError) -> list[str]:
    return [mark(f"{one.sentence} {one.remedy}", one.language) for one in say(fault)]


def _minutes() -> dict[str, int]:
    return {"minutes": settings().door_code_minutes}
