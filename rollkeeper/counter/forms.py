# SPDX-License-Identifier: EUPL-1.2
"""The forms of the counter: exactly the attributes of the pack for this kind of party, each with its reason and article.

A submitted form is never shown again: `show_faults` makes it an empty one with the faults next to the fields.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from rollkeeper.counter import labels
from rollkeeper.counter.errors import LINE_NOT_CARRIED, SUBMISSION_WAITS
from rollkeeper.documents.offered import offered_types
from rollkeeper.documents.rules import with_state
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated_texts
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import DECLARED_AT_COUNTER
from rollkeeper.registration.errors import DOCUMENT_DOUBTFUL, SUBMISSION_KEY_USED
from rollkeeper.registration.forms import QUIET, FormTexts, RegistrationForm, require_state, state_field
from rollkeeper.registration.rules import FARTHEST_PAUSE_YEARS, is_page_key
from rollkeeper.registration.sim_cards import asked_of_sim
from rollkeeper.vault.fields import Field

STATE_HINT = _(
    "Of a passport or a foreign card: the letters printed on it, such as NPL. Two states may use one number."
)
_RECEIPT_ERRORS = frozenset({
    "receipt_not_genuine", "receipt_not_found", "invalid_receipt_code", "not_a_registration_receipt", "receipts_not_ready",
})  # fmt: skip
_OF_DAYS = frozenset({"days_reversed", "pause_too_far"})
_HANDLE_IS_OVER = frozenset({"line_not_found", "counter_code_invalid", "line_not_carried"})
_KEY_IS_USED_UP = frozenset({SUBMISSION_KEY_USED.code, SUBMISSION_WAITS.code})
_UNNAMED = "(found by its code)"
# Choices that may be kept for the clerk after a fault, since none of them is about a person.
_KEPT = frozenset({"submission_key", "service", "payment", "language", "reason"})


class QuietForm(forms.Form):
    """A form whose values are never sent back."""

    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=100)
    is_doubtful = False
    """Whether a number that was submitted needs a second comparison."""
    is_used_up = False
    """Whether it was submitted before, for another line or for a line that this session cannot tell."""
    is_lost = False
    """Whether nothing was submitted: the page is opened for a line that is no longer carried."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"submission_key": str(new_uuid())} | (initial or {}), label_suffix="")

    def full_clean(self) -> None:
        """Check what was typed; no sentence repeats it."""
        for name, field in self.fields.items():
            if missing := labels.MISSING.get(name.rpartition("__")[2]):
                field.error_messages["required"] = missing
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one that is in the list.")
        super().full_clean()

    def kept(self) -> dict[str, Any]:
        """Return the chosen values that are not personal."""
        return {
            name: self.data[name]
            for name in self.fields
            if name in self.data and (name in _KEPT or name.endswith(("document_type", "identity_check")))
            if name not in self.errors
            if name != "submission_key" or (is_page_key(self.data[name]) and not self.is_used_up)
        }

    def show_faults(self, faults: Mapping[str, Sequence[str]]) -> None:
        """Show the empty form with faults next to its fields."""
        errors = ErrorDict()
        for name, sentences in faults.items():
            errors[name if name in self.fields else "__all__"] = self.error_class(list(sentences))
        self._errors = errors

    def say_lost(self) -> None:
        """Say that the line of the page is to be found again."""
        self.is_lost = True
        self.show_faults(faults_of(self, LINE_NOT_CARRIED()))

    def field_of(self, fault: RollkeeperError) -> str:
        """Return the field that a refusal is about."""
        part, attribute = (
            fault.facts.get("part", "subscriber"),
            fault.facts.get("attribute", "document_number"),
        )
        if "part" in fault.facts:
            return name if (name := f"{part}__{attribute}") in self.fields else str(attribute)
        if "code" in self.fields:
            return "code"
        if "payment" in self.fields and fault.code.startswith("payment_"):
            return "payment"
        if "route" in self.fields and fault.code.startswith("route_"):
            return "route"
        if "receipt" in self.fields and fault.code in _RECEIPT_ERRORS:
            return "receipt"
        if "first" in self.fields and fault.code in _OF_DAYS:
            return "first" if fault.facts.get("day") == self.cleaned_data["first"] else "last"
        if fault.code == "not_the_subscriber":
            return "document_number" if "document_number" in self.fields else "subscriber__document_number"
        return "number"


