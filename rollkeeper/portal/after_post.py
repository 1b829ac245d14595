# SPDX-License-Identifier: EUPL-1.2
"""Redirects a browser after every form, also a faulty one, so that neither Back nor Reload sends the form again.

The browser itself keeps what the next page shows, signed, until the page has shown it: faults, choices, and the reference of a page
that waits for a code. It keeps no typed value, and nothing is in the address. Programs, and scripts that put the answer into their
page, get the answer at once.
"""

import zlib
from collections.abc import Mapping
from typing import Any, Final

from django.core import signing
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString, mark_safe

_SAID: Final = "said"
_WAITING: Final = "waiting"
_MOST_BYTES: Final = 2_000
"""The most that is kept, compressed, with room for the rest: a browser keeps no cookie of more than 4,096 bytes."""


def is_navigation(request: HttpRequest) -> bool:
    """Tell whether a browser makes the answer a page of its history."""
    return request.headers.get("Sec-Fetch-Mode") == "navigate"


def lead_on(request: HttpRequest, to: str, form: Form, **more: Any) -> HttpResponse | None:
    """Redirect a browser to a page that shows the faults of this form; return None if the answer must be drawn at once."""
    said = {
        "path": to.partition("?")[0],
        # A sentence in another language than the page has its mark.
        "faults": {
            name: [(str(one), isinstance(one, SafeString)) for one in errors]
            for name, errors in form.errors.items()
        },
        "initial": {name: str(value) for name, value in form.initial.items()},
        "more": more,
    }
    if not is_navigation(request) or len(zlib.compress(signing.JSONSerializer().dumps(said))) > _MOST_BYTES:
        return None
    request.session[_SAID] = said
    return redirect(to)


def say_again(request: HttpRequest, form: Form) -> Mapping[str, Any]:
    """Put the kept faults and choices into the form of this page, once; return what else was kept."""
    said = request.session.get(_SAID)
    if not said or said["path"] != request.path:
        return {}
    del request.session[_SAID]
    form.initial.update(said["initial"])
    errors = form.errors.__class__()
    for name, sentences in said["faults"].items():
        # Signed by this app, and made of its sentences.
        errors[name] = form.error_class([mark_safe(one) if safe else one for one, safe in sentences])  # noqa: S308
    form._errors = errors  # type: ignore[attr-defined]  # noqa: SLF001
    brought: Mapping[str, Any] = said["more"]
    return brought


def brought_along(request: HttpRequest, name: str) -> str:
    """Return one kept value of the form whose faults this page will show, and leave it kept."""
    said = request.session.get(_SAID)
    return str(said["initial"].get(name, "")) if said and said["path"] == request.path else ""


def wait_for_code(request: HttpRequest, code_request: str, note: str) -> None:
    """Note which page of this browser waits for a code."""
    request.session[_WAITING] = {"code_request": code_request, "note": note}


def waiting_for_code(request: HttpRequest) -> dict[str, str] | None:
    """Return which page waits for a code."""
    waiting: dict[str, str] | None = request.session.get(_WAITING)
    return waiting


def wait_no_more(request: HttpRequest) -> None:
    """Forget the waiting page and the kept faults: the code came, or the visit is over."""
    for name in (_WAITING, _SAID):
        request.session.pop(name, None)
