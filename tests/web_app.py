# SPDX-License-Identifier: EUPL-1.2
"""The web apps in a test's own process: what each of their processes reads as it starts is read once for all tests."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.urls import set_urlconf
from whitenoise.middleware import WhiteNoiseMiddleware

from rollkeeper.site import urls


@contextmanager
def opened_app(name: str) -> Iterator[None]:
    """Give this process the addresses of one web app."""
    with pytest.MonkeyPatch.context() as changes:
        changes.setenv("ROLLKEEPER_APP", name)
        changes.setattr(settings, "ROOT_URLCONF", _addresses_of(name))
        set_urlconf(None)
        yield
    set_urlconf(None)  # those of the last request


@cache
def _addresses_of(name: str) -> str:
    """Read `rollkeeper.site.urls` as that app does, under a name of its own: Django keeps by the name what it makes of it."""
    module = f"{urls.__name__}_of_{name}"
    spec = importlib.util.spec_from_file_location(module, urls.__file__)
    assert spec
    assert spec.loader
    sys.modules[module] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[module])
    return module


def find_static_files_once() -> None:
    """Let the first browser of a test find the static files for all: each makes all middleware, and they are the same."""
    first: dict[str, Any] = {}
    find = WhiteNoiseMiddleware.__init__

    def take(self: WhiteNoiseMiddleware, get_response: Callable[..., Any]) -> None:
        if not first:
            find(self, None)
            first.update(vars(self))
        vars(self).update(first, get_response=get_response)

    WhiteNoiseMiddleware.__init__ = take
