# SPDX-License-Identifier: EUPL-1.2
"""Every template is read to its end: one that loads no library of a filter it uses fails here, and not before a person."""

from pathlib import Path

from django.template import TemplateSyntaxError, engines

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
