# SPDX-License-Identifier: EUPL-1.2
"""Writes TOML, and changes an operator's file so that unchanged parts keep their place, their comments and their spelling."""

import tomllib
from collections.abc import Mapping, MutableMapping
from typing import Any


def toml_text(content: Mapping[str, Any]) -> str:
    """Return the content as TOML."""
    import tomlkit  # loading it takes a tenth of a second, and most commands write no file

    return tomlkit.dumps(content)


def changed_toml(text: str, content: Mapping[str, Any]) -> str:
    """Return the text changed to this content, with its comments. If both are not possible, the content is right and the comments are lost."""
    import tomlkit

    document = tomlkit.parse(text)
    _change(document, content)
    changed = tomlkit.dumps(document)
    try:
        is_right = _without_empty(tomllib.loads(changed)) == _without_empty(content)
    except tomllib.TOMLDecodeError:
        is_right = False
    return changed if is_right else toml_text(content)


def _change(found: MutableMapping[str, Any], content: Mapping[str, Any]) -> None:
    for key in [*found]:
        if key in content:
            continue
        if isinstance(found[key], MutableMapping):
            _change(found[key], {})
        if not isinstance(found[key], MutableMapping) or "#" not in found[key].as_string():
            del found[key]
    for key, value in content.items():
        there = found.get(key)
        if isinstance(there, MutableMapping) and isinstance(value, Mapping):
            _change(there, value)
        elif key not in found or there != value:
            found[key] = value


def _without_empty(content: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: _without_empty(one) if isinstance(one, Mapping) else one for key, one in content.items()}
    return {key: one for key, one in kept.items() if one != {}}
