# SPDX-License-Identifier: EUPL-1.2
"""Writes those texts of an answer that have no Tibetan: on a page as elements, each with its language, elsewhere as plain text."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from rollkeeper.kernel.side_by_side import as_html, as_plain_text, is_side_by_side, side_by_side

# In JSON any letter may be escaped.
_ESCAPED: Final = {f"\\u{ord(letter):04x}": letter for letter in side_by_side("", "")}


class UntranslatedTextsMiddleware:
    """Rewrite pages, and the texts and JSON that scripts show or people save."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and rewrite what comes back."""
        response = self.get_response(request)
        kind = response.get("Content-Type", "").partition(";")[0]
        if response.streaming or (not kind.startswith("text/") and not kind.endswith("json")):
            return response
        text = response.content.decode(response.charset)
        if kind.endswith("json"):
            for escaped, letter in _ESCAPED.items():
                text = text.replace(escaped, letter)
        if is_side_by_side(text):
            written = as_html(text) if kind == "text/html" else as_plain_text(text)
            response.content = written.encode(response.charset)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response
