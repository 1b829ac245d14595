# SPDX-License-Identifier: EUPL-1.2
"""Puts the style sheet into the page of a first visit: on a slow network this saves a round trip before anything is seen.

A cookie says which sheet a browser already has; its value is the same for everyone with that sheet. From then on pages link to the sheet
by an address with its hash, and the browser keeps it until the sheet changes.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from rollkeeper.site.web_apps import SHEET

_KEPT_S: Final = 90 * 24 * 3600


class InlineCssMiddleware:
    """Note in a cookie which style sheet a page contained."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        response = self.get_response(request)
        if getattr(request, "inlined_css", False):
            response.set_cookie(
                settings.CSS_COOKIE_NAME, _mark(), max_age=_KEPT_S, httponly=True, samesite="Strict",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


def css_context(request: HttpRequest) -> dict[str, object]:
    """Give a page the address of its style sheet, and the sheet itself if the browser does not have it yet."""

    def bring() -> str:  # only a whole page calls this, not a part of one
        request.inlined_css = True  # type: ignore[attr-defined]
        return _sheet()

    # A page that the browser stores has no nonce, so it must link to the sheet instead of containing it.
    has_it = getattr(request, "links_css", False) or request.COOKIES.get(settings.CSS_COOKIE_NAME) == _mark()
    return {
        "css_url": f"{static('built/rollkeeper.css')}?{_mark()}",
        "css": "" if has_it else bring,
    }


@cache
def _sheet() -> str:
    # The file begins with a byte order mark, which within a page would become part of the first rule.
    return SHEET.read_text("utf-8-sig").replace('url("noto-', f'url("{static("built/noto-")}')


@cache
def _mark() -> str:
    return hashlib.sha256(_sheet().encode()).hexdigest()[:12]
