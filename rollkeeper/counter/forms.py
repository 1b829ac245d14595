# SPDX-License-Identifier: EUPL-1.2
"""What the counter asks: exactly the attributes of the pack for this kind of party, each with its reason and article.

A form that was filled in is never drawn again: `blank_again` gives an empty one with the faults beside the fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rollkeeper.counter import words
from rollkeeper.documents.rules import KNOWN_TYPES
from rollkeeper.enrolment.rules import is_usable_key
from rollkeeper.enrolment.submissions import Deed, Submission
from rollkeeper.kernel.errors import Faults, RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.sayings import cite, mark, say
from rollkeeper.kernel.settings import settings
from rollkeeper.law.pack import Attribute, Pack
from rollkeeper.lines.states import PauseReason, Service
from rollkeeper.subscribers.kinds import PARTS, Part, PartyKind, pack_kind

_QUIET = {"autocomplete": "off", "autocapitalize": "off", "autocorrect": "off", "spellcheck": "false"}
_MAKES_LINES = frozenset({Deed.REGISTER, Deed.INSTALL})
_OF_THE_RECEIPT = frozenset({
    "receipt_not_genuine", "receipt_not_known", "receipt_code_not_read", "receipt_of_another_act", "receipts_not_ready",
})  # fmt: skip
# What may be chosen again for the clerk after a fault: nothing of it is about a person.
_KEPT = frozenset({"submission_key", "service", "language", "reason"})


def _asked[F: forms.Field](field: F, *, why: Any, article: str = "", language: str = "") -> F:
    """Add to a field why it is asked and by which article; the template shows both, in the language of the reason."""
    field.why, field.why_language = why, language  # type: ignore[attr-defined]
    field.article = cite(article)  # type: ignore[attr-defined]
    return field


class QuietForm(forms.Form):
    """A form whose values go one way."""

    submission_key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"submission_key": str(new_uuid())} | (initial or {}), label_suffix="")

    def full_clean(self) -> None:
        """Check what was typed; no sentence repeats it."""
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one that is in the list.")
        super().full_clean()

    def kept(self) -> dict[str, Any]:
        """Return what was chosen and is about nobody."""
        return {
            name: self.data[name]
            for name in self.fields
            if name in self.data and (name in _KEPT or name.endswith("document_type"))
            if name not in self.errors and (name != "submission_key" or is_usable_key(self.data[name]))
        }

    def show_faults(self, faults: Mapping[str, Sequence[str]]) -> None:
        """Draw the empty form with faults beside its fields."""
        errors = ErrorDict()
        for name, sentences in faults.items():
            errors[name if name in self.fields else "__all__"] = self.error_class(list(sentences))
        self._errors = errors

    def field_of(self, fault: RollkeeperError) -> str:
        """Return the field that a refusal is about."""
        part, attribute = fault.facts.get("part", "holder"), fault.facts.get("attribute", "document_number")
        if "part" in fault.facts:
            return f"{part}__{attribute}"
        if "code" in self.fields:
            return "code"
        if "receipt" in self.fields and fault.code in _OF_THE_RECEIPT:
            return "receipt"
        if fault.code == "not_the_holder":
            return "document_number" if "document_number" in self.fields else "holder__document_number"
        return "number"


def faults_of(form: QuietForm, fault: RollkeeperError) -> dict[str, list[str]]:
    """Return the sentences of a refusal by the fields they are about."""
    found: dict[str, list[str]] = {}
    for one in fault.faults if isinstance(fault, Faults) else (fault,):
        said = say(one)[0]
        found.setdefault(form.field_of(one), []).append(mark(f"{said.sentence} {said.remedy}", said.language))
    return found


def number_field() -> forms.CharField:
    """Return the field for the whole number of a line."""
    return _asked(
        forms.CharField(
            label=_("Number of the line"),
            help_text=_(
                "The whole number as on the bill; a domain or an address block where that is the service."
            ),
            max_length=253,
            widget=forms.TextInput(attrs=_QUIET | {"inputmode": "text", "class": "govuk-input--width-20"}),
        ),
        why=_("A line is found by its whole number and in no other way."),
    )


class FindForm(QuietForm):
    """One line by its whole number."""

    number = number_field()


class HolderForm(QuietForm):
    """An act that belongs to the holder: the document is compared and not recorded."""

    number = number_field()
    document_type = forms.ChoiceField(
        label=words.ATTRIBUTES["document_type"], choices=list(words.DOCUMENTS.items())
    )
    document_number = forms.CharField(
        label=words.ATTRIBUTES["document_number"], required=False, widget=forms.TextInput(attrs=_QUIET),
        help_text=_("Of the document that the holder shows. Leave it out where nobody is registered."),
    )  # fmt: skip

    def document(self) -> tuple[str, str] | None:
        """Return the document shown."""
        number = self.cleaned_data["document_number"]
        return (self.cleaned_data["document_type"], number) if number else None


class PauseForm(QuietForm):
    """A justified reason: the clock stands still."""

    number = number_field()
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[(reason.value, words.PAUSES[reason]) for reason in PauseReason if reason in words.PAUSES],
        help_text=_("The person's word is enough; proof may come later."),
    )  # fmt: skip
    first = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"})
    )
    last = forms.DateField(
        label=_("Last day"), required=False, help_text=_("Leave it out while nobody knows."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}),
    )  # fmt: skip


class LiftForm(QuietForm):
    """Service back for some hours: the number is all that is asked."""

    number = number_field()


class ProtectForm(QuietForm):
    """Something on which a life may hang is connected to the line."""

    number = number_field()
    protected = forms.ChoiceField(
        label=_("What hangs on the line?"),
        choices=[
            ("yes", _("A lift, an alarm or a medical device")),
            ("no", _("Nothing of the kind any more")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
        help_text=_("No batch of a campaign ever cuts such a line. Which of them it is, is not recorded."),
    )


class DisputeForm(QuietForm):
    """A receipt or an appeal stands against the record."""

    number = number_field()
    receipt = forms.CharField(
        label=_("The receipt"), required=False, max_length=20_000,
        help_text=_(
            "Where the holder has one of a registration: the text out of its square, or its code. Without it the holder's word is enough."
        ),
        widget=forms.Textarea(attrs=_QUIET | {"rows": 4}),
    )  # fmt: skip


class CodeForm(QuietForm):
    """The code of a receipt, as it stands on paper and in notices."""

    code = forms.CharField(
        label=_("Code of the receipt"), max_length=40,
        help_text=_("It stands on the receipt and in every notice: a number, a hyphen, six letters or figures."),
        widget=forms.TextInput(attrs=_QUIET | {"class": "govuk-input--width-10"}),
    )  # fmt: skip


class RecordForm(QuietForm):
    """True identity for one line, by one deed, for one kind of party."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, deed: Deed, kind: PartyKind, pack: Pack,
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"language": _own_language()} | (initial or {}))
        self.deed, self.kind = deed, kind
        self.fields["number"] = number_field()
        if deed in _MAKES_LINES:
            self.fields["service"] = forms.ChoiceField(
                label=_("Service"), choices=list(words.SERVICES.items()), required=False,
                help_text=_("Of a new line. A line that is there keeps its own."),
            )  # fmt: skip
        self.part_names: dict[Part, list[str]] = {}
        service = str(self.data.get("service") or (initial or {}).get("service") or Service.MOBILE)
        for part in PARTS[kind]:
            attributes = pack.attributes(service, pack_kind(kind, part))
            self.part_names[part] = [name for name, field in _part_fields(part, attributes, self.fields)]
        if deed is Deed.CHANGE:
            self.fields["former__document_type"] = forms.ChoiceField(
                label=_("Kind of the former document"), choices=list(words.DOCUMENTS.items()), required=False
            )
            self.fields["former__document_number"] = forms.CharField(
                label=_("Number of the former document"), required=False, widget=forms.TextInput(attrs=_QUIET),
                help_text=_("Only where the document was renewed or recorded wrongly."),
            )  # fmt: skip
        self.fields["language"] = _asked(
            forms.ChoiceField(
                label=_("Language of notices"),
                choices=[(code, name) for code, name in _language_names() if code in settings().languages],
            ),
            why=_("What must be told is told in a language that the holder reads."),
        )
        self.fields["looked_twice"] = forms.BooleanField(
            label=_("The document was compared a second time and its number stands there so."), required=False,
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Give the fields of each part under its heading."""
        for part, names in self.part_names.items():
            yield str(words.PARTS[part]), [self[name] for name in names]

    def before(self) -> list[forms.BoundField]:
        """Return the fields about the line."""
        return [self[name] for name in ("number", "service") if name in self.fields]

    def after(self) -> list[forms.BoundField]:
        """Return the fields that come last; the second look is asked for where a number is doubtful."""
        last = ("former__document_type", "former__document_number", "language", "looked_twice")
        return [self[name] for name in last if name in self.fields]

    def submission(self) -> Submission:
        """Return what was submitted. Precondition: the form is valid."""
        given = self.cleaned_data
        former = (given.get("former__document_type", ""), given.get("former__document_number", ""))
        return Submission(
            submission_key=given["submission_key"],
            number=given["number"],
            kind=self.kind,
            parts={part: self._values(part) for part in self.part_names},
            service=Service(given["service"]) if given.get("service") else None,
            language=given["language"],
            looked_twice=given["looked_twice"],
            former_document=former if former[1] else None,
        )

    def _values(self, part: Part) -> dict[str, str]:
        values = {name.split("__", 1)[1]: self.cleaned_data[name] for name in self.part_names[part]}
        state = values.pop("document_state", "")
        if state and values.get("document_type") == "passport":
            values["document_type"] = f"passport-{state.lower()}"
        return {name: value for name, value in values.items() if value}


def _part_fields(
    part: Part, attributes: Sequence[Attribute], fields: dict[str, forms.Field]
) -> Iterator[tuple[str, forms.Field]]:
    for attribute in attributes:
        name = f"{part.key}__{attribute.name}"
        page = get_language() or ""
        why, language = attribute.why_in(page)
        fields[name] = _asked(
            _attribute_field(attribute), why=why, article=attribute.article, language="" if language == page else language
        )  # fmt: skip
        yield name, fields[name]
        if attribute.name == "document_type":
            name = f"{part.key}__document_state"
            fields[name] = forms.RegexField(
                r"^[A-Za-z]{2,3}$", label=_("Issuing state"), required=False,
                help_text=_("Of a passport: the letters printed on it, such as NPL. Two states may use one number."),
                widget=forms.TextInput(attrs=_QUIET | {"class": "govuk-input--width-3"}),
            )  # fmt: skip
            yield name, fields[name]


def _attribute_field(attribute: Attribute) -> forms.Field:
    label = words.ATTRIBUTES.get(attribute.name, attribute.name)
    if attribute.name == "document_type":
        choices = [(code, words.DOCUMENTS[code]) for code in KNOWN_TYPES]
        return forms.ChoiceField(label=label, choices=choices, required=attribute.required)
    widget = (
        forms.Textarea(attrs=_QUIET | {"rows": 2})
        if attribute.name == "address"
        else forms.TextInput(attrs=_QUIET)
    )
    hint = words.HINTS.get(attribute.name, "") if attribute.confirmed else words.UNCONFIRMED
    return forms.CharField(label=label, required=attribute.required, widget=widget, help_text=hint)


def _own_language() -> str:
    own = get_language() or ""
    return own if own in settings().languages else settings().languages[0]


def _language_names() -> list[tuple[str, str]]:
    from django.conf import settings as django_settings

    return list(django_settings.LANGUAGES)
