"""No function of Rollkeeper is there for tests alone, but for the few that later work is to use."""

import ast
import re
from collections import Counter
from pathlib import Path

import rollkeeper

PACKAGE = Path(rollkeeper.__file__).parent
NOT_USED_YET: dict[str, str] = {}


def modules():
    for file in PACKAGE.rglob("*.py"):
        if "migrations" not in file.parts:
            yield file, ast.parse(file.read_text("utf-8"))


def words_used():
    """Count each name that code, a statement, a template or a table of texts uses; a definition or a docstring is no use."""
    found = Counter()
    for _, tree in modules():
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    found[name] += 1
                case ast.Constant(value=str() as text) if id(node) not in docstrings:
                    found.update(re.findall(r"\w+", text))
    for kind in ("*.sql", "*.html", "*.toml", "*.txt"):
        for file in PACKAGE.rglob(kind):
            found.update(re.findall(r"\w+", file.read_text("utf-8")))
    return found


def test_every_function_is_used_by_the_product_or_named_here():
    used = words_used()
    unused = {
        f"rollkeeper.{'.'.join(file.relative_to(PACKAGE).with_suffix('').parts)}.{node.name}"
        for file, tree in modules()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and not used[node.name]
    }

    assert unused == set(NOT_USED_YET)
