# SPDX-License-Identifier: EUPL-1.2
"""The page on which an incident is opened: what was compromised, how grave, and when it was noticed. A worker opens it."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.asking import do_by_worker, say_refusal
from rollkeeper.backoffice.forms import BackofficeForm, exact_text
from rollkeeper.incidents.choices import About, Severity, Table
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError

_NEEDS = {
    About.ACCOUNT: "usernames", About.DEVICE: "usernames", About.AGENT: "agent", About.KEY_EPOCH: "epoch",
    About.TABLE: "table", About.WINDOW: "since",
}  # fmt: skip
_MISSING = {
    "usernames": gettext_lazy("Enter the user names of the accounts."),
    "agent": gettext_lazy("Enter the code of the agent."),
    "epoch": gettext_lazy("Enter the number of the epoch."),
    "table": gettext_lazy("Choose the table."),
    "since": gettext_lazy("Enter since when."),
}


def _instant_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateTimeField:
    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "class": "govuk-input--width-20"}, format="%Y-%m-%dT%H:%M"
    )
    return forms.DateTimeField(
        label=label, help_text=help_text, required=required, widget=widget,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip


class IncidentForm(BackofficeForm):
    """The facts known in the first minute. The steps of the runbook find out everything else."""

    about = forms.ChoiceField(
        label=gettext_lazy("What was compromised?"), choices=About.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what was compromised, as far as you know.")},
    )  # fmt: skip
    usernames = forms.CharField(
        label=gettext_lazy("User names of the accounts"), required=False, max_length=2000,
        help_text=gettext_lazy("For accounts or a device: one or more, with spaces between."),
        widget=exact_text(width=None),
    )  # fmt: skip
    agent = forms.CharField(
        label=gettext_lazy("Code of the agent"), required=False, max_length=64,
        help_text=gettext_lazy("For an agent: all accounts that ever worked for it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "govuk-input--width-20"}),
    )  # fmt: skip
    epoch = forms.IntegerField(
        label=gettext_lazy("Number of the epoch"), required=False, min_value=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )  # fmt: skip
    table = forms.ChoiceField(
        label=gettext_lazy("Which table"),
        required=False,
        choices=[("", "–"), *((one.value, one.value) for one in Table)],
    )
    since = _instant_field(
        gettext_lazy("Since when"),
        gettext_lazy("From when on something may have been seen. A time alone needs it."),
    )
    until = _instant_field(gettext_lazy("Until when"), gettext_lazy("Left empty: until now."))
    severity = forms.ChoiceField(
        label=gettext_lazy("How serious is it?"), choices=Severity.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("The law's clocks depend on it. If in doubt, serious."),
    )  # fmt: skip
    noticed_at = _instant_field(
        gettext_lazy("When was it noticed?"), gettext_lazy("The clocks of the law start then."), required=True
    )
    is_drill = forms.BooleanField(
        label=gettext_lazy("This is a drill: every step is taken, and nothing happens to anyone."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Require the fields that belong to the thing that was compromised, and ignore the others."""
        given = super().clean() or {}
        about, now = given.get("about"), clock.now()
        if about in set(About):
            needed = _NEEDS[About(about)]
            if not given.get(needed) and needed not in self.errors:
                self.add_error(needed, str(_MISSING[needed]))
            for other in {"usernames", "agent", "epoch", "table"} - {needed}:
                given[other] = None
        for name in ("noticed_at", "since", "until"):
            if given.get(name) and given[name].year < clock.YEARS[0]:
                self.add_error(name, self.fields[name].error_messages["invalid"])
            elif given.get(name) and given[name] > now + dt.timedelta(minutes=1):
                self.add_error(name, _("Enter a time that is not in the future."))
        if given.get("since") and given.get("until") and given["until"] <= given["since"]:
            self.add_error("until", _("Enter a time that is later than the one at “Since when”."))
        return given

    def payload(self) -> dict[str, Any]:
        """Return the facts for the worker: references, instants and choices."""
        given = self.cleaned_data
        instants = {
            name: given[name].isoformat() if given.get(name) else None
            for name in ("noticed_at", "since", "until")
        }
        return instants | {
            "about": given["about"], "severity": given["severity"], "usernames": (given["usernames"] or "").split(),
            "agent": (given["agent"] or "").strip() or None, "epoch": given["epoch"], "table": given["table"] or None,
            "is_drill": given["is_drill"],
        }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def open_incident(request: HttpRequest) -> HttpResponse:
    """Ask for the known facts, and have a worker open the incident."""
    require(authority_in(request), Permission.MANAGE_INCIDENT)
    first = {"noticed_at": clock.now().astimezone(clock.zone()), "severity": Severity.SERIOUS.value}
    form = IncidentForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_bound and form.is_valid():
        said = _("The incident is open, and its clocks run.")
        try:
            made = do_by_worker(request, "open-incident", said, **form.payload())
            return (
                redirect("backoffice:incident", made["incident"])
                if made
                else redirect("backoffice:incidents")
            )
        except RollkeeperError as fault:
            say_refusal(fault, form)
    status = 422 if form.errors else 200
    return render(request, "backoffice/open_incident.html", {"form": form}, status=status)
