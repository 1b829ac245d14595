"""A refusal is a row of its package's `errors.py`, and a class only where code catches it by its type."""

import ast
import importlib
import re
from itertools import chain

from rollkeeper.kernel.errors import Refusal
from rollkeeper.operations.docs import is_refusal, refusals
from tests.source import modules, text_of

ROWS = list(chain.from_iterable(refusals().values()))


def name_of(row):
    return row.code.upper() if isinstance(row, Refusal) else row.code.title().replace("_", "")


def names_in(node):
    return {
        one.id if isinstance(one, ast.Name) else one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.Attribute)
    }


def types_caught():
    """Give the names in `except`, `isinstance` and `suppress`."""
    for node in chain.from_iterable(map(ast.walk, modules(with_migrations=True).values())):
        match node:
            case ast.ExceptHandler(type=ast.expr() as caught):
                yield from names_in(caught)
            case ast.Call(func=ast.Name("isinstance"), args=[_, kinds]):
                yield from names_in(kinds)
            case ast.Call(func=ast.Name("suppress"), args=kinds):
                yield from chain.from_iterable(map(names_in, kinds))


def test_every_refusal_has_a_code_of_its_own_a_sentence_and_a_remedy():
    assert len({row.code for row in ROWS}) == len(ROWS)
    assert not [row.code for row in ROWS if not row.sentence or not row.remedy]


def test_a_refusal_is_named_by_its_code():
    named = {
        name: row
        for package in refusals()
        for name, row in vars(importlib.import_module(f"{package}.errors")).items()
        if is_refusal(row)
    }

    assert len(named) == len(ROWS)
    assert [name for name, row in named.items() if name != name_of(row)] == []


def test_a_class_of_refusals_is_caught_by_its_type_somewhere():
    classes = {row.__name__ for row in ROWS if not isinstance(row, Refusal)}

    assert classes - set(types_caught()) - {"Faults"} == set()  # which says what several rows say


def test_refusals_are_listed_in_no_other_module_than_errors():
    made = re.compile(r"= Refusal\(|^class \w+\((?:RollkeeperError|Faults)\)", re.MULTILINE)

    assert [
        f for f in modules(with_migrations=True) if f.name != "errors.py" and made.search(text_of(f))
    ] == []


def test_every_refusal_is_made_somewhere():
    used = set(
        chain.from_iterable(
            names_in(tree) for file, tree in modules(with_migrations=True).items() if file.name != "errors.py"
        )
    )
    used |= {"Faults"}  # by `raise_all`

    assert {name_of(row) for row in ROWS} - used == set()
