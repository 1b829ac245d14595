# SPDX-License-Identifier: EUPL-1.2
"""The fields of a form are made once for all, and no form passes on what was done with another."""

import pytest
from django.utils import translation

from rollkeeper.counter import record_form
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind


@pytest.fixture(autouse=True)
def nothing_made(monkeypatch):
    monkeypatch.setattr(record_form, "_MADE", {})


def form(data=None, *, action_kind=RegistrationKind.REGISTER, kind=PartyKind.INDIVIDUAL):
    return RecordForm(data, action_kind=action_kind, kind=kind, pack=load_pack(instance().pack))


def described(shown):
    return [
        (name, type(one), str(one.label), str(one.help_text), one.required, getattr(one, "choices", None) and list(one.choices))
        for name, one in shown.fields.items()
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [PartyKind.INDIVIDUAL, PartyKind.COMPANY])
@pytest.mark.parametrize("action_kind", RegistrationKind)
def test_a_form_of_known_fields_equals_one_newly_made(action_kind, kind):
    first = form(action_kind=action_kind, kind=kind)

    again = form(action_kind=action_kind, kind=kind)

    assert described(again) == described(first)
    assert (again.part_names, again.attributes, again.asked_of, again.line_names, again.with_image, tuple(again.routes)) == (
        first.part_names, first.attributes, first.asked_of, first.line_names, first.with_image, tuple(first.routes)
    )  # fmt: skip


def test_what_is_done_with_a_form_is_not_done_with_the_next():
    first = form({"subscriber__name": "Tenzin Example", "number": "+8613800000000"})
    first.is_valid()
    first.fields["subscriber__name"].initial = "Tenzin Example"
    first.fields["number"].widget.attrs["autofocus"] = True
    del first.fields["language"]

    again = form()

    assert again.fields["subscriber__name"].initial is None
    assert "autofocus" not in again.fields["number"].widget.attrs
    assert "language" in again.fields
    assert "Tenzin" not in again.as_p()


def test_a_form_speaks_the_language_of_its_page():
    labels = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            labels.append(str(form().fields["subscriber__name"].label))

    assert labels[0] != labels[1]


def test_no_typed_word_is_kept_with_the_fields():
    form({"service": "Tenzin Example"})

    assert not record_form._MADE
