# SPDX-License-Identifier: EUPL-1.2
"""The forms of disclosure requests and of the authorities that make them: one person, one day, one instrument; never a list."""

import datetime as dt
from typing import Any, ClassVar, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollkeeper.backoffice.forms import LONGEST_IDENTIFIER, EmptiedForm, day_field, exact_text
from rollkeeper.disclosures.choices import DeferralReason, Instrument
from rollkeeper.kernel import clock
from rollkeeper.vault.fields import Field

MAX_INSTRUMENT_BYTES: Final = 2_500_000


class NumberForm(EmptiedForm):
    """The number and the day, as written in the instrument."""

    number = forms.CharField(
        label=gettext_lazy("The whole number, as the instrument has it"), max_length=LONGEST_IDENTIFIER,
        help_text=gettext_lazy("One number. It is compared with what was entered, and not kept."),
        widget=exact_text(),
    )  # fmt: skip
    kept: ClassVar[frozenset[str]] = frozenset({"held_on"})
    held_on = day_field(gettext_lazy("The day for which the subscriber is asked"))


class EnterDisclosureForm(EmptiedForm):
    """The question of an instrument about one number on one day."""

    kept: ClassVar[frozenset[str]] = frozenset(
        {"authority", "instrument", "held_on", "held_at", "fields_named", "received_on", "expires_on"}
    )
    authority = forms.ChoiceField(
        label=gettext_lazy("Which authority"),
        error_messages={"required": gettext_lazy("Choose an authority of the list.")},
    )
    instrument = forms.ChoiceField(
        label=gettext_lazy("What was shown"), choices=Instrument.choices, widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label=gettext_lazy("The instrument's own reference"), max_length=80,
        help_text=gettext_lazy("Only a keyed hash of it is kept, so that the same instrument is not answered again and again."),
        widget=exact_text(),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("The instrument, scanned"),
        help_text=gettext_lazy(
            "Sealed as it is, at most 2.5 MB. Delete the scan from this device afterwards."
        ),
        widget=forms.FileInput(attrs={"class": "govuk-file-upload"}),
    )
    number = forms.CharField(
        label=gettext_lazy("The whole number that it names"), max_length=LONGEST_IDENTIFIER,
        help_text=gettext_lazy("One number. A list of numbers is one request each, with its own instrument."),
        widget=exact_text(),
    )  # fmt: skip
    held_on = day_field(gettext_lazy("The day for which the subscriber is asked"))
    held_at = forms.TimeField(
        label=gettext_lazy("The time, if it names one"), required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "govuk-input--width-5"}),
    )  # fmt: skip
    fields_named = forms.MultipleChoiceField(
        label=gettext_lazy("The entries that it names"), choices=Field.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one. What it does not name is not opened.")},
    )  # fmt: skip
    received_on = day_field(gettext_lazy("Received on"))
    expires_on = day_field(gettext_lazy("Good until"))

    def __init__(self, *given: Any, authorities: list[tuple[str, str]] | None = None) -> None:
        super().__init__(*given)
        self.fields["authority"].choices = authorities or []  # type: ignore[attr-defined]
        self.fields["received_on"].initial = clock.today()

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuse a scan that is too large for the vault service."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_INSTRUMENT_BYTES:
            raise forms.ValidationError(_("Choose a scan of at most 2.5 MB."))
        return file

    def clean_received_on(self) -> dt.date:
        """Refuse a day that is not over or today."""
        day: dt.date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise forms.ValidationError(_("Enter a day that is not in the future."))
        return day


class DeferralForm(EmptiedForm):
    """The day until which a person is not notified, and the reason."""

    until = day_field(gettext_lazy("The last day without notification"))
    because = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=DeferralReason.choices, widget=forms.RadioSelect
    )


class SecondPersonForm(EmptiedForm):
    """The sign-in of the second of the two people who open a request, which the vault checks itself."""

    kept: ClassVar[frozenset[str]] = frozenset({"second"})
    second = forms.CharField(
        label=gettext_lazy("User name of the second person"), max_length=64,
        widget=exact_text(),
    )  # fmt: skip
    second_password = forms.CharField(
        label=gettext_lazy("Their password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    second_code = forms.CharField(
        label=gettext_lazy("Code of their authenticator app"), required=False, max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
    )  # fmt: skip


class ProposeAuthorityForm(EmptiedForm):
    """An authority and the key to which answers for it are sealed."""

    title = forms.CharField(
        label=gettext_lazy("The authority's name"), max_length=120,
        help_text=gettext_lazy("An office, never a person."), widget=exact_text(width=None),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("What kind it is in the law"))
    key = forms.CharField(
        label=gettext_lazy("Its public key"), max_length=200, widget=exact_text(width=None),
        help_text=gettext_lazy("It begins with age1. Another person compares its fingerprint before anything is sealed to it."),
    )  # fmt: skip
    valid_until = day_field(gettext_lazy("Last day of the key"))

    def __init__(self, *given: Any, kinds: list[tuple[str, str]] | None = None) -> None:
        super().__init__(*given)
        self.fields["kind"].choices = kinds or []  # type: ignore[attr-defined]


class FingerprintForm(EmptiedForm):
    """The fingerprint that the authority read out, over another channel than the key."""

    read_out = forms.CharField(
        label=gettext_lazy("Fingerprint of its key, as the authority reads it out"), max_length=200,
        help_text=gettext_lazy("64 digits and letters. Call a number that you know from another source."),
        widget=exact_text(width=None),
    )  # fmt: skip
