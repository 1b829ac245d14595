# SPDX-License-Identifier: EUPL-1.2
"""The form by which a subscriber registers a line themselves: exactly what the pack asks of one person, each with its reason."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from rollkeeper.documents.rules import check_number
from rollkeeper.documents.verdicts import Verdict
from rollkeeper.kernel import clock
from rollkeeper.law.pack import Pack
from rollkeeper.portal.forms import STATE_HINT, QuietForm
from rollkeeper.registration.forms import FormTexts, RegistrationForm
from rollkeeper.registration.kind_rules import national_limit
from rollkeeper.registration.submissions import RegistrationKind


class RecordForm(RegistrationForm, QuietForm):
    """True identity, declared by its subscriber."""

    texts = FormTexts(
        STATE_HINT, lines_elsewhere=_("How many other lines do you have, with all operators together?")
    )
    most_letters = 2000
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, pack: Pack, service: str, kind: str, payment: str,
        asks_elsewhere: bool = False, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(data, **more)
        self._law: dict[str, Any] = {
            "pack": pack,
            "service": service,
            "kind": kind,
            "payment": payment,
            "asks_elsewhere": asks_elsewhere,
        }
        attributes = [
            one for one in pack.attributes(service, kind) if one.is_asked(payment=payment, is_remote=True)
        ]
        self.attributes = [one.name for one in attributes]
        self.ask(attributes)
        self.ask_of_kind(pack, kind)
        limit = national_limit(pack, kind, action_kind=RegistrationKind.REGISTER, remote=True)
        if limit and asks_elsewhere:
            self.ask_lines_elsewhere(limit, services=pack.services, required=True)
        self.fields["double_checked"] = forms.BooleanField(
            label=_("I compared the number once more: it matches the document."), required=False,
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
        self.fields["confirmed"] = forms.BooleanField(
            label=_("All of this is about me and matches my document."),
            widget=forms.CheckboxInput(attrs={"autocomplete": "off"}),
        )

    def _copied(self, initial: dict[str, Any]) -> Self:
        return type(self)(**self._law, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Ask for a second look at a doubtful number."""
        given = super().clean()
        if given.get("document_number") and not given.get("double_checked"):
            kind = self.values_of().get("document_type", "other")
            if check_number(kind, given["document_number"], clock.today()).verdict is Verdict.DOUBTFUL:
                self.add_error(
                    "document_number",
                    _("It does not have the usual form: check again, and confirm below that you did."),
                )
        return given
