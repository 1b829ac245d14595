# SPDX-License-Identifier: EUPL-1.2
"""The form of a registration: exactly what the pack asks of each part, prefilled with values read from a picture of the document."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rollkeeper.counter import labels
from rollkeeper.counter.forms import (
    STATE_HINT,
    QuietForm,
    confirmed_field,
    double_checked_field,
    number_field,
)
from rollkeeper.documents.choices import DocumentType
from rollkeeper.documents.offered import offered_types
from rollkeeper.kernel.choices import SAID_PAYMENTS, Payment, Service, label_of
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import cite, colon, listed, write_period
from rollkeeper.law.choices import NoDocumentWay
from rollkeeper.law.countries import country_bytes
from rollkeeper.law.kinds import RouteRule
from rollkeeper.law.pack import Pack
from rollkeeper.registration.forms import (
    QUIET,
    FormTexts,
    RegistrationForm,
    asked,
    require_state,
    state_field,
)
from rollkeeper.registration.kind_rules import IDENTITY_CHECK, LAST_DAY, is_check_asked, national_limit
from rollkeeper.registration.party_kinds import kind_named
from rollkeeper.registration.submissions import (
    IMAGE_FIELDS,
    LINES_ELSEWHERE,
    NEW_CONTRACT_KINDS,
    NEW_TENURE_KINDS,
    Presence,
    RegistrationKind,
    Submission,
    submission_of,
)
from rollkeeper.subscribers.choices import PARTY_ROLES, PartyKind, PartyRole, pack_kind

_SIDES = (
    "transferor__presence",
    "transferor__document_type",
    "transferor__document_state",
    "transferor__document_number",
    "transferee__presence",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a field is asked, the language of that text, and the article."""

    label: str
    why: str
    language: str
    article: str


