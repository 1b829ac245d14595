# SPDX-License-Identifier: EUPL-1.2
"""The form in which an administrator changes those settings that cannot weaken a person's protection; a worker writes the file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rollkeeper.access.authority import require
from rollkeeper.access.choices import RequestState
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.setting_changes import KIND, changeable_settings, check_changes, current_value, written
from rollkeeper.access.staff_requests import RequestView, answer_to, ask, recent_requests
from rollkeeper.backoffice.forms import BackofficeForm
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.phrasing import listed
from rollkeeper.kernel.settings import ALL, fixed_settings, registered_tables, settings_file

_SHOWN: Final = 20
_TAKEN_OVER: Final = dt.timedelta(minutes=2)

LABELS: Final[dict[tuple[str, str], Any]] = {
    ("instance", "operator_name"): gettext_lazy("Name of the operator"),
    ("instance", "languages"): gettext_lazy("Languages of notices and pages"),
    ("lines", "hardship_evidence_days"): gettext_lazy("Days until staff are reminded of a missing proof of hardship"),
    ("notices", "quiet_from"): gettext_lazy("Start of the quiet hours"),
    ("notices", "quiet_until"): gettext_lazy("End of the quiet hours"),
    ("notices", "post_from"): gettext_lazy("Start of the hours for printing letters"),
    ("notices", "post_until"): gettext_lazy("End of the hours for printing letters"),
}  # fmt: skip
_HINTS: Final[dict[tuple[str, str], Any]] = {
    ("instance", "operator_name"): gettext_lazy("As notices and pages show it. No addresses, no links. A signature of SMS that is registered with the networks stays as it is."),
    ("notices", "quiet_from"): gettext_lazy("21:00 or earlier. In the quiet hours no one gets an SMS or a call."),
    ("notices", "quiet_until"): gettext_lazy("08:00 or later. Eight hours of the day remain for notices."),
    ("notices", "post_until"): gettext_lazy("The same as their start: at any time."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of one setting, as a page shows it."""

    table: str
    key: str
    label: str | Promise
    was: str
    now: str
    request: RequestView

    @property
    def is_done(self) -> bool:
        """Tell whether the file was written."""
        return self.request.state is RequestState.DONE

    @property
    def is_replaced(self) -> bool:
        """Tell whether the file has another value now: it was changed on the machine, or the change is only seconds old."""
        return self.is_done and said(written(current_value(self.table, self.key))) != self.now

    @property
    def is_new(self) -> bool:
        """Tell whether the change is so new that some processes may not use it yet."""
        return self.is_done and self.request.requested_at > clock.true_now() - _TAKEN_OVER


class SettingsForm(BackofficeForm):
    """The settings that can be changed here, with their present values."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        fixed = fixed_settings()
        self.offered = (
            [] if ALL in fixed else [one for one in changeable_settings() if ".".join(one) not in fixed]
        )
        for table, key in self.offered:
            field = _field(table, key)
            if field is not None:
                self.fields[f"{table}-{key}"] = field

    def changes(self) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        """Return the new and the former value of each setting that differs."""
        to: dict[str, dict[str, Any]] = {}
        was: dict[str, dict[str, Any]] = {}
        for table, key in self.offered:
            name = f"{table}-{key}"
            if name not in self.fields:
                continue
            old = written(current_value(table, key))
            new = (
                [*old, *self.cleaned_data[name]]
                if isinstance(old, list)
                else written(self.cleaned_data[name])
            )
            if new != old:
                to.setdefault(table, {})[key], was.setdefault(table, {})[key] = new, old
        return to, was

    def take_faults(self, fault: RollkeeperError) -> None:
        """Say each fault next to its field."""
        for one in fault.faults:
            name = f"{one.facts.get('table')}-{one.facts.get('setting')}"
            self.add_error(
                name if name in self.fields else None,
                forms.ValidationError([*translated_texts(one.with_facts(source=settings_file().name))]),
            )


@require_http_methods(["GET", "HEAD", "POST"])
def change_settings_page(request: HttpRequest) -> HttpResponse:
    """Ask for the changes, check them as the file is checked, and have a worker write the file."""
    authority = authority_in(request)
    require(authority, Permission.CHANGE_SETTINGS)
    if request.method != "POST":
        return render(request, "backoffice/change_settings.html", {"form": SettingsForm()})
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return render(request, "backoffice/change_settings.html", {"form": form}, status=422)
    changes, was = form.changes()
    if not changes:
        messages.info(request, _("Nothing was changed."))
        return redirect("backoffice:settings")
    try:
        check_changes(changes)
    except RollkeeperError as fault:
        form.take_faults(fault)
        return render(request, "backoffice/change_settings.html", {"form": form}, status=422)
    with action():
        asked = ask(authority, KIND, facts={"changes": changes, "was": was}, is_kept=True)
    if answer_to(asked) is None:
        messages.warning(
            request, _("It was passed on and will be done within minutes. Reload this page later.")
        )
    else:
        messages.success(
            request,
            _(
                "Changed. The apps take it over within seconds, the workers within a minute; nothing has to be started again."
            ),
        )
    return redirect("backoffice:settings")


def recent_changes() -> list[ChangeView]:
    """Return the changes that administrators made on pages within a year, the newest first."""
    return [one for request in recent_requests(KIND, limit=_SHOWN) for one in _changes_of(request)]


def _changes_of(request: RequestView) -> Iterator[ChangeView]:
    for table, keys in request.facts.get("changes", {}).items():
        for key, now in keys.items():
            if (table, key) in LABELS:
                was = request.facts.get("was", {}).get(table, {}).get(key)
                yield ChangeView(table, key, LABELS[table, key], said(was), said(now), request)


def said(value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, list):
        return listed(_language(one) for one in value)
    return "" if value is None else str(value)


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def _field(table: str, key: str) -> forms.Field | None:
    label, hint, now = LABELS[table, key], _HINTS.get((table, key), ""), current_value(table, key)
    if (table, key) == ("instance", "languages"):
        return _more_languages(now)
    if isinstance(written(now), int):
        return forms.IntegerField(
            label=label, help_text=hint, initial=now, **_limits(table, key),
            widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
        )  # fmt: skip
    if ":" in str(written(now)) and key.endswith(("_from", "_until")):
        return forms.TimeField(
            label=label, help_text=hint, initial=written(now), input_formats=["%H:%M", "%H:%M:%S"],
            widget=forms.TimeInput(attrs={"type": "time", "class": "govuk-input--width-10"}, format="%H:%M"),
        )  # fmt: skip
    return forms.CharField(
        label=label,
        help_text=hint,
        initial=now,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _limits(table: str, key: str) -> dict[str, Any]:
    """Return the least and the greatest value that a setting's model allows."""
    rules = registered_tables()[table].model_fields[key].metadata
    above = [one.gt for one in rules if getattr(one, "gt", None) is not None]
    most = [one.le for one in rules if getattr(one, "le", None) is not None]
    return {"min_value": above[0] + 1 if above else None, "max_value": most[0] if most else None}


def _more_languages(now: list[str]) -> forms.Field | None:
    """Offer the languages that can be added; this page removes no language."""
    from django.conf import settings as django_settings

    more = [(code, name) for code, name in django_settings.LANGUAGES if code not in now]
    if not more:
        return None
    return forms.MultipleChoiceField(
        label=gettext_lazy("Add languages of notices and pages"), choices=more, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Now: %(languages)s. None of them is taken away here: people read their notices in it.") % {"languages": said(now)},
    )  # fmt: skip
