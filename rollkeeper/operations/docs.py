# SPDX-License-Identifier: EUPL-1.2
"""Writes the pages under ``docs/`` that are made from the code: settings, life of a line, permissions.
The file of the ages of translations is brought up to date with them.

Run by ``make docs``. An architecture test fails while a page on disk differs from what this file would write. The pages of
commands, errors, ledger entries, fields of packs and the data export are long and made for the documentation site alone (``docs_site.py``).
"""

import importlib
import os
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import TypeGuard

import typer
from typer.core import TyperCommand, TyperGroup

import rollkeeper
from rollkeeper.kernel.errors import Refusal, RollkeeperError
from rollkeeper.kernel.settings import Table, on_pages, tables_in
from rollkeeper.kernel.toml_text import toml_text
from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations.settings import all_tables
from rollkeeper.portal.data_export import data_export_page

DOCS = Path(__file__).parents[2] / "docs"
FORMS = Path(__file__).parents[1] / "ledger" / "sql" / "entry_schemas.sql"
VOCABULARY = FORMS.with_name("vocabulary.sql")
SHARED_OPTIONS = {"as_json", "on", "help"}
MADE = "<!-- Written by `make docs`; edit the code it comes from instead. -->\n\n"


def settings_page() -> str:
    """List every setting of `settings.toml`, table by table, with its default and its environment variable."""
    head = (
        "# Settings\n\n"
        "Tables of `settings.toml` in the data directory (`ROLLKEEPER_HOME`), with defaults; an unlisted table or key is refused. The"
        " environment variable `ROLLKEEPER_TABLE__SETTING` wins over the file (`ROLLKEEPER_CAMPAIGN__PILOT_SHARE`); lists and"
        " tables are JSON in it. Secrets are files in `secrets/`.\n\n"
    )
    return head + MADE + "\n".join(_table_of_settings(path, model) for path, model in setting_tables())


def setting_tables() -> Iterator[tuple[tuple[str, ...], type[Table]]]:
    """Yield every table, followed by the tables inside it, each with the names that lead to it."""

    def within(path: tuple[str, ...], model: type[Table]) -> Iterator[tuple[tuple[str, ...], type[Table]]]:
        yield path, model
        for name, below in tables_in(model).items():
            yield from within((*path, name), below)

    for name, model in all_tables().items():
        yield from within((name,), model)


def _table_of_settings(path: tuple[str, ...], model: type[Table]) -> str:
    rows = [
        f"- `{name}`{_as_toml(field.default)}: {_cell(field.description or '')}{' On pages too.' if name in on_pages(model) else ''}"
        for name, field in model.model_fields.items()
        if name not in tables_in(model)
    ]
    return f"## [{'.'.join(path)}]\n\n{model.__doc__}\n\n" + "\n".join(rows) + "\n"


def _as_toml(default: object) -> str:
    """Return a default as it may be copied into `settings.toml`, empty if the setting has none."""
    return "" if default is None else f" (`{_toml_value(default)}`)"


def _toml_value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {_toml_value(one)}' for name, one in value.items())}}}"
    return toml_text({"x": value}).removeprefix("x = ").rstrip("\n")


def refusals() -> dict[str, list[Refusal | type[RollkeeperError]]]:
    """Return every refusal of Rollkeeper, by the package whose `errors.py` lists it."""
    tables = {
        module.name.removesuffix(".errors"): vars(importlib.import_module(module.name)).values()
        for module in pkgutil.walk_packages(rollkeeper.__path__, "rollkeeper.")
        if module.name.endswith(".errors")
    }
    return {package: [row for row in table if is_refusal(row)] for package, table in tables.items()}


def is_refusal(value: object) -> TypeGuard[Refusal | type[RollkeeperError]]:
    """Return whether a value is a row of a table of refusals, or a class of them."""
    return isinstance(value, Refusal) or (
        isinstance(value, type) and issubclass(value, RollkeeperError) and value is not RollkeeperError
    )


def errors_page() -> str:
    """List every refusal with its sentence and remedy."""
    found = sorted((row for table in refusals().values() for row in table), key=lambda row: row.code)
    rows = [f"| `{e.code}` | {e.kind.value} | {_cell(e.sentence)} | {_cell(e.remedy)} |" for e in found]
    head = (
        "# Errors\n\nExit code 2 for the kinds malformed and internal, otherwise 1. Facts are in braces.\n\n"
    )
    return head + MADE + "| code | kind | sentence | remedy |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command's full name and its help."""
    from rollkeeper.operations.cli import make_app

    yield from _walk(typer.main.get_command(make_app()), "rollkeeper")