@dataclass(frozen=True, slots=True)
class Group:
    """One part as the page shows it."""

    part: PartyRole
    heading: str
    fields: list[forms.BoundField]
    hidden: list[forms.BoundField]
    is_folded: bool
    """Whether all of it is optional."""

    @property
    def has_errors(self) -> bool:
        """Tell whether one of its fields is at fault."""
        return any(field.errors for field in self.fields)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a form, and how they belong together: the same for everyone, and never changed."""

    fields: dict[str, forms.Field]
    routes: tuple[RouteRule, ...]
    with_image: list[PartyRole]
    line_names: list[str]
    part_names: dict[PartyRole, list[str]]
    attributes: dict[PartyRole, list[str]]
    asked_of: dict[str, list[str]]


_MADE: dict[tuple[Any, ...], _Fields] = {}
"""Fields that were made, by all that they depend on."""
_MOST_MADE: Final = 200


class RecordForm(RegistrationForm, QuietForm):
    """The form of the true identity for one line, by one action, for one kind of party."""

    texts = FormTexts(
        STATE_HINT, labels.HINTS,
        lines_elsewhere=_("How many other lines does the subscriber have with other operators?"),
    )  # fmt: skip
    has_reasons_together = True
    part_names: dict[PartyRole, list[str]]
    attributes: dict[PartyRole, list[str]]

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, action_kind: RegistrationKind, kind: str, pack: Pack,
        initial: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        named = kind_named(kind, pack)
        assert named is not None  # noqa: S101 - the caller chose one that the pack has
        self.action_kind, self.kind = action_kind, named
        self.fields["number"] = number_field()
        chosen = str(self.data.get("service") or (initial or {}).get("service") or "")
        key = (
            pack, action_kind, named.id, chosen, get_language(), tuple(instance().languages),
            country_bytes(pack.file.jurisdiction)
        )  # fmt: skip
        made = _MADE.get(key) or self._make(pack, chosen)
        if key not in _MADE and (not chosen or chosen in Service):
            if len(_MADE) >= _MOST_MADE:
                _MADE.clear()
            _MADE[key] = made
        # A form has a copy of each field, so that a page's changes do not reach the next person's form.
        self.fields |= {name: copy(field) for name, field in made.fields.items()}
        self.routes, self.with_image, self.line_names = made.routes, made.with_image, made.line_names
        self.part_names, self.attributes, self.asked_of = made.part_names, made.attributes, made.asked_of

    def _make(self, pack: Pack, chosen: str) -> "_Fields":
        """Make the fields for an action and a kind of party: they depend on no person, and on nothing typed except a service."""
        action_kind, kind, before = self.action_kind, self.kind, set(self.fields)
        if action_kind in NEW_CONTRACT_KINDS:
            self.fields["service"] = forms.ChoiceField(
                label=_("Service"), choices=[("", _("As recorded")), *Service.choices], required=False,
                help_text=_("For a new line: a mobile telephone unless you choose. An existing line keeps its service."),
            )  # fmt: skip
        if pack.payment_asked:
            self.fields["payment"] = _payment_field(
                pack.payment_asked, makes_line=action_kind in NEW_CONTRACT_KINDS
            )
        service = chosen or Service.MOBILE.value
        self.routes = pack.routes(service, kind.id) if action_kind in NEW_TENURE_KINDS else ()
        if self.routes:
            self.fields["route"] = _route_field(self.routes)
        if action_kind is RegistrationKind.TRANSFER:
            self.fields |= _sides_fields()
        self._ask_of_parts(pack, service, of_any_line=not chosen)
        self.with_image = [part for part in self.part_names if f"{part.key}__" in self.heads_with_image()]
        """Parts whose document may be read from a picture."""
        if kind.id == PartyKind.COMPANY and "subscriber__document_type" in self.fields:
            self.fields["subscriber__document_type"].initial = DocumentType.BUSINESS_LICENCE.value
        if action_kind is RegistrationKind.CHANGE:
            self.fields |= _former_document_fields()
        if limit := national_limit(pack, kind.id, action_kind=action_kind):
            is_for_all = set(pack.services) <= set(limit.services) and limit.is_for_all_lines
            self.ask_lines_elsewhere(limit, services=pack.services, required=is_for_all and not self.routes)
        self.fields["language"] = asked(
            forms.ChoiceField(
                label=_("Language of notices"),
                choices=_languages(),
            ),
            why=_("Notices are sent in a language that the subscriber reads."),
        )
        self.fields |= _contact_fields(self.attributes[PartyRole.SUBSCRIBER])
        self.fields["double_checked"] = double_checked_field()
        if any(limit.over == "review" for limit in pack.limits):
            self.fields["overrides_limit"] = forms.BooleanField(
                label=_("As a supervisor I checked it: the subscriber may have one line more than the limit."),
                required=False, widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        if action_kind is RegistrationKind.TRANSFER:
            self.fields["confirmed"] = confirmed_field(
                _("I checked with both that this line is to go from one to the other.")
            )
        return _Fields(
            {name: field for name, field in self.fields.items() if name not in before}, tuple(self.routes), self.with_image,
            self.line_names, self.part_names, self.attributes, self.asked_of,
        )  # fmt: skip

    @cached_property
    def reasons(self) -> list[Reason]:
        """Why each field is asked, in one place of the page: a fold at each field would double the steps by keyboard."""
        return [reason for name in self.fields if (reason := self._reason_of(name))]

    def _ask_of_parts(self, pack: Pack, service: str, *, of_any_line: bool) -> None:
        self.part_names, self.attributes = {}, {}
        for part in PARTY_ROLES[self.kind.built_in]:
            attributes = pack.attributes(service, pack_kind(self.kind.id, part), of_any_line=of_any_line)
            if self.action_kind is RegistrationKind.CHANGE:
                attributes = tuple(one.as_recorded if one.is_of_line else one for one in attributes)
            self.part_names[part] = self.ask(attributes, head=f"{part.key}__")
            self.attributes[part] = [attribute.name for attribute in attributes]
            if part is PartyRole.SUBSCRIBER:
                self.line_names = [f"{part.key}__{one.name}" for one in attributes if one.is_of_line]
                self.part_names[part] = [n for n in self.part_names[part] if n not in self.line_names]
        head = f"{PartyRole.SUBSCRIBER.key}__"
        self.part_names[PartyRole.SUBSCRIBER] += self.ask_of_kind(
            pack, self.kind.id, head=head, action_kind=self.action_kind
        )
        if self.routes:
            for name in {f"{head}document_number", f"{head}{LAST_DAY}"} & self.fields.keys():
                self.fields[name].required = False
        if check := self.fields.get(f"{head}{IDENTITY_CHECK}"):
            self._require_check(check, pack)

    def _require_check(self, check: forms.Field, pack: Pack) -> None:
        """Require the choice of a check, unless it depends on the line or on what the subscriber shows; then the answer asks for it."""
        laws = [pack.for_service(one) for one in pack.services]
        paid = [one for one in SAID_PAYMENTS if all(law.checks(self.kind.id, payment=one) for law in laws)]
        check.required = (
            len(paid) == len(SAID_PAYMENTS) and not self.routes and is_check_asked(pack, self.action_kind)
        )
        if len(paid) == 1:
            only = f"{_('Only lines that are paid so')}{colon()}{label_of(paid[0], Payment)}"
            check.help_text = f"{check.help_text} {only}"

    def _reason_of(self, name: str) -> Reason | None:
        field = self.fields[name]
        why = getattr(field, "why", "")
        if not why:
            return None
        part = next((part.label for part in self.part_names if name.startswith(f"{part.key}__")), "")
        label = f"{part} · {field.label}" if part and len(self.part_names) > 1 else str(field.label)
        return Reason(label, why, field.why_language, field.article)  # type: ignore[attr-defined]

    @property
    def is_for_new_subscriber(self) -> bool:
        """Tell whether a new subscriber gets the line, who may have no document."""
        return self.action_kind in NEW_TENURE_KINDS

    def groups(self) -> Iterator[Group]:
        """Return the fields of each part under its heading."""
        return map(self.group, self.part_names)

    def group(self, part: PartyRole) -> Group:
        """Return the fields of one part; fields with values from a picture are hidden."""
        hidden = [self[f"{part.key}__{name}"] for name in IMAGE_FIELDS if part in self.with_image]
        fields = [self[name] for name in self.part_names[part]]
        is_folded = part is not PartyRole.SUBSCRIBER and not any(
            field.field.required for field in fields if field.name != f"{part.key}__document_type"
        )
        return Group(part, str(part.label), fields, hidden, is_folded)

    def part_of(self, name: str) -> str:
        """Return the part that a field belongs to, if the form asks about several people."""
        found = [part for part, names in self.part_names.items() if name in names]
        return str(found[0].label) if found and len(self.part_names) > 1 else ""

    def clean(self) -> dict[str, Any]:
        """Check the states of the other documents too."""
        given = super().clean()
        for head in ("former__", "transferor__"):
            require_state(self, head)
        return given

    def before(self) -> list[forms.BoundField]:
        """Return the fields about the line."""
        return [
            self[name]
            for name in ("number", *_SIDES, "service", "payment", "route", *self.line_names)
            if name in self.fields
        ]

    def after(self) -> list[forms.BoundField]:
        """Return the fields that come last; a second look is asked for if a number is doubtful."""
        last = (
            "former__document_type",
            "former__document_state",
            "former__document_number",
            "former__was_wrong",
            LINES_ELSEWHERE,
            "language",
            "contact_email",
            "double_checked",
            "overrides_limit",
            "confirmed",
        )
        return [self[name] for name in last if name in self.fields]

    def submission(self) -> Submission:
        """Return what was submitted. Precondition: the form is valid."""
        heads = {part: f"{part.key}__" for part in self.with_image}
        not_fields = {head + name for head in heads.values() for name in (*IMAGE_FIELDS, "copies")}
        return submission_of(
            {name: value for name, value in self.cleaned_data.items() if name not in not_fields},
            submission_key=self.cleaned_data["submission_key"], kind=self.kind,
            machine_read=frozenset(part for part, head in heads.items() if self.was_read(head)),
            copies={part: copies for part, head in heads.items() if (copies := self.copies_of(head))},
        )  # fmt: skip


def _contact_fields(attributes: Sequence[str]) -> dict[str, forms.Field]:
    """Return the field for the e-mail address of a line that is no telephone, unless the law asks for one anyway."""
    if "email" in attributes:
        return {}
    field = forms.EmailField(
        label=_("E-mail address for notices"), required=False, widget=forms.EmailInput(attrs=QUIET),
        help_text=_(
            "Only for a domain, a site, an address block or an internet access, if the subscriber wishes. A telephone is reached by its number."
        ),
    )  # fmt: skip
    why = _(
        "Notices and codes for the portal reach the subscriber there. It is kept with the line and not with the record."
    )
    return {"contact_email": asked(field, why=why)}


def _former_document_fields() -> dict[str, forms.Field]:
    """Return the fields for the document that a change replaces."""
    return {
        "former__document_type": forms.ChoiceField(
            label=_("Kind of the former document"), choices=offered_types, required=False
        ),
        "former__document_state": state_field(STATE_HINT),
        "former__document_number": forms.CharField(
            label=_("Number of the former document"), required=False, widget=forms.TextInput(attrs=QUIET),
            help_text=_("Only where the document was renewed or recorded wrongly."),
        ),
        "former__was_wrong": forms.BooleanField(
            label=_("That number was recorded wrongly and was never theirs."), required=False,
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        ),
    }  # fmt: skip


def _sides_fields() -> dict[str, forms.Field]:
    """Return the fields for the transferor, and for the person present on each side."""
    why = _("A line is not transferred without its registered subscriber.")
    return {
        "transferor__presence": asked(
            forms.ChoiceField(
                label=_("Who gives the line up?"), choices=Presence.choices, required=False,
                help_text=_("A proxy shows the subscriber's document, their own and a signed authority. The proxy is not recorded."),
            ),
            why=why,
        ),
        "transferor__document_type": forms.ChoiceField(
            label=_("Kind of the present subscriber's document"), choices=offered_types, required=False
        ),
        "transferor__document_state": state_field(STATE_HINT),
        "transferor__document_number": forms.CharField(
            label=_("Number of the present subscriber's document"), required=False, widget=forms.TextInput(attrs=QUIET),
            help_text=_("Compared and not recorded. Leave it empty if no subscriber is registered for the line."),
        ),
        "transferee__presence": forms.ChoiceField(
            label=_("Who takes the line?"), choices=Presence.choices, required=False
        ),
    }  # fmt: skip


def _payment_field(preset: str, *, makes_line: bool) -> forms.ChoiceField:
    """Return the field for how the line is paid, if the law asks it."""
    said = str(_("For a new line: {payment}, unless you choose.")).format(payment=label_of(preset, Payment))
    return forms.ChoiceField(
        label=_("How the line is paid"), choices=[("", _("As recorded")), *((one, Payment(one).label) for one in SAID_PAYMENTS)],
        required=False, help_text=said if makes_line else "",
    )  # fmt: skip


def _route_field(routes: Sequence[RouteRule]) -> forms.ChoiceField:
    """Return the field for what the subscriber shows: a document, or what the pack accepts from people without one."""
    said = [(rule.way, _said_route(rule)) for rule in routes]
    return asked(
        forms.ChoiceField(
            label=_("What does the subscriber show?"), choices=[("", _("A document")), *said], required=False,
            help_text=_("Without a document, leave out its kind and number. The person who vouches is not recorded."),
        ),
        why=_("Do not turn away a person without a document where the law gives a way."),
        article=listed(dict.fromkeys(cite(rule.article) for rule in routes)),
    )  # fmt: skip


def _said_route(rule: RouteRule) -> str:
    said = label_of(rule.way, NoDocumentWay)
    if rule.term is None:
        return said
    period = write_period(years=rule.term.years, months=rule.term.months, days=rule.term.days)
    return _("%(way)s (accepted for %(period)s)") % {"way": said, "period": period}


def _languages() -> list[tuple[str, Any]]:
    """Return the languages of notices, none chosen: the clerk's language says nothing about the subscriber's."""
    from django.conf import settings as django_settings

    offered: list[tuple[str, Any]] = [
        one for one in django_settings.LANGUAGES if one[0] in instance().languages
    ]
    return offered if len(offered) == 1 else [("", _("Ask the subscriber")), *offered]
