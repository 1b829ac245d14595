"""Every text of the pages is in the catalogues, with its places kept."""

import ast
import re
from functools import cache
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.pofile import read_po

from rollkeeper.backoffice.administration import SETTING
from rollkeeper.operations.settings import all_tables
from tests.source import PACKAGE, modules

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
NOT_WRITTEN_HERE = {
    "Chamdo",  # a region of the operator's lines
    "Show this message and exit.",
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.",
    "One of: no_channel_known, every_channel_failed, no_person, subscriber_died, other.",
    "suspend_accounts, sign_out_everyone, rotate_keys, reseal",
}
"""What operators' data and the command line's libraries show, and help that is put together of values."""
IN_PART = {("access", "bo"), ("law", "bo"), ("lines", "bo")}
"""Packages of which Tibetan lacks texts: names of permissions, titles of a law's page, a condition of the life of a line."""


@cache
def entries(catalogue):
    with catalogue.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def ids_of(message):
    return message.id if isinstance(message.id, tuple) else (message.id,)


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
        (file.parent.name, language)
        for file in sorted(PACKAGE.glob("*/__init__.py"))
        for language in ("zh_Hans", "bo")
        if (file.parent.name, language) not in IN_PART
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


def strings_of(file):
    """Yield the texts of a module, each whole however it is broken into lines; of other files their text."""
    if file.suffix != ".py":
        yield file.read_text("utf-8")
        return
    for node in ast.walk(modules()[file]):
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.JoinedStr(values=parts):
                yield "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in parts)


def in_one_line(text):
    """Return a text as it can be compared: without its own breaks and marks, and with places that are all alike."""
    plain = re.sub(r"\s+", " ", text.replace("\\'", "'").replace('\\"', '"').replace("%%", "%")).strip()
    return re.sub(r"(?<!\{)\{\w*\}", "{}", plain)


def test_every_text_of_the_catalogues_is_shown_somewhere():
    kinds = {".py", ".html", ".toml", ".js", ".yaml"}
    ours = [one for one in PACKAGE.rglob("*.*") if one.suffix in kinds and "migrations" not in one.parts]
    written = in_one_line("\n".join(text for file in ours for text in strings_of(file)))
    known = set(NOT_WRITTEN_HERE)
    for library in (django, allauth):
        for catalogue in Path(library.__file__).parent.rglob("zh_Hans/LC_MESSAGES/django.po"):
            known |= {one for message in entries(catalogue) for one in ids_of(message)}

    def is_shown(text):
        plain = in_one_line(text)
        in_page, with_figures = (
            re.sub(r"%\((\w+)\)s", r"{{ \1 }}", plain),
            re.escape(plain).replace(r"\{\}", r"\d+"),
        )
        return (
            text in known
            or plain in written
            or in_page in written
            or ("{}" in plain and bool(re.search(with_figures, written)))
        )

    listed = {one for file in CATALOGUES for message in entries(file) for one in ids_of(message)[:1]}
    unused = {one for one in listed if not is_shown(one)}

    assert unused == set()