def commands_page() -> str:
    """List every command with its help, its usage and its options."""
    parts = [f"## {name}\n\n{text.strip()}\n" for name, text in commands()]
    head = (
        "# Commands\n\nExit codes: 0 done, 1 the answer is no, 2 wrong call. `--json` answers in JSON, `--on DATE` runs a demo"
        " instance as on that day, `--help` shows help.\n\n"
    )
    return head + MADE + "\n".join(parts)


def lifecycle_page() -> str:
    """Draw the life of a line from its transition table."""
    from rollkeeper.lines.choices import lifecycle_markdown

    return "# The life of a line\n\n" + MADE + lifecycle_markdown()


def permissions_page() -> str:
    """List which role has which permission."""
    from rollkeeper.access.authority import rule_for
    from rollkeeper.access.roles import Permission, StaffRole

    found: dict[str, dict[str, list[str]]] = {
        "One person": {},
        "One person, who confirms": {},
        "Two people, who confirm": {},
    }
    for permission in Permission:
        rule = rule_for(permission)
        people = list(found)[2 if rule.people > 1 else int(rule.reauthenticate)]
        roles = ", ".join(role.value for role in sorted(rule.roles, key=list(StaffRole).index))
        found[people].setdefault(roles, []).append(permission.value)
    return (
        "# Permissions\n\n"
        + MADE
        + "By roles. To confirm is to give password, passkey or code again (`access.reauthenticate_minutes`).\n"
        + "".join(
            f"\n## {people}\n\n"
            + "".join(f"- {roles}: **{', '.join(named)}**\n" for roles, named in groups.items())
            for people, groups in found.items()
        )
    )


def verbs_page() -> str:
    """List what the ledger can say, and what the entries of each verb hold."""
    from rollkeeper.ledger.docs_page import verbs_markdown

    return "# Ledger entries\n\n" + MADE + verbs_markdown()


def packs_page() -> str:
    """List every field of a rule pack and whether something obeys it."""
    from rollkeeper.law.docs_page import packs_markdown

    return "# Fields of a rule pack\n\n" + MADE + packs_markdown()


SITE_PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "errors.md": errors_page,
    "verbs.md": verbs_page,
    "pack-fields.md": packs_page,
    "data-export.md": data_export_page,
}
PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "lifecycle.md": lifecycle_page,
    "permissions.md": permissions_page,
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _walk(command: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(command, TyperCommand):
        yield name, f"{(command.help or '').strip()}\n\n{_usage(command, name)}"
    elif isinstance(command, TyperGroup):
        context = typer.Context(command)
        for word in sorted(command.list_commands(context)):
            yield from _walk(command.get_command(context, word), f"{name} {word}")


def _usage(command: TyperCommand, name: str) -> str:
    context = typer.Context(command, info_name=name)
    records = [param.get_help_record(context) for param in command.params if param.name not in SHARED_OPTIONS]
    rows = [
        f"- `{names}`: {' '.join(said.split())}"
        for names, said in filter(None, records)
        if said != "[required]"
    ]
    pieces = " ".join(command.collect_usage_pieces(context))
    return f"Usage: `{name} {pieces}`\n\n" + "\n".join(rows)


def vocabulary_sql() -> str:
    """Return SQL with every word that an app's entry may hold as a code: the values of the program's enumerations."""
    for module in pkgutil.walk_packages(rollkeeper.__path__, "rollkeeper."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    words = {
        one.value
        for each in _enumerations(Enum)
        for one in each
        if isinstance(one.value, str) and re.fullmatch("[a-z][a-z0-9_]{0,39}", one.value)
    } | {word for verb in Verb for word in (*verb.value.split(":"), "_".join(verb.value.split(":")[1:]))}
    lines = textwrap.wrap(", ".join(f'"{word}":0' for word in sorted(words)), 120)
    return _VOCABULARY.format(words="\n".join(f"    {line}" for line in lines))


def _enumerations(above: type[Enum]) -> Iterator[type[Enum]]:
    for each in above.__subclasses__():
        yield from _enumerations(each)
        if each.__module__.startswith("rollkeeper."):
            yield each


_VOCABULARY = """\
-- Tells which words an app may enter in the ledger as a role or as a code: those of the program's enumerations and verbs, and no name.
-- Law: art. 11; no article lets personal data into an entry. Reads: its argument. Writes: -. Plan: no table.
-- Again: CREATE OR REPLACE: the same function. Written by `make docs` from the enumerations; edit those instead.
CREATE OR REPLACE FUNCTION ledger_is_word(said text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN jsonb '{{
{words}
    }}' ? said;
END
$$;
"""


def main() -> None:
    """Write all pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
    import django

    django.setup()
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")
    from rollkeeper.ledger.docs_page import entry_schemas_sql

    FORMS.write_text(entry_schemas_sql(), "utf-8")
    VOCABULARY.write_text(vocabulary_sql(), "utf-8")
    from rollkeeper.languages.ages import write_ages

    write_ages()


if __name__ == "__main__":
    main()
