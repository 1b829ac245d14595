# SPDX-License-Identifier: EUPL-1.2
"""The form by which somebody registers a line themselves: exactly what the pack asks of one person, each with its reason."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents import form_prefill
from rollkeeper.documents.choices import DocumentType, Verdict
from rollkeeper.documents.rules import check_number, with_state
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.error_messages import cite
from rollkeeper.law.pack import Attribute
from rollkeeper.portal.forms import QUIET, QuietForm, state_field
from rollkeeper.vault.fields import Field

_FROM_IMAGE = ("read", "copy", "copy_mark")


class RecordForm(QuietForm):
    """True identity, declared by its subscriber."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, attributes: Sequence[Attribute], **more: Any
    ) -> None:
        super().__init__(data, **more)
        self._asked = attributes
        self.attributes = [one.name for one in attributes]
        for name in _FROM_IMAGE:
            self.fields[name] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=form_prefill.MAX_COPY_BYTES, label=""
            )
        for one in attributes:
            self.fields[one.name] = _field(one)
            if one.name == "document_type":
                self.fields["document_state"] = state_field()
        self.fields["double_checked"] = forms.BooleanField(
            label=_("I compared the number once more, and it stands so on the document."), required=False,
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
        self.fields["confirmed"] = forms.BooleanField(
            label=_("All of this is about me and stands so on my document."),
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        )

    def _anew(self, initial: dict[str, Any]) -> Self:
        return type(self)(attributes=self._asked, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Take the copies that a reading gave, where this instance made them; ask for a second look at a doubtful number."""
        given = super().clean() or self.cleaned_data
        if given.get("copy"):
            given["copies"] = form_prefill.copies_in(
                given["copy"], given.get("copy_mark", ""), on=clock.today()
            )
            if given["copies"] is None:
                self.add_error(
                    None, _("The copy of the document is not as it was made. Have the picture read again.")
                )
        if given.get("document_number") and not given.get("double_checked"):
            kind = self.values().get("document_type", "other")
            if check_number(kind, given["document_number"], clock.today()).verdict is Verdict.DOUBTFUL:
                self.add_error(
                    "document_number",
                    _("It is not of the usual form: look again, and say below that you did."),
                )
        return given

    def values(self) -> dict[str, str]:
        """Return what was given, by the pack's names."""
        values = {name: self.cleaned_data.get(name) or "" for name in self.attributes}
        values["document_type"] = with_state(
            values.get("document_type", ""), self.cleaned_data.get("document_state")
        )
        return {name: value for name, value in values.items() if value}

    def copies(self) -> tuple[bytes, ...]:
        """Return the redacted copies. Precondition: the form is valid."""
        return self.cleaned_data.get("copies") or ()

    def machine_read(self) -> bool:
        """Tell whether the number was read by machine and confirmed as it was read. Precondition: the form is valid."""
        values = self.values()
        return form_prefill.machine_read(
            self.cleaned_data.get("read") or "", document_type=values.get("document_type", "other"),
            number=values.get("document_number", ""), on=clock.today(),
        )  # fmt: skip


def _field(attribute: Attribute) -> forms.Field:
    label, required = label_of(attribute.name, Field), attribute.required
    if attribute.name == "document_type":
        field: forms.Field = forms.ChoiceField(label=label, choices=DocumentType.choices, required=required)
    else:
        widget = (
            forms.Textarea(attrs=QUIET | {"rows": 2})
            if attribute.name == "address"
            else forms.TextInput(attrs=QUIET)
        )
        field = forms.CharField(label=label, required=required, max_length=2000, widget=widget)
    page = get_language() or ""
    why, language = attribute.why_in(page)
    said = {
        "why": why,
        "why_language": "" if language == page else language,
        "article": cite(attribute.article),
    }
    for name, value in said.items():
        setattr(field, name, value)
    return field
