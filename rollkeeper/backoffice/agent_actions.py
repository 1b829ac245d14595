# SPDX-License-Identifier: EUPL-1.2
"""The actions about an agent on pages: enter it, add evidence, approve, audit, reinstate and end it; its outlets and accounts.

A worker does each of them, in the name of the person who asked.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents import queries
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.choices import Severity, Verdict
from rollkeeper.agents.errors import AGENT_NOT_IN_STATE, FINDING_UNKNOWN, NOT_ASSIGNED, OUTLET_UNKNOWN
from rollkeeper.backoffice.asking import (
    Question,
    confirm,
    do_by_worker,
    is_confirmed,
    say_refusal,
    shown_again,
)
from rollkeeper.backoffice.forms import BackofficeForm, day_field, exact_text
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError

_MAX_EVIDENCE_BYTES: Final = 20_000_000


class AgentForm(BackofficeForm):
    """A new agent: a reference, never a name."""

    agent = forms.CharField(
        label=gettext_lazy("Code of the agent"), max_length=64, widget=exact_text(),
        help_text=gettext_lazy("A reference such as agent-017: small letters, digits, dots and hyphens. Not a name."),
    )  # fmt: skip
    limit = forms.IntegerField(
        label=gettext_lazy("Registrations a day, at most"), required=False, min_value=1, max_value=100_000,
        help_text=gettext_lazy("Left empty: the limit of this instance. The law's limit holds in any case."),
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )  # fmt: skip


class EvidenceForm(BackofficeForm):
    """A file that proves that an agent meets a requirement. Only its hash is kept."""

    requirement = forms.ChoiceField(label=gettext_lazy("Requirement"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("A file that shows it"),
        help_text=gettext_lazy("Its SHA-256 is kept, not the file: keep the file yourself."),
        widget=forms.FileInput(attrs={"class": "govuk-file-upload"}),
    )

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.fields["requirement"].choices = _requirements()  # type: ignore[attr-defined]

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuse a file that is so large that hashing takes long."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > _MAX_EVIDENCE_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file


class AuditForm(BackofficeForm):
    """One audit, with one finding or none; a second finding is a second audit of the same day."""

    requirement = forms.ChoiceField(label=gettext_lazy("What is missing"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False, choices=Severity.choices)
    due_on = day_field(gettext_lazy("To be remediated by"), required=False)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.fields["requirement"].choices = [("", _("Nothing: everything was in order")), *_requirements()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Require a day if the audit has a finding."""
        given = super().clean() or {}
        if given.get("requirement") and not given.get("due_on"):
            self.add_error("due_on", _("Enter the day by which it must be remediated."))
        return given


class _AtOutletForm(BackofficeForm):
    """One of the agent's open outlets."""

    outlet = forms.ChoiceField(label=gettext_lazy("Code of the outlet"))

    def offer(self, outlets: Iterable[queries.OutletView]) -> None:
        """Offer these outlets; if there is only one, choose it."""
        codes = [one.code for one in outlets]
        shown = codes if len(codes) == 1 else ["", *codes]
        self.fields["outlet"].choices = [(code, code or "–") for code in shown]  # type: ignore[attr-defined]


def _hours_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Opening hours"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As in: mon-fri 09:00-18:00; sat 09:00-13:00. Or: always."),
    )  # fmt: skip


class HoursForm(_AtOutletForm):
    """An outlet, and when it is open."""

    hours = _hours_field()


class OutletForm(BackofficeForm):
    """A new outlet, with its hours."""

    outlet = forms.CharField(label=gettext_lazy("Code of the outlet"), max_length=64, widget=exact_text())
    hours = _hours_field()
    needs_device = forms.BooleanField(
        label=gettext_lazy("It registers only at its own device"), required=False, initial=True
    )


