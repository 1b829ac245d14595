# SPDX-License-Identifier: EUPL-1.2
"""The pages of the counter. Each act: an empty form, one submission, a receipt. Nothing typed is ever sent back."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.captures.seconding import Aside, waiting_for_second
from rollkeeper.counter import words
from rollkeeper.counter.forms import (
    DisputeForm,
    FindForm,
    HolderForm,
    JoinForm,
    LiftForm,
    PartForm,
    PauseForm,
    ProtectForm,
    QuietForm,
    ReadOutForm,
    faults_of,
)
from rollkeeper.counter.places import at_place, demand_place
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.counter.seconding import set_aside
from rollkeeper.documents.capture import start_in_background
from rollkeeper.enrolment import acts
from rollkeeper.enrolment.errors import DocumentNeedsSupervisor
from rollkeeper.enrolment.joining import join_document, part_document
from rollkeeper.enrolment.registering import judge, law_in_force
from rollkeeper.enrolment.seconding import second_person_for
from rollkeeper.enrolment.submissions import Deed, Receipt
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.sayings import cite
from rollkeeper.law.pack import Pack
from rollkeeper.lines.acts import look_up_line
from rollkeeper.lines.queries import LineView
from rollkeeper.lines.shown import HAND_MINUTES, show_code
from rollkeeper.lines.states import PauseReason
from rollkeeper.rights.disputing import dispute_line, honour_receipt
from rollkeeper.subscribers.kinds import PartyKind

_HAND = re.compile(r"hand:[0-9a-f-]{36}", re.ASCII)
_ACTS: Mapping[Deed, Callable[..., Receipt]] = {
    Deed.REGISTER: acts.register_subscriber,
    Deed.TRANSFER: acts.transfer_line,
    Deed.INSTALL: acts.install_line,
    Deed.RELOCATE: acts.relocate_line,
    Deed.CHANGE: acts.change_record,
}


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Say where one line stands, found by its whole number, with as little as the next act needs."""
    authority = authority_in(request)
    form = FindForm(request.POST) if request.method == "POST" else FindForm()
    shown = _around_find(authority)
    if request.method == "POST" and form.is_valid():
        demand_place(request, authority)
        try:
            line = look_up_line(authority, form.cleaned_data["number"], on=clock.today())
        except RollkeeperError as fault:
            if fault.kind is Kind.FORBIDDEN:
                raise
            shown["form"].show_faults(faults_of(form, fault))
        else:
            shown |= _stands(line)
    elif request.method == "POST":
        shown["form"].show_faults(form.errors)
    return render(request, "counter/find.html", shown)


@require_POST
def by_code(request: HttpRequest) -> HttpResponse:
    """Say the same of the line whose holder reads out a code that came to it; the next act needs no number then."""
    authority = authority_in(request)
    demand_place(request, authority)
    form, blank = ReadOutForm(request.POST), ReadOutForm()
    shown = _around_find(authority)
    if not form.is_valid():
        blank.show_faults({name: [str(one) for one in said] for name, said in form.errors.items()})
        return render(request, "counter/find.html", shown | {"read_out": blank}, status=422)
    try:
        found = show_code(authority, form.cleaned_data["code"], on=clock.today())
    except RollkeeperError as fault:
        if fault.kind is Kind.FORBIDDEN:
            raise
        blank.show_faults(faults_of(blank, fault))
        return render(request, "counter/find.html", shown | {"read_out": blank}, status=422)
    return render(
        request,
        "counter/find.html",
        shown
        | _stands(found.line)
        | {"hand": found.hand, "in_hand": f"?hand={found.hand}", "minutes": HAND_MINUTES},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, deed: str) -> HttpResponse:
    """Register, transfer, install, relocate or change: what the pack asks, with its reasons, on one page."""
    authority, chosen, make = record_form(request, deed)
    if request.method != "POST":
        demand_place(request, authority)

    def do(form: RecordForm) -> Receipt | Aside:
        given = form.submission()
        if second_person_for(chosen.value):
            demand_place(request, authority)
            refused = judge(authority, given, deed=chosen, on=clock.today())
            if refused and not isinstance(refused, DocumentNeedsSupervisor):
                raise refused
            return set_aside(authority, form, deed=chosen.value, kind=kind_in(request), submission=given)
        try:
            return at_place(
                request, authority, key=given.submission_key,
                do=lambda: _ACTS[chosen](authority, given, on=clock.today()),
                copies=[copy for copies in given.copies.values() for copy in copies],
            )  # fmt: skip
        except DocumentNeedsSupervisor:
            return set_aside(authority, form, deed=chosen.value, kind=kind_in(request), submission=given)

    if request.method == "GET":
        start_in_background()
    shown = frame_of(chosen, kind=kind_in(request), pack=law_in_force())
    return act_page(request, "counter/record.html", make=make, do=do, shown=shown)


