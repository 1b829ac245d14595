# SPDX-License-Identifier: EUPL-1.2
"""The form of a registration: exactly what the pack asks of each part, and beside it what a picture of the document gave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.counter import labels
from rollkeeper.counter.forms import QUIET, QuietForm, asked, number_field, state_field
from rollkeeper.documents import form_prefill
from rollkeeper.documents.choices import DocumentType
from rollkeeper.documents.rules import with_state
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service, label_of
from rollkeeper.kernel.instance import instance
from rollkeeper.law.choices import NoDocumentWay
from rollkeeper.law.pack import Attribute, Pack, RouteRule
from rollkeeper.registration.submissions import (
    NEW_TENURE_KINDS,
    Presence,
    RegistrationKind,
    Submission,
    presence_in,
    transferor_in,
)
from rollkeeper.subscribers.choices import PARTS, Part, PartyKind, pack_kind
from rollkeeper.vault.fields import Field

_CREATES_LINE = frozenset({RegistrationKind.REGISTER, RegistrationKind.INSTALL})
_FROM_IMAGE = ("read", "copy", "copy_mark")
_SIDES = (
    "transferor__presence",
    "transferor__document_type",
    "transferor__document_state",
    "transferor__document_number",
    "transferee__presence",
)


@dataclass(frozen=True, slots=True)
class Group:
    """One part as the page shows it."""

    part: Part
    heading: str
    fields: list[forms.BoundField]
    hidden: list[forms.BoundField]


class RecordForm(QuietForm):
    """True identity for one line, by one action, for one kind of party."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, action_kind: RegistrationKind, kind: PartyKind, pack: Pack,
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"language": _own_language()} | (initial or {}))
        self.action_kind, self.kind = action_kind, kind
        self.fields["number"] = number_field()
        if action_kind in _CREATES_LINE:
            self.fields["service"] = forms.ChoiceField(
                label=_("Service"), choices=[("", _("As it stands there")), *Service.choices], required=False,
                help_text=_("Of a new line: a mobile telephone unless you choose. A line that is there keeps its own."),
            )  # fmt: skip
        service = str(self.data.get("service") or (initial or {}).get("service") or Service.MOBILE)
        self.routes = pack.routes(service, kind.value) if action_kind in NEW_TENURE_KINDS else ()
        if self.routes:
            self.fields["route"] = _route_field(self.routes)
        if action_kind is RegistrationKind.TRANSFER:
            self.fields |= _sides_fields()
        self.part_names: dict[Part, list[str]] = {}
        self.attributes: dict[Part, list[str]] = {}
        self.with_image: list[Part] = []
        """Parts whose document may be read from a picture."""
        for part in PARTS[kind]:
            attributes = pack.attributes(service, pack_kind(kind, part))
            self.part_names[part] = [name for name, field in _part_fields(part, attributes, self.fields)]
            self.attributes[part] = [attribute.name for attribute in attributes]
            if "document_number" in self.attributes[part]:
                self.with_image.append(part)
                for name in _FROM_IMAGE:
                    self.fields[f"{part.key}__{name}"] = _hidden(form_prefill.MAX_COPY_BYTES)
        if self.routes:
            self.fields["subscriber__document_number"].required = False
        if action_kind is RegistrationKind.CHANGE:
            self.fields["former__document_type"] = forms.ChoiceField(
                label=_("Kind of the former document"), choices=DocumentType.choices, required=False
            )
            self.fields["former__document_state"] = state_field()
            self.fields["former__document_number"] = forms.CharField(
                label=_("Number of the former document"), required=False, widget=forms.TextInput(attrs=QUIET),
                help_text=_("Only where the document was renewed or recorded wrongly."),
            )  # fmt: skip
            self.fields["former__was_wrong"] = forms.BooleanField(
                label=_("That number was recorded wrongly and was never theirs."), required=False,
                widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        self.fields["language"] = asked(
            forms.ChoiceField(
                label=_("Language of notices"),
                choices=[(code, name) for code, name in _language_names() if code in instance().languages],
            ),
            why=_("Notices are sent in a language that the subscriber reads."),
        )
        self.fields["double_checked"] = forms.BooleanField(
            label=_("The document was compared a second time and its number stands there so."), required=False,
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
        if any(limit.over == "review" for limit in pack.limits):
            self.fields["overrides_limit"] = forms.BooleanField(
                label=_("A supervisor, I looked at it: the subscriber may have a line more than the limit."),
                required=False, widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip

    def groups(self) -> Iterator[Group]:
        """Give the fields of each part under its heading."""
        return map(self.group, self.part_names)

    def group(self, part: Part) -> Group:
        """Return the fields of one part; those that hold what a picture gave are hidden."""
        hidden = [self[f"{part.key}__{name}"] for name in _FROM_IMAGE if part in self.with_image]
        return Group(part, str(part.label), [self[name] for name in self.part_names[part]], hidden)

    def before(self) -> list[forms.BoundField]:
        """Return the fields about the line."""
        return [self[name] for name in ("number", *_SIDES, "service", "route") if name in self.fields]

    def after(self) -> list[forms.BoundField]:
        """Return the fields that come last; the second look is asked for where a number is doubtful."""
        last = (
            "former__document_type",
            "former__document_state",
            "former__document_number",
            "former__was_wrong",
            "language",
            "double_checked",
            "overrides_limit",
        )
        return [self[name] for name in last if name in self.fields]

    def submission(self) -> Submission:
        """Return what was submitted. Precondition: the form is valid."""
        given = self.cleaned_data
        former = (
            with_state(given.get("former__document_type", ""), given.get("former__document_state")),
            given.get("former__document_number", ""),
        )
        return Submission(
            submission_key=given["submission_key"],
            number=given["number"],
            kind=self.kind,
            parts={part: self._values(part) for part in self.part_names},
            service=Service(given["service"]) if given.get("service") else None,
            language=given["language"],
            double_checked=given["double_checked"],
            route=given.get("route") or None,
            overrides_limit=bool(given.get("overrides_limit")),
            former_document=former if former[1] else None,
            former_was_wrong=bool(given.get("former__was_wrong")),
            transferor=transferor_in(given),
            transferee_presence=presence_in(given, "applicant"),
            machine_read=frozenset(part for part in self.with_image if self._was_read(part)),
            copies={part: copies for part in self.with_image if (copies := given.get(f"{part.key}__copies"))},
        )

    def clean(self) -> dict[str, Any]:
        """Take the copies that a reading gave; what this instance did not make is not kept."""
        given = super().clean() or self.cleaned_data
        for part in self.with_image:
            text, mark = (given.get(f"{part.key}__{name}") or "" for name in ("copy", "copy_mark"))
            if text:
                given[f"{part.key}__copies"] = form_prefill.copies_in(text, mark, on=clock.today())
                if given[f"{part.key}__copies"] is None:
                    self.add_error(
                        None,
                        _("The copy of the document is not as it was made. Have the picture read again."),
                    )
        return given

    def _was_read(self, part: Part) -> bool:
        values, mark = self._values(part), self.cleaned_data.get(f"{part.key}__read") or ""
        kind, number = values.get("document_type", "other"), values.get("document_number", "")
        return form_prefill.machine_read(mark, document_type=kind, number=number, on=clock.today())

    def _values(self, part: Part) -> dict[str, str]:
        values = {name.split("__", 1)[1]: self.cleaned_data[name] for name in self.part_names[part]}
        state = values.pop("document_state", "")
        values["document_type"] = with_state(values.get("document_type", ""), state)
        return {name: value for name, value in values.items() if value}


def _sides_fields() -> dict[str, forms.Field]:
    """Return the fields for who gives a line up, and for who stands there for whom."""
    why = _("Nobody takes a line behind the back of whoever is registered for it.")
    return {
        "transferor__presence": asked(
            forms.ChoiceField(
                label=_("Who gives the line up?"), choices=Presence.choices, required=False,
                help_text=_("A proxy shows the subscriber's document, their own and a signed authority. The proxy is not recorded."),
            ),
            why=why,
        ),
        "transferor__document_type": forms.ChoiceField(
            label=_("Kind of the present subscriber's document"), choices=DocumentType.choices, required=False
        ),
        "transferor__document_state": state_field(),
        "transferor__document_number": forms.CharField(
            label=_("Number of the present subscriber's document"), required=False, widget=forms.TextInput(attrs=QUIET),
            help_text=_("Compared and not recorded. Leave it out where nobody is registered for the line."),
        ),
        "transferee__presence": forms.ChoiceField(
            label=_("Who takes the line?"), choices=Presence.choices, required=False
        ),
    }  # fmt: skip


def _route_field(routes: Sequence[RouteRule]) -> forms.ChoiceField:
    """Return the field for what the subscriber shows: a document, or what the pack accepts of who has none."""
    said = [(rule.way, _said_route(rule)) for rule in routes]
    return asked(
        forms.ChoiceField(
            label=_("What does the subscriber show?"), choices=[("", _("A document")), *said], required=False,
            help_text=_("Without a document its kind and number are left out. Whoever vouches is not recorded."),
        ),
        why=_("Who has no document is not turned away where the law gives a way."),
        article=", ".join(dict.fromkeys(rule.article for rule in routes)),
    )  # fmt: skip


def _said_route(rule: RouteRule) -> str:
    said = label_of(rule.way, NoDocumentWay)
    if rule.days is None:
        return said
    return ngettext("%(way)s (accepted for %(days)d day)", "%(way)s (accepted for %(days)d days)", rule.days) % {
        "way": said, "days": rule.days,
    }  # fmt: skip


def _hidden(most: int) -> forms.CharField:
    """Return a field that only a reading fills in, without a place on the page."""
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=most, label="")


def _part_fields(
    part: Part, attributes: Sequence[Attribute], fields: dict[str, forms.Field]
) -> Iterator[tuple[str, forms.Field]]:
    for attribute in attributes:
        name = f"{part.key}__{attribute.name}"
        page = get_language() or ""
        why, language = attribute.why_in(page)
        fields[name] = asked(
            _attribute_field(attribute), why=why, article=attribute.article, language="" if language == page else language
        )  # fmt: skip
        yield name, fields[name]
        if attribute.name == "document_type":
            name = f"{part.key}__document_state"
            fields[name] = state_field()
            yield name, fields[name]


def _attribute_field(attribute: Attribute) -> forms.Field:
    label = label_of(attribute.name, Field)
    if attribute.name == "document_type":
        return forms.ChoiceField(label=label, choices=DocumentType.choices, required=attribute.required)
    widget = (
        forms.Textarea(attrs=QUIET | {"rows": 2})
        if attribute.name == "address"
        else forms.TextInput(attrs=QUIET)
    )
    hint = labels.HINTS.get(attribute.name, "") if attribute.confirmed else labels.UNCONFIRMED
    return forms.CharField(label=label, required=attribute.required, widget=widget, help_text=hint)


def _own_language() -> str:
    own = get_language() or ""
    return own if own in instance().languages else instance().languages[0]


def _language_names() -> list[tuple[str, str]]:
    from django.conf import settings as django_settings

    return list(django_settings.LANGUAGES)
