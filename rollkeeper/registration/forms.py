# SPDX-License-Identifier: EUPL-1.2
"""The form of a registration, as every app shows it: exactly what the pack asks, each field of the type of its attribute.

Next to the fields are the values read from a picture of the document, under marks that only this instance makes. An app adds its
own questions and texts (`FormTexts`). The fields become a `Submission` (`submissions.submission_of`).
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents import form_prefill
from rollkeeper.documents.offered import accepted_types, offered_types
from rollkeeper.documents.rules import TYPES_WITH_STATE
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import IdentityCheck, Payment, Service, label_of
from rollkeeper.kernel.phrasing import cite, clauses, colon, listed
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES, AttributeType
from rollkeeper.law.kinds import AcceptedDocument, Attribute, AuthorityProof, IdentityChecks
from rollkeeper.law.limit_rules import LimitRule
from rollkeeper.law.pack import Pack
from rollkeeper.registration.kind_rules import (
    AUTHORITY_SHOWN,
    IDENTITY_CHECK,
    LAST_DAY,
    LOOKED_OVER,
    asked_proof,
    offered_checks,
)
from rollkeeper.registration.submissions import (
    IMAGE_FIELDS,
    LINES_ELSEWHERE,
    MOST_LINES_ELSEWHERE,
    RegistrationKind,
    attributes_in,
)
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.vault.fields import Field

QUIET = {"autocomplete": "off", "autocapitalize": "off", "autocorrect": "off", "spellcheck": "false"}

_INPUT_TYPES = {
    AttributeType.DATE: {"type": "date", "class": "govuk-input--width-10"},
    AttributeType.EMAIL: {"type": "email"},
    AttributeType.TELEPHONE: {"type": "tel", "class": "govuk-input--width-20"},
    AttributeType.SIM_CARD: {"class": "govuk-input--width-20"},
    AttributeType.IMSI: {"inputmode": "numeric", "class": "govuk-input--width-20"},
    AttributeType.STATES: {"class": "govuk-input--width-20"},
}
_HINTS = {
    AttributeType.SIM_CARD: _("Printed on the card: 18 to 22 figures and letters, without spaces."),
    AttributeType.STATES: _(
        "The code of the state as in the passport, such as NPL. Write commas between several."
    ),
}


@dataclass(frozen=True, slots=True)
class FormTexts:
    """An app's texts for the questions, to a clerk or to a subscriber."""

    state_hint: Any
    hints: Mapping[str, Any] = field(default_factory=dict)
    unconfirmed: Any = ""
    """The hint of an attribute that is not confirmed in the official text."""
    lines_elsewhere: Any = ""
    """The question how many lines the subscriber has with other operators."""