def record_form(request: HttpRequest, deed: str) -> tuple[Authority, Deed, Callable[..., RecordForm]]:
    """Return who acts, what they do, and what makes the form for it. Refuses: NotAllowed, NothingMayBeAsked."""
    authority = authority_in(request)
    chosen = Deed(deed)
    demand(authority, Power.CHANGE_LINE if chosen in {Deed.RELOCATE, Deed.CHANGE} else Power.ENROL)
    pack, kind = law_in_force(), kind_in(request)

    def make(data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None) -> RecordForm:
        return RecordForm(data, deed=chosen, kind=kind, pack=pack, initial=initial)

    return authority, chosen, make


@require_http_methods(["GET", "HEAD", "POST"])
def holder_act(request: HttpRequest, what: str) -> HttpResponse:
    """Replace a SIM or end a contract: the holder's document is compared and not recorded."""
    authority = authority_in(request)
    demand(authority, Power.CHANGE_LINE)
    demand_place(request, authority)
    act = {"replace-sim": acts.replace_sim, "end": acts.end_line}[what]

    def do(form: HolderForm) -> Receipt | Aside:
        given = form.cleaned_data
        if second_person_for(what.replace("-", "_")):
            acts.judge_holder(authority, number=given["number"], document=form.document(), on=clock.today())
            return set_aside(authority, form, deed=what)
        return act(
            authority, submission_key=given["submission_key"], number=given["number"], document=form.document(),
            on=clock.today(),
        )  # fmt: skip

    shown = {"what": what}
    return act_page(request, f"counter/{what.replace('-', '_')}.html", make=HolderForm, do=do, shown=shown)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Note that a further document is the holder's as well: both papers lie on the counter."""
    authority = authority_in(request)
    demand(authority, Power.JOIN_DOCUMENTS)
    demand_place(request, authority)

    def do(form: JoinForm) -> Receipt | Aside:
        given = form.cleaned_data
        if second_person_for("join_document"):
            acts.judge_holder(authority, number=given["number"], document=form.document(), on=clock.today())
            return set_aside(authority, form, deed="further-document")
        try:
            return join_document(
                authority, submission_key=given["submission_key"], number=given["number"], document=form.document(),
                further=form.further(), looked_twice=given["looked_twice"], on=clock.today(),
            )  # fmt: skip
        except DocumentNeedsSupervisor:
            return set_aside(authority, form, deed="further-document")

    return act_page(request, "counter/join.html", make=JoinForm, do=do, shown={"what": "further-document"})


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest) -> HttpResponse:
    """Undo a join: a document is not the holder's after all."""
    authority = authority_in(request)
    demand(authority, Power.PART_DOCUMENTS)

    def do(form: PartForm) -> Receipt:
        given = form.cleaned_data
        document = form.document() or ("", "")
        return part_document(
            authority, submission_key=given["submission_key"], number=given["number"], document=document, on=clock.today()
        )  # fmt: skip

    return act_page(request, "counter/part_documents.html", make=PartForm, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest) -> HttpResponse:
    """Let the clock of a line stand still for a reason that the person declares."""
    authority = authority_in(request)
    demand(authority, Power.PAUSE_CLOCK)

    def do(form: PauseForm) -> Receipt:
        given = form.cleaned_data
        return acts.pause_line(
            authority, submission_key=given["submission_key"], number=given["number"], first=given["first"],
            last=given["last"], reason=PauseReason(given["reason"]), on=clock.today(),
        )  # fmt: skip

    return act_page(request, "counter/pause.html", make=PauseForm, do=do, shown={"what": "pause"})


