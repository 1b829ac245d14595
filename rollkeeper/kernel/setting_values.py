# SPDX-License-Identifier: EUPL-1.2
"""Values that the tables of several packages accept: paths, lists, and addresses without a password."""

from pathlib import Path
from urllib.parse import urlsplit

_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


def whole_path(name: str) -> str:
    """Accept the name of a folder or file only as a whole path."""
    if not Path(name).is_absolute():
        raise ValueError("write the whole path, from / on")
    return name


def each_once(names: list[str]) -> list[str]:
    """Accept a list only if it names each thing once."""
    if len(set(names)) != len(names):
        raise ValueError("each may be named once")
    return names


def https_or_this_machine(url: str) -> str:
    """Accept an address only if it begins with https, or is on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in _THIS_MACHINE):
        raise ValueError("it must begin with https:// unless it is on this machine")
    return url
