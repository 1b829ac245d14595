# SPDX-License-Identifier: EUPL-1.2
"""The forms of the portal. Values that may be about a person are never shown again, not even with a fault."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rollkeeper.access.passkey_origins import is_from_here
from rollkeeper.documents.offered import offered_types
from rollkeeper.documents.rules import check_number, with_state
from rollkeeper.documents.verdicts import Verdict
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import DECLARED_AT_PORTAL
from rollkeeper.lines.errors import DAYS_REVERSED
from rollkeeper.lines.numbers import NAMED
from rollkeeper.registration.forms import QUIET, require_state, state_field
from rollkeeper.selfcare.choices import DelegateRole, DisputeReason
from rollkeeper.subscribers.queries import index_of_document
from rollkeeper.vault.fields import Field

STATE_HINT = _("Of a passport: the letters printed on it, such as NPL.")
_DAY = {"type": "date", "autocomplete": "off"}
_MISSING = {
    "number": _("Enter the whole number of the line."),
    "code": pgettext_lazy("sign-in code", "Enter the code."),
    "document_number": _("Enter the number of the document."),
    "name": _("Enter the full name as it is on the document."),
    "address": _("Enter the address."),
    "birth_date": _("Enter the date of birth."),
    "first": _("Enter the first day."),
}
"""What to enter where a field was left empty."""


class QuietForm(forms.Form):
    """A form whose values are not sent back."""

    kept: ClassVar[Sequence[str]] = ()
    """The fields whose values may be sent back: choices, and the days of a pause."""

    def __init__(self, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(data, label_suffix="", **more)

    def full_clean(self) -> None:
        """Check what was typed; no sentence repeats it."""
        for name, field in self.fields.items():
            if name in _MISSING:
                field.error_messages["required"] = _MISSING[name]
            if isinstance(field, forms.ChoiceField):
                chosen = _("Choose one that is in the list.")
                field.error_messages |= {"required": chosen, "invalid_choice": chosen}
            if isinstance(field, forms.BooleanField):
                field.error_messages["required"] = _("This box must be ticked to continue.")
        super().full_clean()

    def blank(self, faults: Sequence[str] = (), **initial: Any) -> Self:
        """Return the empty form with the faults of this one, or with others."""
        # A field that is no choice and no day may have any value, such as a number typed into the wrong field.
        chosen = {
            name: self.data[name] for name in self.kept if name in self.data and name not in self.errors
        }
        fresh = self._copied({**self.initial, **chosen, **initial})
        errors = self.errors if not faults else {"__all__": self.error_class(list(faults))}
        fresh._errors = errors  # type: ignore[attr-defined]  # noqa: SLF001
        return fresh

    def _copied(self, initial: dict[str, Any]) -> Self:
        return type(self)(initial=initial)


class NumberForm(QuietForm):
    """The number of a line, to which a code is sent."""

    number = forms.CharField(
        label=_("Number of your line"), max_length=253,
        help_text=_("The code goes to this line and nowhere else."),
        widget=forms.TextInput(attrs=QUIET | {"inputmode": "tel", "class": "govuk-input--width-20"}),
    )  # fmt: skip

    def takes_names(self) -> bool:
        """Tell whether the law concerns lines that are no telephones, so that the page says how their names are written."""
        return not NAMED.isdisjoint(load_pack(instance().pack).services)


class LetterForm(QuietForm):
    """A page that waits for a code."""

    code_request = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class CodeForm(LetterForm):
    """The code that was sent."""

    code = forms.CharField(
        label=pgettext_lazy("sign-in code", "Code"), max_length=40, help_text=_("Eight figures, out of the newest message."),
        widget=forms.TextInput(
            attrs=QUIET | {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input--width-10"}
        ),
    )  # fmt: skip


class DocumentForm(QuietForm):
    """A document by its kind and number; what is typed leaves this process as a keyed hash alone."""

    kept: ClassVar[Sequence[str]] = ("document_type",)
    document_type = forms.ChoiceField(label=_("Kind of document"), choices=offered_types)
    document_state = state_field(STATE_HINT)
    document_number = forms.CharField(
        label=_("Number of the document"), max_length=100, widget=forms.TextInput(attrs=QUIET)
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a number that two states may use without its state."""
        given = super().clean() or {}
        require_state(self)
        return given

    def document(self) -> tuple[str, str]:
        """Return the type and the number. Precondition: the form is valid."""
        kind = with_state(self.cleaned_data["document_type"], self.cleaned_data["document_state"])
        return kind, self.cleaned_data["document_number"]


class VerificationForm(DocumentForm):
    """The identity check: the document's number and the name, as registered."""

    name = forms.CharField(
        label=_("Full name"), max_length=300, help_text=_("As on the document."),
        widget=forms.TextInput(attrs=QUIET),
    )  # fmt: skip


class ActionForm(QuietForm):
    """An action on one line, done once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100)
    line = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @classmethod
    def for_line(cls, line: str) -> Self:
        """Return an empty form for a line."""
        return cls(initial={"key": str(new_uuid()), "line": line})

    def payload(self) -> dict[str, str]:
        """Return what is asked for, as the portal worker reads it. Precondition: the form is valid."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class ConsentForm(ActionForm):
    """The auditor's request that is answered."""

    consent = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def for_consent(cls, line: str, consent: str) -> Self:
        """Return the form behind a button."""
        return cls(initial={"key": str(new_uuid()), "line": line, "consent": consent}, auto_id=False)


class PossibleDocumentForm(DocumentForm):
    """The document of a person who may show it one day. They never could if no such document has the number, so that is refused."""

    def clean(self) -> dict[str, Any]:
        """Refuse a number that no document of this kind has."""
        given = super().clean() or {}
        number = given.get("document_number")
        if number and "document_type" in given:
            kind = with_state(given["document_type"], given.get("document_state"))
            if check_number(kind, number, clock.today()).verdict is Verdict.INVALID:
                said = _("No document of this kind has this number: compare it with the document.")
                self.add_error("document_number", said)
        return given


