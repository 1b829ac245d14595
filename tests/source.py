# SPDX-License-Identifier: EUPL-1.2
"""The program's own source, for tests that look at it: each file is read and parsed once, and no test changes what it is given."""

import ast
import gc
from functools import cache
from pathlib import Path

import rollkeeper

PACKAGE = Path(rollkeeper.__file__).parent


@cache
def text_of(file: Path) -> str:
    """Return the text of a file."""
    return file.read_text("utf-8")


@cache
def modules(*, with_migrations: bool = False) -> dict[Path, ast.Module]:
    """Return each module of the program with its syntax."""
    if not with_migrations:
        return {
            file: tree
            for file, tree in modules(with_migrations=True).items()
            if "migrations" not in file.parts
        }
    found = {file: ast.parse(text_of(file)) for file in sorted(PACKAGE.rglob("*.py"))}
    gc.freeze()  # a million objects that stay: no later collection looks at them
    return found


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return all nodes of a module: to walk through a tree takes ten times as long as through these."""
    return tuple(ast.walk(tree))