class RegistrationForm(forms.Form):
    """The attributes of one or several parts. The names of a part's fields begin with its head, such as `subscriber__`."""

    texts: ClassVar[FormTexts]
    most_letters: ClassVar[int | None] = None
    has_reasons_together: ClassVar[bool] = False
    """Whether the page says in one place why the fields are asked, not next to each field."""

    def ask(self, attributes: Sequence[Attribute], *, head: str = "") -> list[str]:
        """Add the fields of one part, and the fields that a picture of its document fills in; return the names of the part's fields."""
        self.asked_of = {**getattr(self, "asked_of", {}), head: [one.name for one in attributes]}
        before = set(self.fields)
        for attribute in attributes:
            self.fields[head + attribute.name] = self._attribute_field(attribute)
            if ATTRIBUTES.get(attribute.name) is AttributeType.DOCUMENT_TYPE:
                self.fields[f"{head}document_state"] = state_field(self.texts.state_hint)
        names = [name for name in self.fields if name not in before]
        if "document_number" in self.asked_of[head]:
            for name in IMAGE_FIELDS:
                self.fields[head + name] = forms.CharField(
                    widget=forms.HiddenInput, required=False, max_length=form_prefill.MAX_COPY_BYTES, label=""
                )
        return names

    def ask_of_kind(
        self, pack: Pack, kind: str, *, head: str = "", action_kind: RegistrationKind | None = None
    ) -> list[str]:
        """Add the fields that the law asks of a kind of party in addition to its attributes; return their names.

        Only documents that the law accepts are offered. `action_kind`: the action of staff, who have the document before them.
        """
        is_seen = action_kind is not None
        accepted, rule = pack.documents(kind), pack.last_day(kind)
        before = set(self.fields)
        if accepted and isinstance(offered := self.fields.get(f"{head}document_type"), forms.ChoiceField):
            offered.choices = accepted_types(accepted)
        if rule and rule.is_read:
            self.fields[f"{head}{LAST_DAY}"] = asked(
                _last_day_field(), why=_WHY_LAST_DAY, article=cite(rule.article)
            )
        if is_seen and (looked_at := [one for one in accepted if one.is_looked_over]):
            self.fields[f"{head}{LOOKED_OVER}"] = asked(
                _looked_over_field(looked_at), why=_WHY_LOOKED_OVER, article=cite(looked_at[0].article)
            )
        if is_seen and (checks := offered_checks(pack, kind)):
            self.fields[f"{head}{IDENTITY_CHECK}"] = asked(
                _check_field(checks), why=_WHY_IDENTITY_CHECK, article=cite(checks.article)
            )
        if action_kind and (proof := asked_proof(pack, kind, action_kind=action_kind)):
            self.fields[f"{head}{AUTHORITY_SHOWN}"] = asked(
                _authority_field(proof), why=_WHY_AUTHORITY, article=cite(proof.article)
            )
        return [name for name in self.fields if name not in before]

    def ask_lines_elsewhere(self, limit: LimitRule, *, services: Collection[str], required: bool) -> None:
        """Add the question how many lines the subscriber has with other operators, of the kind that a limit counts.

        `services`: the services that must be registered under the law.
        """
        self.fields[LINES_ELSEWHERE] = asked(
            forms.IntegerField(
                label=self.texts.lines_elsewhere, required=required, min_value=0, max_value=MOST_LINES_ELSEWHERE,
                help_text=_said_of_limit(limit, services), error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _ELSEWHERE_FAULT),
                widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric", "class": "govuk-input--width-3"}),
            ),
            why=_WHY_ELSEWHERE, article=cite(limit.article),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Take the document copies that a reading gave; a copy that this instance did not make is not kept."""
        given = super().clean() or self.cleaned_data
        for head in self.asked_of:
            require_state(self, head)
        for head in self.heads_with_image():
            if text := given.get(f"{head}copy"):
                number = given.get(f"{head}document_number")
                copies = form_prefill.copies_in(
                    text, given.get(f"{head}copy_mark") or "", number=number or "", on=clock.today()
                )
                given[f"{head}copies"] = copies
                if copies is None:
                    self.add_error(
                        None,
                        _("The copy of the document is not as it was made. Have the picture read again."),
                    )
                elif number and not copies:
                    # Otherwise the subscriber of this record would see another person's document.
                    self.add_error(
                        None,
                        _(
                            "The copy is of a document with another number. Have the picture of this document read."
                        ),
                    )
        return given

    def heads_with_image(self) -> list[str]:
        """Return the heads of the parts whose document may be read from a picture."""
        return [head for head, names in self.asked_of.items() if "document_number" in names]

    def values_of(self, head: str = "") -> dict[str, str]:
        """Return the values given for one part, by the pack's names."""
        names = {*self.asked_of[head], "document_state"}
        given = {name: value for name, value in self.cleaned_data.items() if name.removeprefix(head) in names}
        return attributes_in(given, head)

    def copies_of(self, head: str = "") -> tuple[bytes, ...]:
        """Return the redacted copies of one part's document. Precondition: the form is valid."""
        return self.cleaned_data.get(f"{head}copies") or ()

    def was_read(self, head: str = "") -> bool:
        """Tell whether the number was read by machine and confirmed as it was read. Precondition: the form is valid."""
        values = self.values_of(head)
        return form_prefill.machine_read(
            self.cleaned_data.get(f"{head}read") or "", document_type=values.get("document_type", "other"),
            number=values.get("document_number", ""), on=clock.today(),
        )  # fmt: skip

    def _attribute_field(self, attribute: Attribute) -> forms.Field:
        only: list[tuple[str, type[TextChoices]]] = [(one, Service) for one in attribute.services]
        only += [(one, PartyKind) for one in attribute.party_kinds]
        only += [(attribute.payment, Payment)] if attribute.payment else []
        label, required = _label_later(attribute.name, Field), attribute.required and not only
        kind = (ATTRIBUTES | LINE_ATTRIBUTES).get(attribute.name, AttributeType.TEXT)
        page = get_language() or ""
        why, language = attribute.why_in(page)
        if kind is AttributeType.DOCUMENT_TYPE:
            chosen: forms.Field = forms.ChoiceField(label=label, choices=offered_types, required=required)
        else:
            hint: Any = self.texts.hints.get(attribute.name) or _HINTS.get(kind, "")
            hint = hint if attribute.confirmed else self.texts.unconfirmed or ""
            if only:
                said = _("Required for these lines") if attribute.required else _("Only for these lines")
                hint = f"{said}{colon()}{listed(label_of(*one) for one in only)}"
            if attribute.is_recorded:
                hint = _("Leave it empty where it is as recorded.")
            chosen = forms.CharField(
                label=label, required=required, max_length=self.most_letters, widget=_widget(kind), help_text=hint
            )  # fmt: skip
        return asked(
            chosen,
            why=why,
            article=_cite_later(attribute.article),
            language="" if language == page else language,
        )