class AddDelegateForm(ActionForm, PossibleDocumentForm):
    """The person to name, and the role."""

    kept: ClassVar[Sequence[str]] = ("part", "document_type")
    part = forms.ChoiceField(
        label=_("Purpose"),
        choices=DelegateRole.choices,
        widget=forms.RadioSelect(attrs={"autocomplete": "off"}),
    )
    field_order = ("key", "line", "part", "document_type", "document_state", "document_number")

    def payload(self) -> dict[str, str]:
        """Return the role, and the mark of the document."""
        return _with_mark(super().payload(), self)


class RemoveDelegateForm(ActionForm):
    """The role from which the named person is removed."""

    kept: ClassVar[Sequence[str]] = ("part",)
    part = forms.ChoiceField(
        label=_("Purpose"),
        choices=DelegateRole.choices,
        widget=forms.RadioSelect(attrs={"autocomplete": "off"}),
    )

    def offer(self, named: Iterable[str]) -> None:
        """Offer the roles for which someone is named; the only one is chosen."""
        known = set(named)
        offered = [one for one in DelegateRole.choices if one[0] in known]
        self.fields["part"].choices = offered  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.initial["part"] = offered[0][0]


class ReportDeathForm(ActionForm, PossibleDocumentForm):
    """A report that the subscriber has died, and the document of the claimant, if given."""

    field_order = ("key", "line", "document_type", "document_state", "document_number")

    def __init__(self, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["document_number"].required = False
        self.fields["document_number"].help_text = _("Yours, not theirs; optional.")

    def payload(self) -> dict[str, str]:
        """Return what is asked for, with the mark of the document if one was given."""
        return _with_mark(super().payload(), self)


class PauseForm(ActionForm):
    """A declared reason for a pause, and its days."""

    kept: ClassVar[Sequence[str]] = ("reason", "first", "last")
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[(reason.value, reason.label) for reason in DECLARED_AT_PORTAL]
    )
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=_DAY))
    last = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Leave it empty until it is known."),
        widget=forms.DateInput(attrs=_DAY),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Say at the last day that it is before the first."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", translated_texts(DAYS_REVERSED(first=first, last=last)))
        return given


class DisputeForm(ActionForm):
    """What is wrong."""

    kept: ClassVar[Sequence[str]] = ("about",)
    about = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=DisputeReason.choices,
        widget=forms.RadioSelect(attrs={"autocomplete": "off"}),
    )


class WithdrawForm(ActionForm):
    """The case to withdraw."""

    case = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def for_case(cls, line: str, case: str) -> Self:
        """Return the form behind a button."""
        return cls(initial={"key": str(new_uuid()), "line": line, "case": case}, auto_id=False)


class CorrectForm(ActionForm):
    """Which entry is wrong."""

    kept: ClassVar[Sequence[str]] = ("about",)
    about = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Field.choices,
    )

    def offer(self, held: Iterable[str]) -> None:
        """Offer the entries that are kept, and not all entries that some law asks."""
        known = set(held)
        if offered := [one for one in Field.choices if one[0] in known]:
            self.fields["about"].choices = offered  # type: ignore[attr-defined]


class TerminateForm(ActionForm):
    """The end of a line, with a confirmation."""

    sure = forms.BooleanField(
        label=_("Yes, end this line today."), widget=forms.CheckboxInput(attrs={"autocomplete": "off"})
    )

    def payload(self) -> dict[str, str]:
        """Return what is asked for."""
        return {name: value for name, value in super().payload().items() if name != "sure"}


class LinesField(forms.Field):
    """References of lines; the portal worker decides which of them may be ended."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        """Return the references, each once."""
        try:
            return list(dict.fromkeys(str(UUID(one)) for one in value or []))
        except ValueError:
            raise forms.ValidationError(_("Choose again.")) from None


class LineSelectionForm(QuietForm):
    """The lines to end, with a confirmation."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    lines = LinesField(label=_("Lines to end"), error_messages={"required": _("Mark at least one line.")})
    sure = forms.BooleanField(
        label=_("Yes, end the lines that I chose today."),
        widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
    )


class ReceiptForm(QuietForm):
    """The code of a receipt."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)


class CopyForm(QuietForm):
    """Which copy of a document."""

    record = forms.UUIDField(widget=forms.HiddenInput)
    position = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def payload(self) -> dict[str, str]:
        """Return what is asked for. Precondition: the form is valid."""
        return {name: str(value) for name, value in self.cleaned_data.items()}


class PasskeyForm(QuietForm):
    """A browser's passkey data, or which passkey to remove."""

    key = forms.CharField(max_length=100, required=False)
    credential = forms.CharField(max_length=20_000, required=False)
    passkey = forms.UUIDField(required=False)

    def payload(self, request: HttpRequest) -> dict[str, str]:
        """Return what is asked for, without invalid values and without a passkey's answer of another page."""
        self.is_valid()
        if not _is_of_this_page(request, self.cleaned_data.get("credential", "")):
            self.cleaned_data.pop("credential", None)
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _is_of_this_page(request: HttpRequest, credential: str) -> bool:
    try:
        return is_from_here(request, json.loads(credential))
    except (RecursionError, ValueError):
        return False


def _with_mark(payload: dict[str, str], form: DocumentForm) -> dict[str, str]:
    kept = {name: value for name, value in payload.items() if not name.startswith("document_")}
    given = form.cleaned_data["document_number"]
    return kept | ({"document": index_of_document(form.document(), on=clock.today()).hex()} if given else {})