def faults_of(form: QuietForm, fault: RollkeeperError, *, called: str = "") -> dict[str, list[str]]:
    """Return the sentences of a refusal by the fields they are about; `called` is the masked number of the line."""
    found: dict[str, list[str]] = {}
    if fault.code in _HANDLE_IS_OVER and str(form.data.get("number", "")).startswith("handle:"):
        fault = LINE_NOT_CARRIED()
    for said_of_id in fault.faults:
        one = _by_name(said_of_id, called or _UNNAMED)
        form.is_doubtful |= one.code == DOCUMENT_DOUBTFUL.code
        form.is_used_up |= one.code in _KEY_IS_USED_UP
        found.setdefault(form.field_of(one), []).extend(translated_texts(one))
    return found


def _by_name(fault: RollkeeperError, called: str) -> RollkeeperError:
    """Return a refusal whose sentence names its line as people do, and not by its reference."""
    return fault.with_facts(line=called) if "line" in fault.facts else fault


def number_field() -> forms.CharField:
    """Return the field for the whole number of a line."""
    return forms.CharField(
        label=_("Number of the line"),
        help_text=_("As on the bill; https:// before a site, # before an account."),
        max_length=253,
        widget=forms.TextInput(attrs=QUIET | {"inputmode": "text", "class": "govuk-input--width-20"}),
    )


