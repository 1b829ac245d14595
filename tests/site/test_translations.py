"""Every text of the pages is in the catalogues, with its places kept."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import rollkeeper
from rollkeeper.backoffice.administration import SETTING
from rollkeeper.operations.settings import all_tables

PACKAGE = Path(rollkeeper.__file__).parent
CATALOGUES = sorted((PACKAGE / "site/locale").glob("*/LC_MESSAGES/django.po"))
IN_TEMPLATE = re.compile(
    r"""{%\s*translate\s+(?P<q>["'])(?P<text>.+?)(?P=q)(?:\s+context\s+(?P<r>["'])(?P<context>.+?)(?P=r))?"""
)
IN_CODE = re.compile(
    r"""\b(?:_|gettext|pgettext(?:_lazy)?)\(\s*(?:"(?P<context>[^"]+)",\s*)?"(?P<text>[^"]+)"\s*\)"""
)
PLACE = re.compile(r"%\(\w+\)s|<\w+>|\{\w+\}")
IN_BLOCK = re.compile(r"{%\s*blocktranslate[^%]*%}(.*?){%\s*(?:plural|endblocktranslate)\s*%}", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def entries(catalogue):
    with catalogue.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def texts(message):
    return [*message.string] if isinstance(message.string, tuple) else [message.string]


def test_there_is_one_catalogue_for_each_language():
    assert sorted(PACKAGE.rglob("*.po")) == CATALOGUES
    assert [catalogue.parts[-3] for catalogue in CATALOGUES] == ["bo", "zh_Hans"]


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda c: c.parts[-3])
def test_no_message_stands_twice(catalogue):
    found = re.findall(
        r'^(?:msgctxt (.*)\n)?msgid ("(?:.*"(?:\n")?)*)$', catalogue.read_text("utf-8"), re.MULTILINE
    )

    assert len(found) == len(set(found))


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda c: c.parts[-3])
def test_only_tibetan_leaves_texts_untranslated_and_no_place_is_lost(catalogue):
    may_be_empty = catalogue.parts[-3] == "bo"
    faults = []
    for message in entries(catalogue):
        wanted = set(PLACE.findall(message.id if isinstance(message.id, str) else message.id[-1]))
        faults += [
            message.id
            for text in texts(message)
            if (set(PLACE.findall(text)) != wanted if text else not may_be_empty)
        ]
        faults += [message.id] if message.fuzzy else []

    assert not faults


@pytest.mark.parametrize(
    ("package", "language"),
    [
        ("site", "zh_Hans"),
        ("backoffice", "zh_Hans"),
        ("counter", "zh_Hans"),
        ("portal", "zh_Hans"),
        ("site", "bo"),
        ("portal", "bo"),
        ("counter", "bo"),
        ("documents", "bo"),
        ("ledger", "bo"),
        ("backoffice", "bo"),
    ],
)
def test_every_text_of_a_package_is_in_the_catalogue(package, language):
    known = set()
    for catalogue in CATALOGUES:
        if language == catalogue.parts[-3]:
            known |= {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in entries(catalogue)}
    found = set()
    for file in (PACKAGE / package).rglob("*.html"):
        text = file.read_text("utf-8")
        found |= {(one["context"], one["text"]) for one in IN_TEMPLATE.finditer(text)}
        found |= {(None, VARIABLE.sub(r"%(\1)s", block)) for block in IN_BLOCK.findall(text)}
    for file in (PACKAGE / package).rglob("*.py"):
        found |= {(one["context"], one["text"]) for one in IN_CODE.finditer(file.read_text("utf-8"))}

    assert found <= known, found - known


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda c: c.parts[-3])
def test_every_setting_is_described_in_the_catalogue_and_nothing_else_is(catalogue):
    described = {one.description for table in all_tables().values() for one in table.model_fields.values()}
    known = {message.id for message in entries(catalogue) if message.context == SETTING}

    assert len(known) > 100
    assert described - {None} == known
