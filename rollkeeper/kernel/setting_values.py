# SPDX-License-Identifier: EUPL-1.2
"""Checks the values that settings of several tables have: addresses, paths, lists. A refusal says what to write, and repeats nothing."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

HTTPS: Final = "write it as https://host/path; plain http is for this machine alone"
PORT: Final = "a port is a number from 1 to 65535"
_THIS_MACHINE: Final = {"127.0.0.1", "::1", "localhost"}
_PORTS: Final = range(1, 1 << 16)


def address_parts(url: str, *, form: str) -> SplitResult:
    """Return the parts of an address. Refuses one without host, or with a port that is none: ValueError, in which `form` says what to write."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is not closed
        raise ValueError(form) from None
    if not parts.hostname or re.search(r"\s", url):
        raise ValueError(form)
    try:
        port = parts.port
    except ValueError:
        raise ValueError(PORT) from None
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError(PORT)
    return parts


def is_port(text: str) -> bool:
    """Tell whether a text is a port, in figures."""
    return text.isascii() and text.isdecimal() and int(text) in _PORTS


def https_or_this_machine(url: str) -> str:
    """Accept an address only if it begins with https, or is on this machine."""
    parts = address_parts(url, form=HTTPS)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
        return url
    raise ValueError(HTTPS)


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


def of_form(pattern: str, *, form: str) -> AfterValidator:
    """Accept a text, or none, only if all of it has this pattern; `form` says what to write."""

    def check[T: str | None](text: T) -> T:
        if text is not None and not re.fullmatch(pattern, text):
            raise ValueError(form)
        return text

    return AfterValidator(check)