def double_checked_field() -> forms.BooleanField:
    """Return the field for a second comparison; pages show it if a number was doubtful."""
    return forms.BooleanField(
        label=_("The document was compared a second time and carries this number."), required=False,
        widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def confirmed_field(label: Any) -> forms.BooleanField:
    """Return the tick to confirm an action that cannot be undone; with a script the page asks for it when all fields are filled in."""
    return forms.BooleanField(label=label, widget=forms.CheckboxInput(attrs={"autocomplete": "off"}))


class FindForm(QuietForm):
    """One line by its whole number."""

    number = number_field()


class ReadOutForm(QuietForm):
    """The code that a subscriber reads out: it came to their line."""

    code = forms.CharField(
        label=_("Code that the subscriber reads out"), max_length=40,
        help_text=_("Ten figures. They get it on their line: in the portal, or from the menu of the care number."),
        widget=forms.TextInput(attrs=QUIET | {"inputmode": "numeric", "class": "govuk-input--width-10"}),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        del self.fields["submission_key"]  # a lookup is no action, and a code is good once


class SubscriberForm(QuietForm):
    """An action that only the subscriber may ask for: the document is compared and not recorded."""

    number = number_field()
    document_type = forms.ChoiceField(label=Field.DOCUMENT_TYPE.label, choices=offered_types)
    document_state = state_field(STATE_HINT)
    document_number = forms.CharField(
        label=Field.DOCUMENT_NUMBER.label, required=False, widget=forms.TextInput(attrs=QUIET),
        help_text=_("Of the document that the subscriber shows. Leave it empty if no subscriber is registered."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a number that two states may use without its state."""
        given = super().clean() or {}
        require_state(self)
        return given

    def document(self) -> tuple[str, str] | None:
        """Return the document shown."""
        number = self.cleaned_data["document_number"]
        return (self._kind(), number) if number else None

    def _kind(self) -> str:
        return with_state(self.cleaned_data["document_type"], self.cleaned_data["document_state"])


class TerminateForm(SubscriberForm):
    """The end of a contract, which cannot be restored."""

    confirmed = confirmed_field(_("I checked with the subscriber that this line is to end."))


class ReplaceSimForm(RegistrationForm, SubscriberForm):
    """Another SIM for the subscriber's line; what the law asks about a SIM is asked again."""

    texts = FormTexts(STATE_HINT, labels.HINTS)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.ask(asked_of_sim(None, on=clock.today()))


class DocumentCheckForm(SubscriberForm):
    """The document of a remote applicant: compared with the application, which is not shown."""

    name = forms.CharField(
        label=Field.NAME.label, help_text=labels.HINTS["name"], widget=forms.TextInput(attrs=QUIET)
    )
    field_order = ("submission_key", "number", "document_type", "document_state", "document_number", "name")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["document_number"].required = True
        self.fields["document_number"].help_text = labels.HINTS["document_number"]

    def shown(self) -> tuple[str, str]:
        """Return the document that was entered. Precondition: the form is valid."""
        return self._kind(), self.cleaned_data["document_number"]


class LinkDocumentForm(SubscriberForm):
    """A further document of the subscriber: compared and joined; none of its entries is recorded."""

    further__document_type = forms.ChoiceField(label=_("Kind of the further document"), choices=offered_types)
    further__document_state = state_field(STATE_HINT)
    further__document_number = forms.CharField(
        label=_("Number of the further document"), help_text=labels.HINTS["document_number"],
        widget=forms.TextInput(attrs=QUIET),
    )  # fmt: skip
    double_checked = double_checked_field()

    def clean(self) -> dict[str, Any]:
        """Refuse a further number that two states may use without its state."""
        given = super().clean()
        require_state(self, "further__")
        return given

    def further(self) -> tuple[str, str]:
        """Return the further document. Precondition: the form is valid."""
        given = self.cleaned_data
        kind = with_state(given["further__document_type"], given["further__document_state"])
        return kind, given["further__document_number"]


class UnlinkDocumentForm(SubscriberForm):
    """Which of a subscriber's documents is not theirs after all."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["document_number"].required = True
        self.fields["document_number"].help_text = _("Of the document to be separated from the subscriber.")


class PauseForm(QuietForm):
    """A justified reason: the clock is paused."""

    number = number_field()
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[(reason.value, reason.label) for reason in DECLARED_AT_COUNTER],
        help_text=_("The person's word is enough; proof may come later."),
    )  # fmt: skip
    first = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(
            attrs={"type": "date", "autocomplete": "off", "class": "govuk-input--width-10"}
        ),
    )
    last = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Leave it empty until it is known."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off", "class": "govuk-input--width-10"}),
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        year = clock.today().year
        for name in ("first", "last"):  # a device without a network can check this itself
            self.fields[name].widget.attrs |= {
                "min": f"{year - FARTHEST_PAUSE_YEARS}-01-01", "max": f"{year + FARTHEST_PAUSE_YEARS}-12-31",
            }  # fmt: skip


class ReconnectForm(QuietForm):
    """Service back for some hours: only the number is asked."""

    number = number_field()


class EssentialForm(QuietForm):
    """A device on which a life may depend is connected to the line, or no longer is."""

    number = number_field()
    essential = forms.ChoiceField(
        label=_("What depends on the line?"),
        choices=[
            ("yes", _("A lift, an alarm or a medical device")),
            ("no", _("Nothing any more")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
        help_text=_("No campaign batch suspends or ends such a line. The kind of device is not recorded."),
    )


class DisputeForm(QuietForm):
    """A receipt or an appeal contradicts the record."""

    number = number_field()
    receipt = forms.CharField(
        label=_("The receipt"), required=False, max_length=20_000,
        help_text=_(
            "The text of the square or the code of the subscriber's registration receipt, if there is one. Without a receipt, the subscriber's statement is enough."
        ),
        widget=forms.Textarea(attrs=QUIET | {"rows": 4}),
    )  # fmt: skip


class CodeForm(QuietForm):
    """The code of a receipt, as on paper and in notices."""

    code = forms.CharField(
        label=_("Code of the receipt"), max_length=40,
        help_text=_("It is on the receipt and in every notice: a number, a hyphen, six letters or figures."),
        widget=forms.TextInput(attrs=QUIET | {"class": "govuk-input--width-10"}),
    )  # fmt: skip