class AssignmentForm(_AtOutletForm):
    """The account that works at an outlet."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=64, widget=exact_text())
    field_order = ("username", "outlet")


FORMS: Final[dict[str, type[forms.Form]]] = {
    "attest": EvidenceForm, "audit": AuditForm, "open_outlet": OutletForm, "hours": HoursForm, "assign": AssignmentForm,
}  # fmt: skip
TITLES: Final[dict[str, Promise]] = {
    "attest": gettext_lazy("Record evidence"), "audit": gettext_lazy("Record an audit"),
    "open_outlet": gettext_lazy("Open an outlet"), "hours": gettext_lazy("Change opening hours"), "assign": gettext_lazy("Assign an account"),
}  # fmt: skip
_SAID: Final[dict[str, Promise]] = {
    "attest": gettext_lazy("The evidence is recorded."), "audit": gettext_lazy("The audit is recorded."),
    "open_outlet": gettext_lazy("The outlet is open."), "hours": gettext_lazy("The outlet has these hours from now."), "assign": gettext_lazy("The account works there from today."),
    "approve": gettext_lazy("The agent is approved and may register people."),
    "reinstate": gettext_lazy("The agent is reinstated. Accounts opened again: %(accounts)s."),
    "terminate": gettext_lazy("The agent is ended. Accounts closed: %(accounts)s."),
    "remediate": gettext_lazy("The finding is remediated."), "close_outlet": gettext_lazy("The outlet is closed."),
    "unassign": gettext_lazy("The account no longer works there."),
    "register_device": gettext_lazy("The device is registered. Sign in at it once more, with its passkey."),
    "remove_devices": gettext_lazy("Devices ended: %(devices)s."),
}  # fmt: skip
_OUT_OF_DATE: Final = (AGENT_NOT_IN_STATE.code, NOT_ASSIGNED.code, FINDING_UNKNOWN.code, OUTLET_UNKNOWN.code)
_PLAIN: Final = frozenset({"approve", "reinstate", "remediate"})
_ASKED_FIRST: Final = frozenset(
    {"terminate", "close_outlet", "unassign", "register_device", "remove_devices"}
)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a new agent; it registers no one before it is approved."""
    require(authority_in(request), Permission.APPROVE_AGENT)
    form = AgentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        said = _("The agent is entered. Record its evidence, then approve it.")
        try:
            do_by_worker(request, "agent-action", said, do="add", agent=given["agent"], limit=given["limit"])
            return redirect("backoffice:agent", given["agent"])
        except RollkeeperError as fault:
            say_refusal(fault, form)
    shown = {"form": form, "title": _("Enter an agent"), "back": reverse("backoffice:agents")}
    return render(request, "backoffice/agent_form.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def form_page(request: HttpRequest, code: str, do: str) -> HttpResponse:
    """Ask for the facts of an action about an agent, and have a worker do it."""
    require(authority_in(request), Permission.APPROVE_AGENT)
    agent = queries.agent_called(code, on=clock.today(), window_days=1)
    form = FORMS[do](request.POST, request.FILES) if request.method == "POST" else FORMS[do]()
    if do in {"hours", "assign"}:
        form.offer(agent.outlets)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = {
            name: value
            for name, value in form.cleaned_data.items()
            if name != "file" and value not in {"", None}
        }
        if "file" in form.cleaned_data:
            file = form.cleaned_data["file"]
            given["evidence"] = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            do_by_worker(request, "agent-action", _SAID[do], do=do, agent=code, **given)
            return redirect("backoffice:agent", code)
        except RollkeeperError as fault:
            say_refusal(fault, form)
    shown = {
        "form": form,
        "title": TITLES[do],
        "back": reverse("backoffice:agent", args=[code]),
        "agent": code,
    }
    return render(request, "backoffice/agent_form.html", shown, status=422 if form.errors else 200)


@require_POST
@shown_again("backoffice:agent", *_OUT_OF_DATE)
def act(request: HttpRequest, code: str) -> HttpResponse:
    """Do an action about an agent that needs no form; ask first if the action harms someone."""
    do = request.POST.get("do", "")
    # Staff who may suspend an agent may also remove a lost device.
    needed = Permission.SUSPEND_AGENT if do == "remove_devices" else Permission.APPROVE_AGENT
    require(authority_in(request), needed)
    if do not in _PLAIN | _ASKED_FIRST:
        messages.error(request, _("Choose what is to be done."))
        return redirect("backoffice:agent", code)
    more: dict[str, Any] = {
        name: request.POST[name] for name in ("finding", "outlet", "username") if name in request.POST
    }
    if do in _ASKED_FIRST and not is_confirmed(request):
        return confirm(request, _question(code, do, more), do=do, **more)
    do_by_worker(request, "agent-action", _SAID[do], do=do, agent=code, **more)
    return redirect("backoffice:agent", code)


def suspension_question(code: str, *, is_fraud: bool) -> Question:
    """Ask before an agent is suspended, with how many people it concerns."""
    accounts, lines = queries.concerned_by(code, on=clock.today())
    said = [_said_accounts(accounts), _("The agent can no longer register anyone, from this moment.")]
    if is_fraud:
        said.append(_said_reverified(lines))
    return Question(
        title=_("Suspend %(agent)s?") % {"agent": code},
        button=_("Suspend"),
        consequences=said,
        back=reverse("backoffice:agent", args=[code]),
        concerns=lines if is_fraud else accounts,
        concerned=ngettext("subscriber is asked to confirm", "subscribers are asked to confirm", lines)
        if is_fraud
        else ngettext("account is closed", "accounts are closed", accounts),
    )


def reverification_question() -> Question:
    """Ask before the subscriber of a line is asked to confirm a record that an agent made."""
    return Question(
        title=_("Ask the subscriber to confirm the record?"), button=Verdict.REVERIFY.label, back=reverse("backoffice:agents"),
        consequences=[_said_reverified(1)], is_harmful=False,
        concerns=1, concerned=ngettext("subscriber is asked to confirm", "subscribers are asked to confirm", 1),
    )  # fmt: skip


def _said_reverified(lines: int) -> str:
    return ngettext(
        "The subscriber of %(n)d line is asked to confirm the record. No line is suspended.",
        "The subscribers of %(n)d lines are asked to confirm the record. No line is suspended.",
        lines,
    ) % {"n": lines}


def _question(code: str, do: str, more: dict[str, str]) -> Question:
    back = reverse("backoffice:agent", args=[code])
    if do == "close_outlet":
        return Question(
            title=_("Close the outlet %(outlet)s?") % {"outlet": more.get("outlet", "")}, button=_("Close the outlet"),
            consequences=[_("No one can be registered there any more. It cannot be opened again; a new one can.")], back=back,
        )  # fmt: skip
    if do == "unassign":
        return Question(
            title=_("Remove %(name)s from its outlet?") % {"name": more.get("username", "")}, button=_("Remove from the outlet"),
            consequences=[
                _("Its devices there are ended."),
                _("The account itself stays open and is then the operator's own: close it if it should register no one."),
            ],
            back=back,
        )  # fmt: skip
    if do == "register_device":
        return Question(
            title=_("Register a device of %(name)s?") % {"name": more.get("username", "")}, button=_("Register the device"),
            consequences=[
                _("The passkey that this account added last becomes a device of its outlet, at which people may be registered."),
                _("Call the outlet first: the passkey must have been added there, on the outlet's own device."),
            ],
            back=back, is_harmful=False,
        )  # fmt: skip
    if do == "remove_devices":
        return Question(
            title=_("End all devices of %(name)s?") % {"name": more.get("username", "")}, button=_("End the devices"),
            consequences=[_("From this moment no one can be registered at them with this account.")], back=back,
        )  # fmt: skip
    accounts, lines = queries.concerned_by(code, on=clock.today())
    return Question(
        title=_("End %(agent)s permanently?") % {"agent": code}, button=_("End the agent"),
        consequences=[
            _said_accounts(accounts),
            ngettext(
                "The %(n)d line that it registered stays as it is.", "The %(n)d lines that it registered stay as they are.", lines
            ) % {"n": lines},
            _("This cannot be undone."),
        ],
        back=back, concerns=accounts, concerned=ngettext("account is closed", "accounts are closed", accounts),
    )  # fmt: skip


def _said_accounts(accounts: int) -> str:
    return ngettext(
        "%(n)d account of its staff is closed at once.",
        "%(n)d accounts of its staff are closed at once.",
        accounts,
    ) % {"n": accounts}


def _requirements() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(name, str(one.said(language))) for name, one in checklist().items()]
