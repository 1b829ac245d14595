# SPDX-License-Identifier: EUPL-1.2
"""Change the file of an instance's settings as an operator would, key by key in its tables, or put it back as it was."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rollkeeper.kernel.settings import forget_settings, settings_file
from rollkeeper.kernel.toml_text import changed_toml


def change_settings(file: Path, changes: str | Mapping[str, Mapping[str, object]]) -> None:
    """Set these keys of these tables, which may be given as TOML, and leave the others as they are."""
    text = file.read_text("utf-8")
    found = tomllib.loads(text)
    for table, values in (tomllib.loads(changes) if isinstance(changes, str) else changes).items():
        found[table] = {**found.get(table, {}), **values}
    file.write_text(changed_toml(text, found), "utf-8")


@contextmanager
def settings_put_back() -> Iterator[None]:
    """Put this instance's settings back after the block, whatever it wrote."""
    before = settings_file().read_bytes()
    try:
        yield
    finally:
        put_settings(before)


def put_settings(content: bytes) -> None:
    """Let this instance's file say this, as it was once written: to change its text takes longer than a small test."""
    if settings_file().read_bytes() != content:
        settings_file().write_bytes(content)
    forget_settings()
