# SPDX-License-Identifier: EUPL-1.2
"""The pages of the counter. Each action is an empty form, one submission and a receipt. Typed values are never sent back."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.campaign.line_deadline import line_deadline
from rollkeeper.counter import labels
from rollkeeper.counter.agent_guard import at_outlet, obstacle_here, require_outlet, require_outlet_to_help
from rollkeeper.counter.approvals import state_of, submit_for_approval
from rollkeeper.counter.carried_line import (
    CarriedLine,
    called,
    carried,
    carry,
    is_lost,
    is_set_aside,
    put_away,
    recorded_from,
    require_own_form,
    set_aside,
    set_aside_with_act,
)
from rollkeeper.counter.errors import LINE_NOT_CARRIED
from rollkeeper.counter.forms import (
    DisputeForm,
    EssentialForm,
    FindForm,
    LinkDocumentForm,
    PauseForm,
    QuietForm,
    ReadOutForm,
    ReconnectForm,
    ReplaceSimForm,
    SubscriberForm,
    TerminateForm,
    UnlinkDocumentForm,
    faults_of,
)
from rollkeeper.counter.line_actions import offer
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.documents.image_intake import start_in_background
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel, IdentityCheck, label_of
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.phrasing import cite
from rollkeeper.kernel.side_by_side import named
from rollkeeper.law.pack import Pack
from rollkeeper.lines.choices import LineState, PauseReason, SuspensionReason, reason_label
from rollkeeper.lines.counter_codes import HANDLE_MINUTES, HandedLine, hand_line, redeem_code
from rollkeeper.lines.queries import LineView, registered_as
from rollkeeper.lines.reconnection import may_reconnect, works_until
from rollkeeper.offline.approvals import HeldForApproval
from rollkeeper.registration import services
from rollkeeper.registration.approvals import approval_article
from rollkeeper.registration.document_links import (
    check_further_document,
    link_document,
    undo_document_link,
)
from rollkeeper.registration.errors import DocumentNeedsSupervisor
from rollkeeper.registration.party_kinds import kind_names, labelled_kinds
from rollkeeper.registration.pipeline import active_pack, check_registration
from rollkeeper.registration.receipts import kept_with
from rollkeeper.registration.submissions import (
    NEW_CONTRACT_KINDS,
    Receipt,
    RegistrationKind,
    Submission,
    sim_in,
)
from rollkeeper.selfcare.disputes import accept_receipt, dispute_line
from rollkeeper.subscribers.choices import PartyKind


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Show the status of one line, found by its whole number, with only the data that the next action needs."""
    authority = authority_in(request)
    form = FindForm(request.POST) if request.method == "POST" else FindForm()
    shown = _find_context(request, authority)
    if request.method != "POST":
        return render(request, "counter/find.html", shown | {"obstacle": obstacle_here(request, authority)})
    if not form.is_valid():
        shown["form"].show_faults(form.errors)
        return render(request, "counter/find.html", shown)
    require_outlet(request, authority)
    try:
        found = hand_line(authority, form.cleaned_data["number"], on=clock.today())
    except RollkeeperError as fault:
        if fault.kind is Kind.FORBIDDEN:
            raise
        shown["form"].show_faults(faults_of(form, fault))
        return render(request, "counter/find.html", shown)
    return render(request, "counter/find.html", shown | _found(request, found))


@require_POST
def find_again(request: HttpRequest) -> HttpResponse:
    """Show again the line that this clerk has found; this is recorded as a further access."""
    authority = authority_in(request)
    require_outlet(request, authority)
    line, shown = carried(request, also_set_aside=True), _find_context(request, authority)
    try:
        if line is None:
            raise LINE_NOT_CARRIED()
        found = hand_line(authority, line.handle, on=clock.today())
    except RollkeeperError as fault:
        if fault.kind is Kind.FORBIDDEN:
            raise
        if line:
            put_away(request)
        shown["form"].say_lost()
        return render(request, "counter/find.html", shown | {"carried": None}, status=422)
    return render(request, "counter/find.html", shown | _found(request, found))


