# SPDX-License-Identifier: EUPL-1.2
"""Change the file of an instance's settings as an operator would, key by key in its tables."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from rollkeeper.kernel.toml_text import changed_toml


def change_settings(file: Path, changes: str | Mapping[str, Mapping[str, object]]) -> None:
    """Set these keys of these tables, which may be given as TOML, and leave the others as they are."""
    text = file.read_text("utf-8")
    found = tomllib.loads(text)
    for table, values in (tomllib.loads(changes) if isinstance(changes, str) else changes).items():
        found[table] = {**found.get(table, {}), **values}
    file.write_text(changed_toml(text, found), "utf-8")
