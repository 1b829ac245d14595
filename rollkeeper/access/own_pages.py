# SPDX-License-Identifier: EUPL-1.2
"""Which addresses of a host are this app's: all of them, or those under its path where it shares the host with other apps."""

from posixpath import normpath
from urllib.parse import unquote, urlsplit

from django.urls import ResolverMatch, get_script_prefix, resolve


def page_at(path: str) -> ResolverMatch:
    """Return what answers at an address of this app. Raises Resolver404 where nothing does."""
    return resolve(f"/{path.removeprefix(get_script_prefix())}")


def is_own(address: str) -> bool:
    """Tell whether an address, as a browser reads it, is under this app's path; its host is not looked at."""
    if get_script_prefix() == "/":
        return True
    path = unquote(urlsplit(address).path).replace("\\", "/")
    return f"{normpath(path)}/".startswith(get_script_prefix())