@require_POST
def next_person(request: HttpRequest) -> HttpResponse:
    """Put the carried line away, for the next person."""
    authority_in(request)
    put_away(request)
    return redirect("counter:find")


@require_POST
def by_code(request: HttpRequest) -> HttpResponse:
    """Show the same for the line of a code that the subscriber reads out; the next action then needs no number."""
    authority = authority_in(request)
    require_outlet(request, authority)
    form, blank = ReadOutForm(request.POST), ReadOutForm()
    shown = _find_context(request, authority)
    if not form.is_valid():
        blank.show_faults({name: [str(one) for one in said] for name, said in form.errors.items()})
        return render(request, "counter/find.html", shown | {"read_out": blank}, status=422)
    try:
        found = redeem_code(authority, form.cleaned_data["code"], on=clock.today())
    except RollkeeperError as fault:
        if fault.kind is Kind.FORBIDDEN:
            raise
        blank.show_faults(faults_of(blank, fault))
        return render(request, "counter/find.html", shown | {"read_out": blank}, status=422)
    return render(request, "counter/find.html", shown | _found(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, action_kind: str) -> HttpResponse:
    """Register, transfer, install, port in, relocate or change: what the pack asks, with its reasons, on one page."""
    authority, chosen, make = record_form(request, action_kind)
    pack = active_pack()
    if request.method != "POST":
        require_outlet(request, authority)

    def held(form: RecordForm, given: Submission) -> Receipt | HeldForApproval:
        return submit_for_approval(
            request, authority, form, action_kind=chosen.value, kind=kind_in(request, pack), submission=given
        )

    def do(form: RecordForm) -> Receipt | HeldForApproval:
        given = form.submission()
        if approval_article(chosen.value):
            require_outlet(request, authority)
            refused = check_registration(authority, given, action_kind=chosen, on=clock.today())
            if refused and not isinstance(refused, DocumentNeedsSupervisor):
                raise refused
            return held(form, given)
        try:
            return at_outlet(
                request, authority, key=given.submission_key,
                do=lambda: services.RECORDING[chosen](authority, given, on=clock.today()),
                copies=[copy for copies in given.copies.values() for copy in copies],
            )  # fmt: skip
        except DocumentNeedsSupervisor:
            return held(form, given)

    if request.method == "GET":
        start_in_background()
    # A form that succeeds leads on to its receipt, and its page is not drawn.
    shown: Any = SimpleLazyObject(lambda: page_context(chosen, kind=kind_in(request, pack), pack=pack))
    return action_page(request, "counter/record.html", make=make, do=do, shown=shown)


def record_form(
    request: HttpRequest, action_kind: str
) -> tuple[Authority, RegistrationKind, Callable[..., RecordForm]]:
    """Return the authority, the action, and a function that makes its form. Refuses: NOT_ALLOWED, NO_REGISTRATION_DUTY."""
    authority = authority_in(request)
    chosen = RegistrationKind(action_kind)
    require(
        authority,
        Permission.CHANGE_LINE
        if chosen in {RegistrationKind.RELOCATE, RegistrationKind.CHANGE}
        else Permission.REGISTER,
    )
    pack = active_pack()
    kind = kind_in(request, pack)

    def make(data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None) -> RecordForm:
        return RecordForm(data, action_kind=chosen, kind=kind, pack=pack, initial=initial)

    return authority, chosen, make


@require_http_methods(["GET", "HEAD", "POST"])
def subscriber_action(request: HttpRequest, what: str) -> HttpResponse:
    """Replace a SIM or end a contract: the subscriber's document is compared and not recorded."""
    authority = authority_in(request)
    require(authority, Permission.CHANGE_LINE)
    require_outlet(request, authority)
    is_sim = what == "replace-sim"
    perform: Callable[..., Receipt] = services.replace_sim if is_sim else services.terminate_line
    make = ReplaceSimForm if is_sim else TerminateForm

    def do(form: SubscriberForm) -> Receipt | HeldForApproval:
        given = form.cleaned_data
        shown: dict[str, Any] = {"number": given["number"], "document": form.document(), "on": clock.today()}
        shown |= {"sim": sim_in(given)} if is_sim else {}
        if approval_article(what.replace("-", "_")):
            services.check_subscriber(authority, **shown)
            return submit_for_approval(request, authority, form, action_kind=what)
        return perform(authority, submission_key=given["submission_key"], **shown)

    return action_page(
        request, f"counter/{what.replace('-', '_')}.html", make=make, do=do, shown={"what": what}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def link_document_page(request: HttpRequest) -> HttpResponse:
    """Record that a further document is the subscriber's too: they show both documents at the counter."""
    authority = authority_in(request)
    require(authority, Permission.LINK_DOCUMENTS)
    require_outlet(request, authority)

    def do(form: LinkDocumentForm) -> Receipt | HeldForApproval:
        given, is_doubted = form.cleaned_data, False
        try:
            check_further_document(
                authority, form.further(), double_checked=given["double_checked"], on=clock.today()
            )
        except DocumentNeedsSupervisor:
            is_doubted = True
        if is_doubted or approval_article("link_document"):
            services.check_subscriber(
                authority, number=given["number"], document=form.document(), on=clock.today()
            )
            return submit_for_approval(request, authority, form, action_kind="link-document")
        return link_document(
            authority, submission_key=given["submission_key"], number=given["number"], document=form.document(),
            further=form.further(), double_checked=given["double_checked"], on=clock.today(),
        )  # fmt: skip

    shown = {"what": "link-document"}
    return action_page(request, "counter/link_document.html", make=LinkDocumentForm, do=do, shown=shown)


@require_http_methods(["GET", "HEAD", "POST"])
def unlink_document_page(request: HttpRequest) -> HttpResponse:
    """Undo a join: a document is not the subscriber's after all."""
    authority = authority_in(request)
    require(authority, Permission.UNLINK_DOCUMENTS)
    require_outlet(request, authority)

    def do(form: UnlinkDocumentForm) -> Receipt:
        given = form.cleaned_data
        document = form.document() or ("", "")
        return undo_document_link(
            authority, submission_key=given["submission_key"], number=given["number"], document=document, on=clock.today()
        )  # fmt: skip

    return action_page(request, "counter/unlink_document.html", make=UnlinkDocumentForm, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest) -> HttpResponse:
    """Pause the clock of a line for a reason that the person declares."""
    authority = authority_in(request)
    require(authority, Permission.PAUSE_CLOCK)
    require_outlet_to_help(request, authority)

    def do(form: PauseForm) -> Receipt:
        given = form.cleaned_data
        return services.pause_line(
            authority, submission_key=given["submission_key"], number=given["number"], first=given["first"],
            last=given["last"], reason=PauseReason(given["reason"]), on=clock.today(),
        )  # fmt: skip

    return action_page(request, "counter/pause.html", make=PauseForm, do=do, shown={"what": "pause"})


@require_http_methods(["GET", "HEAD", "POST"])
def reconnect(request: HttpRequest) -> HttpResponse:
    """Reconnect a suspended line for some hours, once, without asking for a reason."""
    authority = authority_in(request)
    require(authority, Permission.RECONNECT_TEMPORARILY)
    require_outlet_to_help(request, authority)

    def do(form: ReconnectForm) -> Receipt:
        given = form.cleaned_data
        return services.reconnect_line(
            authority, submission_key=given["submission_key"], number=given["number"], on=clock.today()
        )

    return action_page(request, "counter/reconnect.html", make=ReconnectForm, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def essential(request: HttpRequest) -> HttpResponse:
    """Record that a lift, an alarm or a medical device depends on a line, or no longer does."""
    authority = authority_in(request)
    require(authority, Permission.CHANGE_LINE)
    require_outlet_to_help(request, authority)

    def do(form: EssentialForm) -> Receipt:
        given = form.cleaned_data
        return services.mark_essential(
            authority, submission_key=given["submission_key"], number=given["number"],
            essential=given["essential"] == "yes", on=clock.today(),
        )  # fmt: skip

    return action_page(request, "counter/essential.html", make=EssentialForm, do=do)


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest) -> HttpResponse:
    """Open a dispute for a receipt or an appeal that contradicts the record."""
    authority = authority_in(request)
    require(authority, Permission.PAUSE_CLOCK)
    require_outlet_to_help(request, authority)

    def do(form: DisputeForm) -> Receipt:
        given = form.cleaned_data
        what = {"submission_key": given["submission_key"], "number": given["number"], "on": clock.today()}
        if given["receipt"].strip():
            return accept_receipt(authority, shown=given["receipt"], **what)
        return dispute_line(authority, **what)

    return action_page(request, "counter/dispute.html", make=DisputeForm, do=do, shown={"what": "dispute"})


def action_page[F: QuietForm](
    request: HttpRequest, template: str, *, make: Callable[..., F], do: Callable[[F], Receipt | HeldForApproval],
    shown: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """Draw an empty form, or carry out the submitted form and go on to the receipt."""
    if request.method != "POST":
        blank = make()
        line = _carried_for(request, blank, shown)
        # A trained clerk types at once; after a fault, the faults come first.
        if is_lost(request):
            blank.say_lost()
        elif line is None:
            blank.fields["number"].widget.attrs["autofocus"] = True
        recorded = recorded_from(request)
        if recorded:
            recorded["state"] = state_of(recorded["key"])
        shown = {**(shown or {}), "recorded": recorded}
        return render(request, template, {**shown, "form": blank, "carried": line})
    form = make(request.POST)
    if not form.is_valid():
        return _faulty(request, template, form=form, make=make, faults=form.errors, shown=shown)
    key, typed = form.cleaned_data["submission_key"], form.data["number"]
    try:
        require_own_form(request, submission_key=key, typed=typed)
        with kept_with(lambda: set_aside_with_act(request, submission_key=key, typed=typed)):
            done = do(form)
    except RollkeeperError as fault:
        if fault.kind in {Kind.FORBIDDEN, Kind.INTERNAL}:
            raise
        faults = faults_of(form, fault, called=called(request, typed))
        return _faulty(request, template, form=form, make=make, faults=faults, shown=shown)
    is_sealed_before = isinstance(done, HeldForApproval) and done.is_repeat
    if not is_sealed_before and not is_set_aside(request, done.submission_key):
        set_aside(request, submission_key=done.submission_key, typed=typed)
    return _to_receipt(request, done)


def _faulty[F: QuietForm](
    request: HttpRequest, template: str, *, form: F, make: Callable[..., F],
    faults: Mapping[str, Any], shown: Mapping[str, Any] | None,
) -> HttpResponse:  # fmt: skip
    """Say what is wrong; with a script the typed values stay in the page, without one they are gone."""
    blank = make(initial=form.kept())
    blank.is_doubtful, blank.is_used_up = form.is_doubtful, form.is_used_up
    line = _carried_for(request, blank, shown)
    blank.show_faults(faults)
    if by_script(request):
        return render(request, "counter/faults.html", {"form": blank})
    return render(request, template, {**(shown or {}), "form": blank, "carried": line}, status=422)


def _carried_for(
    request: HttpRequest, blank: QuietForm, shown: Mapping[str, Any] | None
) -> CarriedLine | None:
    """Return the line that this form is for, if it is carried; the form then does not ask its number."""
    line = carried(request, also_set_aside=request.method == "POST")
    if line is None or "other" in request.GET:
        return None
    if request.method == "POST" and request.POST.get("number") != line.handle:
        return None
    what = (shown or {}).get("what")
    # A new contract needs a number, and a carried line has only a handle.
    if what in NEW_CONTRACT_KINDS and (what != RegistrationKind.REGISTER or line.is_over):
        return None
    del blank.fields["number"]
    return line


def _to_receipt(request: HttpRequest, done: Receipt | HeldForApproval) -> HttpResponse:
    address = reverse("counter:receipt", args=[done.submission_key]) + ("?again" if done.is_repeat else "")
    if by_script(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def by_script(request: HttpRequest) -> bool:
    """Tell whether a script of the page sent the request; it puts the answer into its place."""
    return request.headers.get("HX-Request") == "true"


def page_context(action_kind: RegistrationKind, *, kind: str, pack: Pack) -> dict[str, Any]:
    """Return the context around the fields of a record, the same for everyone."""
    return {
        "action_kind": action_kind, "what": action_kind.value, "title": action_kind.label, "note": labels.REGISTRATION_KIND_NOTES[action_kind],
        "article": cite(pack.act_article(action_kind.value)), "kind": kind, "kinds": labelled_kinds(pack),
        "kept_records": labels.kept_records(pack),
    }  # fmt: skip


def kind_in(request: HttpRequest, pack: Pack) -> str:
    """Return the kind of party that the address asks for, by its word."""
    asked = request.GET.get("kind", "")
    return asked if asked in kind_names(pack) else PartyKind.INDIVIDUAL.value


def _find_context(request: HttpRequest, authority: Authority) -> dict[str, Any]:
    """Return the context of the search page, with or without a found line."""
    parts = authority.role_for(Permission.UNLINK_DOCUMENTS) is not None
    form = FindForm()
    form.fields["number"].widget.attrs["autofocus"] = True
    forms = {"form": form, "read_out": ReadOutForm()}
    return forms | {"actions": labels.links(labels.ACTIONS), "parts": parts, "carried": carried(request)}


def _found(request: HttpRequest, found: HandedLine) -> dict[str, Any]:
    """Return what the page says about a line that was found, and the actions that it offers."""
    line, on = found.line, clock.today()
    offered = offer(line, may_reconnect=may_reconnect(line))
    until = works_until(line.line_id) if line.state is LineState.SUSPENDED else None
    blank = FindForm()  # the line that was found comes first, not the next one
    return {
        "form": blank, "carried": carry(request, found), "minutes": HANDLE_MINUTES, "line": line, "works_until": until,
        "is_said": SuspensionReason.REGISTRATION in line.reasons,  # the reason for the suspension says it
        "state": line.state.label, "state_colour": labels.STATE_COLOURS.get(line.state, "grey"), "service": labels.service_of(line),
        "since": min((one.begun_on for one in line.suspensions), default=line.activated_on),
        "reasons": [reason_label(reason, must_reverify=line.must_reverify) for reason in line.reasons], "level": label_of(line.level, BarLevel) if line.level else "",
        **_clock(line, on=on), **_last_day(line, on=on),
        "first": labels.link(offered.first, labels.VERIFY if line.must_reverify else labels.FIRST), "others": labels.links(offered.others), "rest": labels.links(offered.rest),
    }  # fmt: skip


def _last_day(line: LineView, *, on: dt.date) -> dict[str, Any]:
    """Return the last day of a line's registration, if it has one, and the check that verified the identity."""
    if not line.is_registered or line.is_over:
        return {}
    day, check = registered_as(line.line_id)
    return {
        "good_through": day, "is_past": day is not None and day < on,
        "identity_check": label_of(check, IdentityCheck) if check else "",
    }  # fmt: skip


def _clock(line: LineView, *, on: dt.date) -> dict[str, Any]:
    """Return until when the subscriber of a line may register, if a clock runs, and whether it is paused."""
    deadline = None if line.is_settled or line.is_over or line.is_disputed else line_deadline(line.line_id)
    if deadline is None:
        return {}
    level = BarLevel.partial(deadline.follows.bars)
    return {
        "next_level": named(deadline.follows.title, label_of(level, BarLevel) if level else ""),
        "deadline": deadline, "share": deadline.share(on=on), "is_paused": deadline.is_paused(on=on), "is_last_day_over": deadline.last_day_on is not None and deadline.last_day_on < on,
        "deadline_article": cite(deadline.article),
    }  # fmt: skip
