# SPDX-License-Identifier: EUPL-1.2
"""The forms of the back office: a number, a day, and a confirmation that it was checked."""

import datetime as dt
from typing import Any, ClassVar, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from rollkeeper.disclosures.choices import RefusalReason
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import number_index_of
from rollkeeper.lines.vault_operations import STAFF_PURPOSES
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.fields import Field

LONGEST_IDENTIFIER = 253
"""The greatest length of a domain."""


def day_field(label: Any, help_text: Any = "", **more: Any) -> forms.DateField:
    """Return a field for a day, which the browser offers as a calendar."""
    widget = forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, **more)


def exact_text(*, width: int | None = 20) -> forms.TextInput:
    """Return an input for a number, a code or a name that is typed exactly: the browser neither completes nor corrects it."""
    wide = {} if width is None else {"class": f"govuk-input--width-{width}"}
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"} | wide)


class BackofficeForm(forms.Form):
    """A form that says what to do if a field was left empty; the field's label is next to the sentence, also at the top of the page."""

    def full_clean(self) -> None:
        """Check what was entered."""
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField)
                field.error_messages["required"] = (
                    _("Choose something here.") if chosen else _("Fill this in.")
                )
        super().full_clean()


class EmptiedForm(BackofficeForm):
    """A form that sends back its faults, but no value that may be about a person."""

    kept: ClassVar[frozenset[str]] = frozenset()
    """The fields whose values are sent back: choices, days."""

    def emptied(self) -> Self:
        """Return an empty form with the faults of this one next to its fields: typed values are not sent back."""
        return self.filled_into(type(self)())

    def filled_into(self, empty: Self) -> Self:
        """Give an empty form the faults of this one, and the values that are kept."""
        empty.initial = {
            name: self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name in self.kept
            if name not in self.errors  # It could be a number that was typed into the wrong field.
        }
        empty.errors.update(self.errors)
        return empty


class NumberIndexForm(EmptiedForm):
    """A line by its whole number; only the keyed hash of the number is used after this form."""

    number = forms.CharField(
        label=_("Number of the line"), max_length=LONGEST_IDENTIFIER, widget=exact_text(),
        help_text=_("The whole number. It never appears in a URL and is not shown again."),
    )  # fmt: skip

    def clean_number(self) -> str:
        """Return the keyed hash of the number; an unreadable one is refused without repeating it."""
        try:
            return number_index_of(str(self.cleaned_data["number"])).hex()
        except NumberNotRead as fault:
            raise forms.ValidationError([*translated_texts(fault)]) from None


class LineForm(BackofficeForm):
    """One line by its exact number, and the day for which to explain it."""

    number = forms.CharField(
        label=_("Number of the line"),
        help_text=_(
            "The whole number as on the bill, a domain or an address block; https:// before a site, # before an account number."
            " It never appears in a URL."
        ),
        max_length=LONGEST_IDENTIFIER,
        widget=exact_text(),
    )
    on = day_field(
        _("On which day?"), _("Today, or a day to come: what would happen then, and why."), required=False
    )

    def __init__(self, data: QueryDict | None = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"on": today})
        self._today = today

    def emptied(self) -> Self:
        """Return an empty form with the faults of this one next to its fields: typed values are not sent back."""
        empty = type(self)(today=self._today)
        empty.errors.update(self.errors)
        return empty

    def clean_number(self) -> str:
        """Return the normalised number; an unreadable one is refused without repeating it."""
        text = str(self.cleaned_data["number"])
        try:
            return normalise_identifier(text, service=service_guess(text), country=instance().country_code)
        except NumberNotRead as fault:
            raise forms.ValidationError([*translated_texts(fault)]) from None

    def clean_on(self) -> dt.date:
        """Return the day, today if none was given."""
        given: dt.date | None = self.cleaned_data.get("on")
        return given or self._today


class ReconnectForm(BackofficeForm):
    """The line that is shown, by its reference."""

    line = forms.UUIDField(widget=forms.HiddenInput)


class BatchApprovalForm(BackofficeForm):
    """The approval of a batch by a person who checked it."""

    checked = forms.BooleanField(
        label=_("I have checked the preview below and the reasons, line by line."),
        error_messages={"required": _("Check the preview first, then confirm.")},
    )


class DisclosureApprovalForm(EmptiedForm):
    """The approval of a disclosure request by a person who read the instrument."""

    kept: ClassVar[frozenset[str]] = frozenset({"held_on"})
    number = forms.CharField(
        label=_("The whole number, as the instrument has it"),
        help_text=_("Read it in the instrument itself. It is compared with what was entered, and not kept."),
        max_length=LONGEST_IDENTIFIER,
        widget=exact_text(),
    )
    held_on = day_field(_("The day, as the instrument has it"))
    checked = forms.BooleanField(
        label=_("I have read the instrument, and its authority may request just these fields."),
        error_messages={"required": _("Read the instrument first, then confirm it here.")},
    )


class DisclosureRefusalForm(BackofficeForm):
    """A no to a disclosure request, and why."""

    because = forms.ChoiceField(
        label=_("Why is it refused?"),
        choices=[(one.value, one.label) for one in RefusalReason if one.is_chosen_by_people],
        widget=forms.RadioSelect,
    )


class SampleDrawForm(EmptiedForm):
    """The kind of sample, and the text that decides which lines are drawn."""

    kept: ClassVar[frozenset[str]] = frozenset({"kind"})
    kind = forms.ChoiceField(
        label=_("What happened to the lines"),
        choices=SampledAction.choices,
    )
    text = forms.CharField(
        label=_("Your own text"),
        help_text=_(
            "At least 16 letters or figures that no one can guess, such as throws of dice. This text decides which lines are drawn. Keep it: with it and the published ledger, anyone can repeat the draw."
        ),
        max_length=1_000,
        widget=exact_text(width=None),
    )


class ConsentRequestForm(BackofficeForm):
    """Which entries the subscribers are asked to show."""

    fields_asked = forms.MultipleChoiceField(
        label=_("Entries that you ask to see"),
        choices=Field.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


class OpenValueForm(EmptiedForm):
    """The person, the value to open, and the purpose."""

    kept: ClassVar[frozenset[str]] = frozenset({"part", "field", "purpose"})
    line = forms.CharField(
        label=_("Number or reference of the line"),
        help_text=_("The whole number as on the bill, or the reference. It never appears in a URL."),
        max_length=LONGEST_IDENTIFIER,
        widget=exact_text(),
    )
    part = forms.ChoiceField(label=_("Whose data"), choices=PartyRole.choices)
    field = forms.ChoiceField(label=_("Which value"), choices=Field.choices)
    purpose = forms.ChoiceField(
        label=_("For which purpose"),
        choices=[(one.value, one.label) for one in STAFF_PURPOSES],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the purpose; it is written to the ledger.")},
    )


class VaultSignInForm(EmptiedForm):
    """The sign-in of the person who asks, which the vault checks itself."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of your authenticator app"),
        required=False,
        max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
    )
