# SPDX-License-Identifier: EUPL-1.2
"""Changes of the few settings that an administrator may change on a page: none of them can weaken a protection of a person.

They are marked `OnPages` in the packages' `settings.py`. A worker checks a change by the same models as the file, enters it in the ledger
and writes `settings.toml`; the page's process cannot write there. Settings of limits, brakes, numbers to call, keys, gateways and the law
are changed only on the machine.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import transaction

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.errors import (
    SETTING_CHANGED_MEANWHILE,
    SETTING_FIXED,
    SETTING_NOT_ON_PAGES,
    SETTING_WOULD_HARM,
    SETTINGS_READ_ONLY,
    STAFF_REQUEST_UNREADABLE,
)
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.canonical import canonical_bytes, sha256_hex
from rollkeeper.kernel.database import action
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.phrasing import looks_like_link, looks_like_number
from rollkeeper.kernel.settings import (
    ALL,
    Content,
    current_content,
    fixed_settings,
    on_pages,
    registered_tables,
    replace_file,
    with_changes,
)
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

KIND: Final = "change-settings"
_QUIET_AT_LEAST: Final = (dt.time(21), dt.time(8))
"""A page can make the quiet hours longer than this but not shorter: no one is called at night."""
_OPEN_AT_LEAST_MINUTES: Final = 8 * 60
_DAY_MINUTES: Final = 24 * 60
_CALLABLE_FIGURES: Final = 5
"""With so many figures in a row in the operator's name, a reader of a notice would call them as a number."""

type Changes = Mapping[str, Mapping[str, Any]]


def changeable_settings() -> list[tuple[str, str]]:
    """Return the table and name of each setting that pages may change, in the order of the tables."""
    return [(name, key) for name, model in registered_tables().items() for key in on_pages(model)]


def current_value(table: str, key: str) -> Any:
    """Return what the file, or the environment, says now."""
    field = registered_tables()[table].model_fields[key]
    return current_content().get(table, {}).get(key, field.get_default(call_default_factory=True))


def check_changes(changes: Changes) -> Content:
    """Return what the file would say. Refuses, all at once: SETTINGS_READ_ONLY, SETTING_NOT_ON_PAGES, SETTING_FIXED, SETTING_FAULT, SETTING_WOULD_HARM."""
    raise_all(list(_not_changeable(changes)))
    content = with_changes(changes)
    raise_all(list(_harms(changes, content)))
    return content


def change_settings(authority: Authority, changes: Changes, *, was: Changes, on: dt.date) -> None:
    """Change settings in the file, from what the person saw to what they want.

    Ledger: access:setting:changed, one each, with a digest of the new value. Refuses: NOT_ALLOWED, ReauthenticationNeeded,
    SETTING_CHANGED_MEANWHILE, as `check_changes`.
    """
    role = require(authority, Permission.CHANGE_SETTINGS)
    content = check_changes(changes)
    raise_all([
        SETTING_CHANGED_MEANWHILE(table=table, setting=key)
        for table, keys in changes.items() for key in keys
        if written(current_value(table, key)) != written(was.get(table, {}).get(key))
    ])  # fmt: skip
    with action():
        for table, keys in changes.items():
            for key in keys:
                facts = {"table": table, "setting": key, "value": _digest(content[table][key])}
                append_entry(authority, verb=Verb.SETTING_CHANGED, role=role, on=on, facts=facts)
        # Only after the entries are committed.
        transaction.on_commit(lambda: replace_file(content))


def change_as_asked(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Change the settings that an administrator asked for on a page. Refuses: as `change_settings`, and STAFF_REQUEST_UNREADABLE."""
    changes, was = _changes_in(payload, "changes"), _changes_in(payload, "was")
    change_settings(authority, changes, was=was, on=on)
    return {"count": sum(map(len, changes.values()))}


def _changes_in(payload: Mapping[str, Any], name: str) -> Changes:
    found = payload.get(name)
    if not isinstance(found, dict) or not all(isinstance(keys, dict) for keys in found.values()):
        raise STAFF_REQUEST_UNREADABLE()
    return found


def written(value: Any) -> Any:
    """Return a value as JSON and a page know it."""
    if isinstance(value, dt.time):
        return value.isoformat("minutes")
    return [*value] if isinstance(value, list | tuple) else value


def _not_changeable(changes: Changes) -> Iterator[RollkeeperError]:
    known, fixed = set(changeable_settings()), fixed_settings()
    if ALL in fixed:
        yield SETTINGS_READ_ONLY()
        return
    for table, keys in changes.items():
        for key in keys:
            if (table, key) not in known:
                yield SETTING_NOT_ON_PAGES(table=table, setting=key)
            elif f"{table}.{key}" in fixed:
                yield SETTING_FIXED(table=table, setting=key)


def _harms(changes: Changes, content: Content) -> Iterator[RollkeeperError]:
    """Give the refusals of values that the models allow but a page does not: the person who edits the file answers for those."""
    operator, notices = changes.get("instance", {}), changes.get("notices", {})
    name = content.get("instance", {}).get("operator_name", "")
    is_misleading = looks_like_link(name) or looks_like_number(name, figures=_CALLABLE_FIGURES)
    if "operator_name" in operator and (is_misleading or not name.strip()):
        yield SETTING_WOULD_HARM(
            table="instance",
            setting="operator_name",
            why="no notice is sent with something like a link or a number to call in it",
        )
    if "languages" in operator and not set(current_value("instance", "languages")) <= set(
        operator["languages"]
    ):
        yield SETTING_WOULD_HARM(
            table="instance",
            setting="languages",
            why="a language in which people read their notices is not taken away",
        )
    if {"quiet_from", "quiet_until"} & set(notices):
        begin, end = (
            _minutes(content["notices"].get(key) or current_value("notices", key))
            for key in ("quiet_from", "quiet_until")
        )
        least_from, least_until = map(_minutes, _QUIET_AT_LEAST)
        length = (end - begin) % _DAY_MINUTES
        is_covered = (least_from - begin) % _DAY_MINUTES + (least_until - least_from) % _DAY_MINUTES <= length
        if not is_covered:
            yield SETTING_WOULD_HARM(
                table="notices",
                setting="quiet_from",
                why="no one is called or written to between 21:00 and 08:00",
            )
        elif _DAY_MINUTES - length < _OPEN_AT_LEAST_MINUTES:
            yield SETTING_WOULD_HARM(
                table="notices",
                setting="quiet_until",
                why="eight hours of a day remain for notices, or deadlines pass unannounced",
            )


def _minutes(at: dt.time | str) -> int:
    at = dt.time.fromisoformat(at) if isinstance(at, str) else at
    return at.hour * 60 + at.minute


def _digest(value: Any) -> str:
    return sha256_hex(canonical_bytes(written(value)))
