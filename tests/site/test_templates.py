# SPDX-License-Identifier: EUPL-1.2
"""Every template is read to its end: one that loads no library of a filter it uses fails here, and not before a person."""

import re
from pathlib import Path

from django.template import TemplateSyntaxError, engines

from rollkeeper.site.web_apps import SHEET

PACKAGE = Path(__file__).parents[2] / "rollkeeper"
TEMPLATES = sorted(
    file.relative_to(file.parents[len(file.parts) - 1 - file.parts.index("templates") - 1]).as_posix()
    for file in PACKAGE.rglob("*.html")
    if "templates" in file.parts
)


def test_there_are_templates():
    assert "base.html" in TEMPLATES


def test_every_template_is_read_to_its_end():
    refused = {}
    for name in TEMPLATES:
        try:
            engines["django"].get_template(name)
        except TemplateSyntaxError as fault:
            refused[name] = str(fault)

    assert refused == {}


def test_sentences_are_parted_as_the_readers_language_parts_them():
    """A space after the full stop of a Chinese sentence is a hole."""
    end = r'\.(?:" %\}|\{% endblocktranslate %\})(?:\{% endif %\})*(?:\{% (?:el)?if [^%]+ %\})? (?=\{%|<|\{\{)(?!\{% if level %\}·)'

    assert [
        (file.name, found.group())
        for file in PACKAGE.rglob("*.html")
        for found in re.finditer(end, file.read_text("utf-8"))
    ] == []
    behind_a_value = r'\}\}(?:\{% endif %\})*\{% if [^%]+ %\} (?:<strong>)?\{% translate "[A-Z][^"]*\."'
    assert not [one for one in PACKAGE.rglob("*.html") if re.search(behind_a_value, one.read_text("utf-8"))]


def test_every_class_that_changes_one_element_is_in_the_style_sheet():
    used = {
        name
        for file in PACKAGE.rglob("*.html")
        for name in re.findall(r"govuk-!-[\w-]+", file.read_text("utf-8"))
    }

    assert used == {
        name.replace("\\", "") for name in re.findall(r"govuk-\\!-[\w-]+", SHEET.read_text("utf-8"))
    }


def test_no_page_and_no_script_names_an_address_from_the_root_of_its_host():
    """An app may be under a path there: its pages say `{% url %}` or `{{ first_page }}`, its scripts read addresses from pages."""
    named = {
        (str(file.relative_to(PACKAGE)), address)
        for kind in ("html", "js")
        for file in PACKAGE.rglob(f"*.{kind}")
        if not {"built", "node_modules", "printouts"} & set(file.parts)
        for address in re.findall(r"""["'`=(](/[a-z{$][^"'`]*)["'`]""", file.read_text("utf-8"))
        if not address.startswith("/>")
    }

    assert not named
