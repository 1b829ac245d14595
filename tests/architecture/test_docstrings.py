# SPDX-License-Identifier: EUPL-1.2
"""What a docstring names exists: the refusals and exceptions after `Refuses` and `Raises`, the ledger's verbs, a package's tables."""

import ast
import builtins
import importlib
import re

import pytest
from django.apps import apps

from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations.docs import is_refusal, refusals
from tests.source import PACKAGE, modules, nodes_of

EXAMPLE = "package:thing:done"


def docstrings():
    """Yield each docstring of the program with its place."""
    for file, tree in modules().items():
        for node in nodes_of(tree):
            is_documented = isinstance(
                node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            )
            if is_documented and (text := ast.get_docstring(node)):
                yield f"{file.relative_to(PACKAGE)}: {getattr(node, 'name', '')}", text


def refusals_named(text):
    """Return the names that a docstring gives after `Refuses` or `Raises`, to the end of the sentence."""
    line = re.sub(r"\s+", " ", text)
    sentences = re.findall(r"\b(?:Refuses:|Raises) ([^.]*)", line)
    found = {
        name for one in sentences for name in re.findall(r"\b(?:[A-Z]\w*_\w+|[A-Z]\w*[a-z][A-Z]\w+)\b", one)
    }
    return found | set(re.findall(r"\bRaises ([A-Z]\w+)", line))


def known_refusals():
    """Return the names of all refusals and exceptions that the program can name."""
    classes = {
        node.name for tree in modules().values() for node in nodes_of(tree) if isinstance(node, ast.ClassDef)
    }
    imported = {
        one.asname or one.name
        for tree in modules().values()
        for node in nodes_of(tree)
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    rows = {
        name
        for package in refusals()
        for name, row in vars(importlib.import_module(f"{package}.errors")).items()
        if is_refusal(row)
    }
    return rows | classes | imported | set(dir(builtins))


def test_every_refusal_that_a_docstring_names_exists():
    known = known_refusals()

    assert {where: lost for where, text in docstrings() if (lost := refusals_named(text) - known)} == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Do it. Refuses: NOT_ALLOWED, NO_LINE.", {"NOT_ALLOWED", "NO_LINE"}),
        ("Do it. Raises ValueError. Law: ART_THREE.", {"ValueError"}),
        ("Do it. Raises Wrong at the first fault.", {"Wrong"}),
        ("Do it. Ledger: a:b:c.", set()),
    ],
)
def test_the_names_of_refusals_are_read_up_to_the_end_of_the_sentence(text, names):
    assert refusals_named(text) == names


def test_every_ledger_verb_that_a_docstring_names_exists():
    known = {EXAMPLE, *(verb.value for verb in Verb)}
    named = [
        (where, verb)
        for where, text in docstrings()
        for verb in re.findall(r"\b[a-z_]+:[a-z_]+:[a-z_]+\b", text)
    ]

    assert len(named) > 100
    assert [(where, verb) for where, verb in named if verb not in known] == []


def test_every_package_names_the_tables_that_it_owns():
    tables = {
        one._meta.db_table: one.__module__
        for one in apps.get_models()
        if one.__module__.startswith("rollkeeper.")
    }
    texts = {
        table: importlib.import_module(module.rpartition(".")[0]).__doc__ for table, module in tables.items()
    }

    assert len(tables) > 90
    assert [table for table, text in texts.items() if f"`{table}`" not in text] == []