_cite_later, _label_later = lazy(cite, str), lazy(label_of, str)
"""Made only when a page shows them: most forms are filled in and never shown."""


def asked[F: forms.Field](field: F, *, why: Any, article: Any = "", language: str = "") -> F:
    """Add to a field the reason why it is asked, and the article as cited; the template shows both, in the language of the reason."""
    field.why, field.why_language = why, language  # type: ignore[attr-defined]
    field.article = article  # type: ignore[attr-defined]
    return field


def state_field(hint: Any) -> forms.RegexField:
    """Return the field for the state that issued a document; a form that is taken down offline asks for it by its types."""
    of = {"data-state-of": " ".join(sorted(TYPES_WITH_STATE))}
    return forms.RegexField(
        r"^[A-Za-z]{1,3}$", label=_("Issuing state"), required=False, help_text=hint,
        widget=forms.TextInput(attrs=QUIET | of | {"class": "govuk-input--width-3"}),
    )  # fmt: skip


def require_state(form: forms.Form, head: str = "") -> None:
    """Refuse, at its field, a number that two states may use without the state. `head`: with which the fields' names begin."""
    kind, number, state = (
        form.cleaned_data.get(f"{head}document_{name}", "?") for name in ("type", "number", "state")
    )
    if kind in TYPES_WITH_STATE and number and not state:
        said = _("Enter the state that issued it: two states may use one number.")
        form.add_error(f"{head}document_state", said)


_WHY_LAST_DAY = _(
    "The law has a registration of this kind end on a day. It is stored as that day and nothing else."
)
_WHY_LOOKED_OVER = _("The law accepts the document only so. That it was looked at is not recorded.")

_WHY_IDENTITY_CHECK = _(
    "The law has the identity verified by one of these checks. Recorded is which one said yes, and nothing that it saw."
)


_WHY_AUTHORITY = _(
    "The law has the person who acts for the company prove it so. Recorded is that it was shown, and nothing of it."
)


_WHY_ELSEWHERE = _(
    "The law limits how many lines one subscriber has with all operators together. The number is compared with the limit and not recorded. What waits for a second person, or was taken offline, holds it sealed until it is decided."
)
_ELSEWHERE_FAULT = _("Give a number from 0 to 999.")


def _said_of_limit(limit: LimitRule, services: Collection[str]) -> str:
    """Say which lines a limit counts."""
    counted = listed(label_of(one, Service) for one in services if one in limit.services)
    said = [f"{_('Count only these')}{colon()}{counted}"]
    if limit.asks_payment:
        said.append(f"{_('Only lines that are paid so')}{colon()}{label_of(limit.payments[0], Payment)}")
    if limit.activated_from > dt.date.min:
        since = date_format(limit.activated_from, "SHORT_DATE_FORMAT")
        said.append(f"{_('Only lines in service since this day or later')}{colon()}{since}")
    return clauses(said)


def _last_day_field() -> forms.CharField:
    return forms.CharField(
        label=_("Last day on the permit or document"),
        widget=forms.TextInput(attrs=QUIET | _INPUT_TYPES[AttributeType.DATE]),
        help_text=_("Tell the subscriber: the registration is good through this day. A document shown again extends it."),
    )  # fmt: skip


def _looked_over_field(documents: Sequence[AcceptedDocument]) -> forms.BooleanField:
    return forms.BooleanField(
        label=_("I looked at it: %(what)s.") % {"what": clauses(_said_document(one) for one in documents)},
        required=False, widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def _check_field(checks: IdentityChecks) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("How was the identity checked?"), required=False,
        choices=[("", _("Choose")), *((one, IdentityCheck(one).label) for one in checks.methods)],
        help_text=_("Choose the check that said yes. If none does, do not register the subscriber: a “no” is not recorded."),
    )  # fmt: skip


def _authority_field(shown: AuthorityProof) -> forms.BooleanField:
    proof = text_in(get_language() or "en", shown.proof)[0]
    return forms.BooleanField(
        label=_("The person who acts for the company showed: %(proof)s.") % {"proof": proof},
        widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def _said_document(document: AcceptedDocument) -> str:
    names = dict(accepted_types([document]))
    said: list[Any] = [names.get(document.type, document.type)]
    if not document.expired_ok:
        said.append(_("not expired"))
    if document.shown_with:
        said.append(text_in(get_language() or "en", document.shown_with)[0])
    return listed(said)


def _widget(kind: AttributeType) -> forms.Widget:
    if kind is AttributeType.LONG_TEXT:
        return forms.Textarea(attrs=QUIET | {"rows": 2})
    if kind in _INPUT_TYPES:
        return forms.TextInput(attrs=QUIET | _INPUT_TYPES[kind])
    return forms.TextInput(attrs=QUIET)
