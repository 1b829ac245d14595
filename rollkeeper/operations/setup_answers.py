# SPDX-License-Identifier: EUPL-1.2
"""What a production instance must be told before it is made: whose it is, under which law, where, in which languages.

No default is right for an operator here, and a wrong law or name would reach real people. The answers come from the settings, from a
file of answers (tables and keys as in settings.toml), or from a person at a terminal.
"""

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import TypeAdapter, ValidationError

from rollkeeper.kernel.console import err
from rollkeeper.kernel.errors import SETTINGS_FILE_FAULT, RollkeeperError, as_one
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.setting_faults import why_invalid, why_not_toml
from rollkeeper.kernel.settings import (
    INSTANCE,
    current_content,
    data_dir,
    is_made,
    read_text,
    settings_file,
    write_settings,
)
from rollkeeper.law.packs import load_pack, shipped_packs
from rollkeeper.operations.errors import INSTANCE_KIND_MISMATCH, SETUP_UNANSWERED
from rollkeeper.operations.settings import all_tables

_PLACES: Final = ((INSTANCE, "register_url"), (INSTANCE, "keys_url"), ("vault", "root_url"))
REQUIRED: Final = ("operator_name", "country_code", "pack", "zone", "languages", "care_number")


def unanswered() -> list[str]:
    """Return the required settings that neither the file nor the environment gives."""
    given = current_content().get(INSTANCE, {})
    return [key for key in REQUIRED if key not in given]


def answer(file: Path | None) -> bool:
    """Write the answers for a production instance, ask for missing ones if it is not made yet, and return whether anything was written.

    Refuses: INSTANCE_KIND_MISMATCH, SETTINGS_FILE_FAULT, SETTING_FAULT, SETUP_UNANSWERED; then nothing was written.
    """
    all_tables()
    if is_made() and instance().kind is not InstanceKind.PRODUCTION:
        raise INSTANCE_KIND_MISMATCH(
            data_dir=data_dir(), kind=instance().kind.value, asked=InstanceKind.PRODUCTION.value
        )
    said = _read(file) if file is not None else {}
    missing = [] if is_made() else [key for key in unanswered() if key not in _instance_in(said)]
    if missing and not sys.stdin.isatty():
        raise SETUP_UNANSWERED(settings=", ".join(f"instance.{key}" for key in missing))
    if file is not None:
        kept = _kept(said)
        try:
            write_settings(**_with_kind(said))
        except RollkeeperError as fault:
            raise _said_of(file, fault) from None
        if kept:
            err.print(
                f"{file} does not name {', '.join(kept)}; settings.toml keeps what it has. To change it, edit {settings_file()}.",
                markup=False,
            )
    if missing:
        write_settings(**_with_kind({INSTANCE: _asked(missing)}))
    return file is not None or bool(missing)


def _said_of(file: Path, fault: RollkeeperError) -> RollkeeperError:
    """Return the same fault with the file of answers as its source: there may be no settings file yet."""
    return as_one(
        [
            one.with_facts(source=file) if one.facts.get("source") == settings_file() else one
            for one in fault.faults
        ]
    )


def _kept(said: dict[str, Any]) -> list[str]:
    """Return the addresses of databases and root that the file of answers leaves out: the settings keep them, and the operator is told."""
    given = current_content()
    return [
        f"'{table}.{key}'"
        for table, key in _PLACES
        if given.get(table, {}).get(key) and not (isinstance(said.get(table), dict) and key in said[table])
    ]


def _instance_in(tables: dict[str, Any]) -> dict[str, Any]:
    """Return a file's table of the instance, empty if it is no table, which `write_settings` refuses."""
    found = tables.get(INSTANCE)
    return found if isinstance(found, dict) else {}


def _with_kind(tables: dict[str, Any]) -> dict[str, Any]:
    return tables | {INSTANCE: _instance_in(tables) | {"kind": InstanceKind.PRODUCTION}}


def _read(file: Path) -> dict[str, Any]:
    text = ""
    try:
        return tomllib.loads(text := read_text(file))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SETTINGS_FILE_FAULT(source=file, why=why_not_toml(fault, text)) from None


def _asked(missing: list[str]) -> dict[str, Any]:
    """Ask a person at the terminal for what is missing, and where the databases are."""
    given = dict(current_content().get(INSTANCE, {}))
    questions = {
        "operator_name": ("The operator's name, as notices and pages show it", None),
        "country_code": ("Country, two capital letters", None),
        "pack": (f"Rule pack ({', '.join(shipped_packs())}, or the whole path of a file)", None),
        "zone": ("Time zone in which days are counted", _zone_of),
        "languages": ("Languages of notices and pages, separated by commas", lambda _: "en"),
        "care_number": ("Number of the care desk", None),
    }
    for key in missing:
        question, default = questions[key]
        given[key] = _ask(key, question, default=default(given) if default else None)
    if "register_url" not in given:
        question = "PostgreSQL 18 of the register (postgresql://host/database); empty: both on this machine, run by Rollkeeper"
        url = _ask("register_url", question, default="")
        given |= {"register_url": url} if url else {}
    if "register_url" in given and "keys_url" not in given:
        question = "PostgreSQL 18 of the keys, another server (postgresql://host/database)"
        while not given.get("keys_url"):
            given["keys_url"] = _ask("keys_url", question, default=None)
    err.print(
        "More settings: docs/settings.md. What is still missing before going live: 'rollkeeper doctor'."
    )
    return given


def _ask(key: str, question: str, *, default: str | None) -> Any:
    """Ask until the setting accepts the answer."""
    while True:
        said = typer.prompt(question, default=default, show_default=bool(default), err=True).strip()
        value = [one.strip() for one in said.split(",")] if key == "languages" else said
        fault = _fault_in(key, value)
        if fault is None:
            return value
        err.print(fault, markup=False)


def _fault_in(key: str, value: Any) -> str | None:
    """Return what is wrong with an answer, None if nothing is."""
    field = all_tables()[INSTANCE].model_fields[key]
    kind: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter(kind).validate_python(value)
        if key == "pack":
            load_pack(value)
    except ValidationError as fault:
        return "; ".join(why_invalid(error) for error in fault.errors())
    except RollkeeperError as fault:
        return str(fault)
    return None


def _zone_of(given: dict[str, Any]) -> str:
    """Propose the zone of the law."""
    return str(load_pack(str(given.get("pack") or "none")).zone)
