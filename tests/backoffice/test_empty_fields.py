# SPDX-License-Identifier: EUPL-1.2
"""A field that was left empty has a sentence that says what to do."""

import pkgutil
from importlib import import_module

from django import forms

from rollkeeper import backoffice
from rollkeeper.backoffice.forms import BackofficeForm

MODULES = [
    import_module(f"rollkeeper.backoffice.{one.name}") for one in pkgutil.iter_modules(backoffice.__path__)
]
FORMS = {
    name: form
    for module in MODULES
    for name, form in vars(module).items()
    if isinstance(form, type) and issubclass(form, forms.BaseForm) and form.base_fields
}


def test_every_form_of_the_back_office_is_one_that_says_so():
    assert [name for name, form in FORMS.items() if not issubclass(form, BackofficeForm)] == []


class Asked(BackofficeForm):
    """One field of each kind."""

    case = forms.CharField(label="Case number")
    role = forms.ChoiceField(label="Role", choices=[("clerk", "Clerk")])
    letter = forms.FileField(label="Letter")
    day = forms.DateField(error_messages={"required": "Enter a day."})


def test_a_sentence_says_what_to_do():
    assert Asked({}).errors == {
        "case": ["Fill this in."],
        "role": ["Choose something here."],
        "letter": ["Choose something here."],
        "day": ["Enter a day."],
    }