@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest) -> HttpResponse:
    """Give a suspended line its service back for some hours, once; nobody is asked why."""
    authority = authority_in(request)
    demand(authority, Power.LIFT_FOR_HOURS)

    def do(form: LiftForm) -> Receipt:
        given = form.cleaned_data
        return acts.lift_line(
            authority, submission_key=given["submission_key"], number=given["number"], on=clock.today()
        )

    return act_page(request, "counter/lift.html", make=LiftForm, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def protect(request: HttpRequest) -> HttpResponse:
    """Note that a lift, an alarm or a medical device hangs on a line, or no longer does."""
    authority = authority_in(request)
    demand(authority, Power.CHANGE_LINE)

    def do(form: ProtectForm) -> Receipt:
        given = form.cleaned_data
        return acts.protect_line(
            authority, submission_key=given["submission_key"], number=given["number"],
            protected=given["protected"] == "yes", on=clock.today(),
        )  # fmt: skip

    return act_page(request, "counter/protect.html", make=ProtectForm, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest) -> HttpResponse:
    """Take up a receipt or an appeal that stands against the record."""
    authority = authority_in(request)
    demand(authority, Power.PAUSE_CLOCK)

    def do(form: DisputeForm) -> Receipt:
        given = form.cleaned_data
        what = {"submission_key": given["submission_key"], "number": given["number"], "on": clock.today()}
        if given["receipt"].strip():
            return honour_receipt(authority, shown=given["receipt"], **what)
        return dispute_line(authority, **what)

    return act_page(request, "counter/dispute.html", make=DisputeForm, do=do, shown={"what": "dispute"})


def act_page[F: QuietForm](
    request: HttpRequest, template: str, *, make: Callable[..., F], do: Callable[[F], Receipt | Aside],
    shown: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """Draw an empty form, or do what was submitted in it and go on to the receipt."""
    if request.method != "POST":
        blank = make()
        hand = _in_hand(request, blank)
        # A trained clerk types at once; after a fault it is the faults that come first.
        if not hand:
            blank.fields["number"].widget.attrs["autofocus"] = True
        return render(request, template, {**(shown or {}), "form": blank, "hand": hand})
    form = make(request.POST)
    if not form.is_valid():
        return _faulty(request, template, form=form, make=make, faults=form.errors, shown=shown)
    try:
        done = do(form)
    except RollkeeperError as fault:
        if fault.kind in {Kind.FORBIDDEN, Kind.INTERNAL}:
            raise
        return _faulty(request, template, form=form, make=make, faults=faults_of(form, fault), shown=shown)
    return _to_receipt(request, done)


def _faulty[F: QuietForm](
    request: HttpRequest, template: str, *, form: F, make: Callable[..., F],
    faults: Mapping[str, Any], shown: Mapping[str, Any] | None,
) -> HttpResponse:  # fmt: skip
    """Say what is wrong; the values that were typed stay where they were typed or are gone."""
    blank = make(initial=form.kept())
    hand = _in_hand(request, blank)
    blank.show_faults(faults)
    if by_script(request):
        return render(request, "counter/faults.html", {"form": blank})
    return render(request, template, {**(shown or {}), "form": blank, "hand": hand}, status=422)


def _in_hand(request: HttpRequest, blank: QuietForm) -> str:
    """Return what stands for a line that was shown by a code; nobody is asked for its number then."""
    hand = request.GET.get("hand", "")
    if not _HAND.fullmatch(hand):
        return ""
    del blank.fields["number"]
    return hand


def _to_receipt(request: HttpRequest, done: Receipt | Aside) -> HttpResponse:
    address = reverse("counter:receipt", args=[done.submission_key]) + ("?again" if done.is_repeat else "")
    if by_script(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def by_script(request: HttpRequest) -> bool:
    """Tell whether a script of the page asks, which puts the answer into its place."""
    return request.headers.get("HX-Request") == "true"


def frame_of(deed: Deed, *, kind: PartyKind, pack: Pack) -> dict[str, Any]:
    """Return what stands around the fields of a record: the same for everybody."""
    return {
        "deed": deed, "what": deed.value, "title": words.DEEDS[deed], "note": words.DEED_NOTES[deed], "retention": pack.retention,
        "retention_article": cite(pack.retention.article),
        "article": cite(pack.act_article(deed.value)), "kind": kind, "kinds": [(k.value, words.KINDS[k]) for k in PartyKind],
        "copy_article": cite(pack.document_copy.article) if pack.document_copy else "",
    }  # fmt: skip


def kind_in(request: HttpRequest) -> PartyKind:
    """Return the kind of party that the address asks for."""
    asked = request.GET.get("kind", PartyKind.INDIVIDUAL.value)
    return PartyKind(asked) if asked in set(PartyKind) else PartyKind.INDIVIDUAL


def _around_find(authority: Authority) -> dict[str, Any]:
    """Return what stands on the page on which lines are found, whatever was found."""
    parts = authority.role_for(Power.PART_DOCUMENTS) is not None
    forms = {"form": FindForm(), "read_out": ReadOutForm()}
    return forms | {"deeds": _deeds(), "parts": parts} | _to_confirm(authority)


def _stands(line: LineView) -> dict[str, Any]:
    return {
        "line": line,
        "state": words.STATES[line.state],
        "service": words.SERVICES[line.service],
        "reasons": [words.REASONS[reason] for reason in line.reasons],
    }


def _to_confirm(authority: Authority) -> dict[str, Any]:
    """Return how many acts wait for a second person, for whoever may be one."""
    may = authority.role_for(Power.CONFIRM_ACT)
    return {"confirms": True, "to_confirm": len(waiting_for_second(authority))} if may else {}


def _deeds() -> list[tuple[str, Any, Any]]:
    return [(deed.value, words.DEEDS[deed], words.DEED_NOTES[deed]) for deed in Deed]
