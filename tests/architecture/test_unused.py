"""No function and no class of Rollkeeper is there for tests alone.

A use is resolved through imports: another function with the same name is no use.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests import source
from tests.source import PACKAGE

FOUND_BY_DJANGO = {"models.py", "apps.py"}
NAMED = {
    "rollkeeper.campaign.choices.OutOfScopeReason": "the values of a column, which SQL alone writes",
    "rollkeeper.lines.choices.TerminatedBy": "the values of a column, which SQL alone writes",
    "rollkeeper.provisioning.gateways.signing.Verifier": "for receivers of webhooks: docs/provisioning.md",
    "rollkeeper.site.sessions.SessionStore": "Django takes it from the module in SESSION_ENGINE",
}
"""What the product has and does not use, with the reason."""

type Use = tuple[str, str]
"""A module of Rollkeeper and a name in it."""


def modules() -> dict[str, tuple[Path, ast.Module]]:
    found = {}
    for file, tree in source.modules().items():
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = file, tree
    return found


def uses_in(module: str, tree: ast.Module, known: set[str]) -> Iterator[Use]:
    """Yield what a module uses: its own names, what it imports, attributes of imported modules, what a hook is given as text."""
    imported = {}
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                yield node.module or "", one.name
                imported[one.asname or one.name] = f"{node.module}.{one.name}"
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                yield module, name
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if imported.get(owner) in known:
                yield imported[owner], name
            case ast.Constant(value=str() as text):
                yield from re.findall(r"(rollkeeper(?:\.\w+)+)[:.](\w+)", text)
                # A quoted annotation, or a part of a hook's `module:name`.
                if re.fullmatch(r"[\w\[\], |.]+", text):
                    near = [module] if not module.endswith(".apps") else _siblings(module, known)
                    yield from ((one, name) for one in near for name in re.findall(r"\w+", text))


def _siblings(module: str, known: set[str]) -> list[str]:
    return [one for one in known if one.startswith(module.removesuffix("apps"))]


def unused() -> set[str]:
    found = modules()
    used = {use for module, (_, tree) in found.items() for use in uses_in(module, tree, set(found))}
    used |= {(module, "register") for module in found if module.endswith(".commands")}
    return {
        f"{module}.{node.name}"
        for module, (file, tree) in found.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (module, node.name) not in used
        if not (isinstance(node, ast.FunctionDef) and node.decorator_list)
        and file.name not in FOUND_BY_DJANGO
    }


def test_every_function_and_class_is_used_by_the_product_or_named_here():
    assert unused() == set(NAMED)


def test_a_name_that_only_another_module_has_too_is_no_use():
    tree = ast.parse(
        "from rollkeeper.kernel import clock\nfrom rollkeeper.ledger.queries import size\nclock.today()\nsize()"
    )
    used = set(uses_in("rollkeeper.law.engine", tree, {"rollkeeper.kernel.clock"}))

    assert {("rollkeeper.kernel.clock", "today"), ("rollkeeper.ledger.queries", "size")} <= used
    assert ("rollkeeper.access.services", "today") not in used
    assert ("rollkeeper.lines.queries", "size") not in used
